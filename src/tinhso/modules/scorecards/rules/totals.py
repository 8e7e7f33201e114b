"""From criteria to a total: indices, pillars, the whole, grades, ranks. Whole numbers of the last place throughout.

Sources: QĐ 1726/QĐ-BTTTT (2020: three pillars 0.4, 0.3, 0.3, each value rounded to four places); QĐ 922/QĐ-BTTTT and
QĐ 405/QĐ-BKHCN (2022, 2025: a foundation that is in every pillar but once in the total).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tinhso.modules.scorecards.rules.editions import Composition, Edition
from tinhso.modules.scorecards.rules.numbers import half_up
from tinhso.modules.scorecards.rules.scoring import Scored

VALUE_PLACES = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """A unit's result. ``indices`` in points (last place), ``pillars`` as values of 0..1 with four places."""

    total: int
    points: int
    indices: tuple[int, ...]
    pillars: tuple[int, ...]
    unfilled: int
    left_out: int


def compose(edition: Edition, scored: Mapping[str, Scored]) -> Summary:
    """Add up one unit's criteria as the edition says."""
    scale = 10**edition.decimals
    indices = tuple(sum(scored[one.code].points or 0 for one in index.criteria) for index in edition.indices)
    by_code = dict(zip((index.code for index in edition.indices), indices, strict=True))
    pillars = tuple(
        half_up(Fraction(sum(by_code[code] for code in pillar.indices), int(pillar.points * scale)), VALUE_PLACES)
        for pillar in edition.pillars
    )
    points = sum(indices)
    left_out = sum(int(one.points * scale) for one in edition.criteria if scored[one.code].left_out)
    unfilled = sum(found.points is None for found in scored.values())
    if edition.composition is Composition.PILLARS:
        return Summary(weighed(edition, pillars), points, indices, pillars, unfilled, left_out)
    return Summary(
        rescaled(points, int(edition.points * scale), left_out), points, indices, pillars, unfilled, left_out
    )


def rescaled(points: int, most: int, left_out: int) -> int:
    """The total as if all criteria applied: 45 of 90 points are 50 of 100."""
    if not left_out or left_out >= most:
        return points
    return half_up(Fraction(points * most, most - left_out), 0)


def weighed(edition: Edition, pillars: Sequence[int]) -> int:
    """The weighed sum of pillar values, four places: 0.4·0.3731 + 0.3·0.2985 + 0.3·0.2756 = 0.32147 → 0.3215."""
    parts = (one.weight * value for one, value in zip(edition.pillars, pillars, strict=True))
    return half_up(sum(parts, Fraction(0)), 0)


def ranks(keys: Sequence[tuple[int, ...]]) -> list[int]:
    """Ranks by keys, the highest first; equal keys share a rank and the next is skipped: 1, 1, 3."""
    order = sorted(keys, reverse=True)
    first: dict[tuple[int, ...], int] = {}
    for place, key in enumerate(order, 1):
        first.setdefault(key, place)
    return [first[key] for key in keys]


def rank_key(edition: Edition, summary: Summary) -> tuple[int, ...]:
    """What units are ordered by: the published total, then the indices or pillars that the edition names for ties."""
    by_code = dict(zip((one.code for one in edition.indices), summary.indices, strict=True))
    by_code |= dict(zip((one.code for one in edition.pillars), summary.pillars, strict=True))
    return (summary.total, *(by_code[code] for code in edition.ties_by))


def rank_in_groups(edition: Edition, rows: Mapping[int, tuple[str, Summary]]) -> dict[int, int]:
    """Unit → rank within its group, from (group, result) of each unit."""
    found: dict[int, int] = {}
    for group in {group for group, _ in rows.values()}:
        units = [unit for unit, (own, _) in rows.items() if own == group]
        keys = [rank_key(edition, rows[unit][1]) for unit in units]
        found |= dict(zip(units, ranks(keys), strict=True))
    return found


def grade_code(edition: Edition, total: int) -> str:
    """The grade of a total, by its code; empty when the edition has no grades."""
    found = edition.grade_of(Decimal(total).scaleb(-edition.total_places))
    return found.code if found else ""
