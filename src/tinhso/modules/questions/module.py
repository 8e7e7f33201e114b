"""Questions: what people ask, who answers it and by when, and the library of answers that everybody finds.

Anybody asks, without an account, and sees answers that exist already while typing. A question goes to the unit that the
routing names for its field, is written, approved and published, or answered privately, or answered by one that exists.
Every answer names its legal sources and the day on which it was compared with them; it is looked at again when a
source is replaced or a year has gone. What stays unanswered beyond its date is shown to everybody with the unit's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.manifest import (
    Audience,
    Fact,
    Family,
    Import,
    Measure,
    Menu,
    Module,
    Panel,
    Search,
    Shortcut,
)
from tinhso.modules.questions import rules
from tinhso.modules.questions.actions import forgetting
from tinhso.modules.questions.actions.handling import take
from tinhso.modules.questions.actions.routing import run_import
from tinhso.modules.questions.demo import demo
from tinhso.modules.questions.door import TALKS
from tinhso.modules.questions.jobs import telling, watching
from tinhso.modules.questions.moving import MOVERS
from tinhso.modules.questions.queries.cases import public_story
from tinhso.modules.questions.queries.held import HOLDINGS
from tinhso.modules.questions.queries.library import search_hits

P = rules.Permission


def _split(entry: Any) -> Mapping[str, str]:
    """By field, and by early, on time or late."""
    return {key: str(entry.data.get(key, "")) for key in ("field", "verdict")}


def _field(entry: Any) -> Mapping[str, str]:
    return {"field": str(entry.data.get("field", ""))}


MODULE = Module(
    code="questions",
    name="Hỏi đáp",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    case_kinds=(rules.QUESTION,),
    entries=rules.ENTRIES,
    messages=telling.MESSAGES,
    followers={
        **{f"question.{verb}": (telling.tell,) for verb in telling.TOLD},
        "question.assign": (telling.tell_handler,),
        "questions.source_replaced": (watching.flag_citing,),
    },
    facts=(
        Fact("questions.asked", "Câu hỏi đã gửi", "question.ask", _field, Measure.RECEIVED),
        Fact("questions.published", "Câu hỏi trả lời công khai", "question.publish", _split, Measure.RESOLVED),
        Fact("questions.private", "Câu hỏi trả lời riêng", "question.answer_privately", _split, Measure.RESOLVED),
        Fact("questions.merged", "Câu hỏi trả lời bằng câu có sẵn", "question.merge", _split, Measure.RESOLVED),
        Fact("questions.rejected", "Câu hỏi không tiếp nhận", "question.reject"),
    ),
    stories={"question": public_story},
    takes={"question": take},
    search=(Search("questions", "Hỏi đáp", search_hits, Audience.PORTAL, order=20),),
    panels=(Panel("procedure", "Câu hỏi thường gặp", "questions:frequent", order=20),),
    shortcuts=(
        Shortcut("questions.ask", "Hỏi đáp", "questions:home", "message-circle", "Hỏi cơ quan nhà nước", "ok", 40),
    ),
    menu=(
        Menu("questions.portal", "Hỏi đáp", "questions:home", "message-circle", Audience.PORTAL, order=40),
        Menu("questions.library", "Thư viện trả lời", "questions:library", "book-open", Audience.DESK, 65, P.SEE),
        Menu("questions.sources", "Căn cứ pháp lý", "questions:sources", "gavel", Audience.DESK, 66, P.SOURCES),
        Menu("questions.routing", "Phân luồng hỏi đáp", "questions:routing", "workflow", Audience.DESK, 88, P.ROUTE),
    ),
    imports=(Import("question-routing", "Phân luồng hỏi đáp", run_import),),
    talks=TALKS,
    retained=forgetting.RETAINED,
    holdings=HOLDINGS,
    demo=demo,
    movers=MOVERS,
)
