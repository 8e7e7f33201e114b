"""Initiatives: an official proposes, a council judges by points, the head recognises, everybody can read and use them.

Each is judged by the edition of the regulation under which it was proposed. Members never judge their own, and what is
alike is shown by folded words before it is sent and to those who judge. What came of it is noted after recognition.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Command, Fact, Family, Fate, Holding, MeasureSource, Menu, Module, Retained
from tinhso.modules.initiatives import jobs
from tinhso.modules.initiatives.actions.proposing import forget_authors
from tinhso.modules.initiatives.demo import demo
from tinhso.modules.initiatives.moving import MOVERS
from tinhso.modules.initiatives.queries import lists
from tinhso.modules.initiatives.rules import states

MODULE = Module(
    code="initiatives",
    name="Sáng kiến",
    family=Family.GOVERNMENT,
    permissions=states.Permission,
    roles=states.ROLES,
    case_kinds=(states.INITIATIVE,),
    entries=states.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        **{f"initiative.{verb}": (jobs.tell_authors,) for verb in jobs.TOLD},
        "initiative.appraise": (jobs.tell_authors, jobs.tell_members),
    },
    facts=(
        Fact("initiatives.proposed", "Sáng kiến đã gửi", "initiative.propose"),
        Fact("initiatives.recognised", "Sáng kiến được công nhận", "initiative.recognise"),
    ),
    measures=(MeasureSource("initiatives.recognised", "Sáng kiến được công nhận", "sáng kiến", lists.recognised),),
    commands=(
        Command("initiatives", "regulation", "Publish a regulation from a YAML file.", jobs.publish_regulation),
    ),
    holdings=(
        Holding(
            "initiatives.made", "Sáng kiến bạn là tác giả", "Xét và công nhận sáng kiến", "Nghị định 13/2012/NĐ-CP",
            lists.made_by, lists.tell_author, order=61,
            law="Hồ sơ công nhận sáng kiến được lưu theo quy định về lưu trữ.",
        ),
    ),
    retained=(
        Retained(
            "initiatives.unrecognised", "Tác giả của sáng kiến không được công nhận", "ngày kết thúc xét",
            Fate.ANONYMISE, lists.unrecognised_due, forget_authors,
        ),
    ),
    menu=(
        Menu("initiatives.list", "Sáng kiến", "initiatives:list", "lightbulb", Audience.DESK, 68),
        Menu("initiatives.public", "Sáng kiến", "initiatives:index", "lightbulb", Audience.PORTAL, order=68),
    ),
    demo=demo,
    movers=MOVERS,
)  # fmt: skip
