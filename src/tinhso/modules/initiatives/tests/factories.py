"""Initiatives in a real province and the people around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.testing import people
from tinhso.kernel.testing.people import actor
from tinhso.kernel.testing.province import Province
from tinhso.modules.initiatives.actions import appraising, proposing, settings
from tinhso.modules.initiatives.models import Council, Initiative, Opinion
from tinhso.modules.initiatives.rules.asked import Proposal

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)
TITLE = "Mã QR trên giấy hẹn để người dân tự xem hồ sơ"
SOLUTION = "In mã QR riêng của từng hồ sơ trên giấy hẹn; quét bằng điện thoại thấy ngay bước xử lý và ngày hẹn."
GOOD = {"novelty": Decimal(25), "feasibility": Decimal("25.5"), "benefit": Decimal(35)}  # 85.5
POOR = {"novelty": Decimal(10), "feasibility": Decimal(10), "benefit": Decimal(10)}


@dataclass(frozen=True)
class Stage:
    """An author and a colleague without a role; three members; secretary and head; an official of another commune."""

    here: Province
    author: Account
    colleague: Account
    members: tuple[Account, Account, Account]
    secretary: Account
    head: Account
    stranger: Account
    council: Council


def people_of(here: Province) -> Stage:
    settings.publish_regulation(settings.seeded(), valid_from=date(2026, 1, 1), by=SYSTEM, at=NOW)
    members = [people.official(f"uv{n}", here.commune, "initiatives.member", also_on=(here.root,)) for n in range(3)]
    council = settings.found_council(
        unit_id=here.root.pk, name="Hội đồng Sáng kiến tỉnh", decision_number="7/QĐ-UBND", begins_on=date(2026, 1, 1),
        usernames=[one.username for one in members], by=SYSTEM, at=NOW,
    )  # fmt: skip
    return Stage(
        here,
        people.official("tac.gia", here.commune),
        people.official("dong.nghiep", here.commune),
        (members[0], members[1], members[2]),
        people.official("thuong.truc", here.root, "initiatives.secretary"),
        people.official("lanh.dao", here.root, "initiatives.head"),
        people.official("khac", here.other, "initiatives.secretary", "initiatives.head", "initiatives.member"),
        council,
    )


def proposal(title: str = TITLE, solution: str = SOLUTION, **more: Any) -> Proposal:
    return Proposal(
        title, "procedure", "Người dân gọi điện hỏi nhiều lần.", solution, "Giảm một nửa số cuộc gọi.", **more
    )


def proposed(stage: Stage, by: Account | None = None, **more: Any) -> Initiative:
    return proposing.propose(proposal(**more), by=actor(by or stage.author), at=NOW)


def before_council(stage: Stage, **more: Any) -> Initiative:
    found = proposed(stage, **more)
    return appraising.appraise(initiative_id=found.pk, council_id=stage.council.pk, by=actor(stage.secretary), at=NOW)


def judged(found: Initiative, by: Account, points: dict[str, Decimal] | None = None) -> Opinion:
    return appraising.judge(initiative_id=found.pk, points=points or GOOD, words="Tốt", by=actor(by), at=NOW)


def recognised(stage: Stage, **more: Any) -> Initiative:
    found = before_council(stage, **more)
    for member in stage.members[:2]:
        judged(found, member)
    return appraising.recognise(
        initiative_id=found.pk, number="21/QĐ-UBND", decided_on=TODAY, by=actor(stage.head), at=NOW
    )
