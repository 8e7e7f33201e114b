"""What the pages of one question show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase, PublicStory, open_moves
from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import readable, timeline
from tinhso.kernel.manifest import Readers
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import Document, Index
from tinhso.modules.questions.models import Question, QuestionFile

STAGES = ("received", "screened", "assigned", "drafted", "approving")
MOST_OPEN = 300
MUCH_THE_SAME = 0.6  # of a question's telling words


def seen(actor: Actor, number: str) -> Question:
    """The question with this number, if the actor may see its case. Raises NotFound."""
    rows = Question.objects.visible_to(actor).select_related(
        "case__unit", "case__assignee", "commune", "drafted_by", "answer"
    )
    found = rows.filter(case__number=number).first()
    if found is None:
        raise NotFound
    return found


def followed(number: str, key: str, actor: Actor) -> Question:
    """The question as who asked it follows it: by the secret of the case, or as its owner. Raises NotFound."""
    rows = Question.objects.select_related("case__unit", "answer").filter(case__number=number)
    found = rows.filter(case__lookup_key=key).first() if key else None
    if found is None and actor.account_id is not None:
        found = rows.filter(case__owner_id=actor.account_id).first()
    if found is None:
        raise NotFound("questions.unknown", "Không tìm thấy câu hỏi. Mở lại từ đường dẫn lưu lúc gửi.")
    return found


def file_of(question: Question, place: int) -> QuestionFile:
    """What came with a question; who may see the question was asked before. Raises NotFound."""
    found = question.files.select_related("attachment__blob").filter(place=place).first()
    if found is None:
        raise NotFound
    return found


def history(case: Case, readers: Readers, limit: int = 60) -> list[dict[str, Any]]:
    """What happened, the newest first, as far as these readers may know."""
    entries = list(Entry.objects.filter(case_id=case.pk).order_by("-seq")[:limit])
    return timeline(readable(entries, readers))


def moves(question: Question, actor: Actor) -> frozenset[str]:
    """The verbs that this official may do now."""
    case = question.case
    return frozenset(one.verb for one in open_moves(case.kind_of.lifecycle, case.state, case.whom, actor))


@dataclass(frozen=True, slots=True)
class Similar:
    """An open question that asks much the same."""

    case_id: int
    number: str
    title: str


def similar_open(question: Question, actor: Actor, limit: int = 5) -> list[Similar]:
    """Other questions that wait in one's units and ask much the same, best first: one statement."""
    rows = Case.objects.visible_to(actor).filter(kind="question", phase=Phase.OPEN).exclude(pk=question.pk)
    found = {row[0]: row for row in rows.order_by("-id").values_list("pk", "number", "title")[:MOST_OPEN]}
    index = Index([Document(pk, title) for pk, _number, title in found.values()], least_share=MUCH_THE_SAME)
    return [Similar(*found[one.key]) for one in index.search(question.case.title, limit)]


def public_story(case_id: int) -> PublicStory | None:
    """How far a question is, for the look-up without an account: one statement."""
    row = Question.objects.filter(pk=case_id).values_list("case__state", "case__step", "phone").first()
    if row is None:
        return None
    state, step, phone = row
    done = STAGES.index(state) if state in STAGES else len(STAGES)
    return PublicStory(steps_done=done, steps_total=len(STAGES), step=step, phone_tail=phone[-4:])


def is_late(case: Case, at: datetime) -> bool:
    return case.phase == Phase.OPEN and case.due_at is not None and case.due_at < at
