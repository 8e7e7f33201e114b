"""Satisfaction: after the result, people say how it went; the averages are published, low ones go to the unit's head.

One question about each case, answered once by whoever holds its code, without a name. The questionnaire is a dated
version with its source; the sums by unit, procedure and month are kept beside the ratings and can be made anew.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Fact, Family, Fate, Import, Menu, Module, Panel, Retained
from tinhso.modules.satisfaction import actions, jobs, rules
from tinhso.modules.satisfaction.demo import demo
from tinhso.modules.satisfaction.moving import MOVERS

P = rules.Permission

MODULE = Module(
    code="satisfaction",
    name="Mức độ hài lòng",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    entries=rules.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        "dossier.return_result": (jobs.ask,),
        "dossier.return_online": (jobs.ask,),
        "satisfaction.rate": (jobs.tell_head,),
    },
    facts=(
        Fact(
            "satisfaction.rated",
            "Hồ sơ được người nộp đánh giá",
            "satisfaction.rate",
            lambda entry: {"procedure": str(entry.data.get("procedure", ""))},
        ),
    ),
    retained=(
        Retained(
            "satisfaction.comments",
            "Lời viết trong đánh giá",
            "ngày đánh giá",
            Fate.ANONYMISE,
            actions.comments_due,
            actions.end_comments,
        ),
    ),
    panels=(Panel("tracking", "Đánh giá việc giải quyết", "satisfaction:panel", order=20),),
    imports=(Import("questionnaires", "Bộ câu hỏi khảo sát hài lòng", actions.run_import),),
    menu=(
        Menu("satisfaction.unit", "Mức độ hài lòng", "satisfaction:unit", "star", Audience.DESK, 75, P.SEE),
        Menu("satisfaction.published", "Mức độ hài lòng", "satisfaction:published", "star", Audience.PORTAL, order=60),
    ),
    demo=demo,
    movers=MOVERS,
)
