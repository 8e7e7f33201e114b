"""A regulation as a value; points of a member; when a council has judged enough, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

from tinhso.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a member judges, with the most points it can have (0 to ``points``, in halves)."""

    code: str
    name: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Regulation:
    """By what initiatives are judged. ``quorum``: the part of those who may judge that must have; ``term_days``:
    calendar days from proposal to decision. ``is_confirmed``: read in a document, not assumed."""

    name: str
    criteria: tuple[Criterion, ...]
    pass_points: Decimal
    quorum: Fraction
    term_days: int
    is_confirmed: bool = False

    @property
    def most(self) -> Decimal:
        return sum((one.points for one in self.criteria), Decimal(0))


def regulation_from(content: Mapping[str, Any]) -> Regulation:
    """Read a regulation; raises Refusal ``initiatives.regulation`` that names what is wrong."""
    try:
        criteria = tuple(
            Criterion(str(one["code"]), str(one["name"]), Decimal(str(one["points"]))) for one in content["criteria"]
        )
        found = Regulation(
            str(content["name"]), criteria, Decimal(str(content["pass_points"])), Fraction(str(content["quorum"])),
            int(content["term_days"]), bool(content.get("confirmed", False)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise Refusal("initiatives.regulation", "Quy chế thiếu mục hoặc có số không đọc được.") from None
    wrong = (
        not found.criteria
        or len({one.code for one in criteria}) != len(criteria)
        or any(one.points <= 0 for one in criteria)
        or not 0 < found.pass_points <= found.most
        or not 0 < found.quorum <= 1
        or found.term_days < 1
    )
    if wrong:
        raise Refusal("initiatives.regulation", "Điểm, tỷ lệ thành viên hoặc số ngày trong quy chế không hợp lý.")
    return found


def points_from(given: Mapping[str, Decimal], regulation: Regulation) -> dict[str, str]:
    """A member's points by criterion, all of them, each within its bounds and in halves.

    Raises Refusal ``initiatives.points`` at the criterion that is wrong."""
    found = {}
    for one in regulation.criteria:
        value = given.get(one.code)
        if value is None or not 0 <= value <= one.points or value * 2 != int(value * 2):
            message = f"{one.name}: chấm từ 0 đến {one.points:f}, lẻ 0,5."
            raise Refusal("initiatives.points", message, field=f"diem-{one.code}")
        found[one.code] = format(value.normalize(), "f")
    return found


def total(points: Mapping[str, str]) -> Decimal:
    return sum((Decimal(value) for value in points.values()), Decimal(0))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a council has said so far. ``may_judge`` leaves out members who are authors."""

    may_judge: int
    have: int
    needed: int
    mean: Decimal | None

    @property
    def is_enough(self) -> bool:
        return self.have >= self.needed > 0


def judged(totals: Sequence[Decimal], may_judge: int, regulation: Regulation) -> Judged:
    """The mean of the members' totals with two places, cut down and never up; how many more must judge."""
    needed = int(
        (Decimal(regulation.quorum.numerator) * may_judge / regulation.quorum.denominator).to_integral_value(ROUND_UP)
    )
    mean = (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_DOWN) if totals else None
    return Judged(may_judge, len(totals), needed, mean)


def refuse_unripe(found: Judged, regulation: Regulation) -> None:
    """Raises Refusal ``initiatives.quorum`` or ``initiatives.too_few_points`` where recognition is not possible."""
    if not found.is_enough:
        message = (
            f"Mới {found.have} thành viên chấm, cần ít nhất {found.needed} trong {found.may_judge} người được chấm."
        )
        raise Refusal("initiatives.quorum", message)
    if found.mean is None or found.mean < regulation.pass_points:
        message = f"Điểm bình quân {found.mean} chưa đạt {regulation.pass_points} điểm để công nhận."
        raise Refusal("initiatives.too_few_points", message)
