"""From inputs to points, totals and ranks. Exact fractions throughout: nothing is rounded before it is shown.

Formulas: the published calculation note of Decision 766/QĐ-TTg; see the edition for each component's source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from tinhso.modules.service_quality.rules.editions import Component, Edition

Key = TypeVar("Key")
KEPT = Decimal("0.000001")  # places with which a sum is stored; ranks are made from fractions before


class How(StrEnum):
    """How a component came to its points."""

    COUNTED = "counted"
    INHERITED = "inherited"  # the province's ratio
    EMPTY = "empty"  # nothing to divide by
    MISSING = "missing"  # nobody has supplied the numbers: neither points nor a maximum
    SKIPPED = "skipped"  # not asked at this level


@dataclass(frozen=True, slots=True)
class Point:
    """One component's outcome; ``points`` None where it does not count."""

    code: str
    top: int | None
    bottom: int | None
    points: Fraction | None
    how: How


@dataclass(frozen=True, slots=True)
class Result:
    """All components of one place. ``most``: the maximum of those that count."""

    points: tuple[Point, ...]
    most: Decimal

    @property
    def total(self) -> Fraction:
        return sum((one.points for one in self.points if one.points is not None), Fraction(0))

    @property
    def share(self) -> Fraction:
        """Points of 100: what units are ranked and graded by, so that parts which do not count do no harm."""
        return 100 * self.total / Fraction(self.most) if self.most else Fraction(0)


def points_for(component: Component, top: int, bottom: int, factor: Fraction = Fraction(1)) -> Fraction:
    """Between 0 and the component's maximum; an empty bottom gives what the component says. ``factor``: 0–1, what the
    ratio is multiplied by before it is compared with the one for full marks."""
    most = Fraction(component.most)
    if bottom <= 0:
        return most if component.empty == "full" else Fraction(0)
    ratio = Fraction(max(0, top), bottom) * factor
    return most * min(Fraction(1), ratio / Fraction(component.full_at))


def score(edition: Edition, inputs: Mapping[str, int], level: str, above: Mapping[str, int] | None = None) -> Result:
    """Every component of a place at a level; ``above`` are the province's inputs, for what is inherited."""
    points = tuple(_point(edition, one, inputs, level, above or {}) for one in edition.components)
    most = sum((one.most for one, got in zip(edition.components, points, strict=True) if got.points is not None),
               Decimal(0))  # fmt: skip
    return Result(points, most)


def _point(
    edition: Edition, one: Component, inputs: Mapping[str, int], level: str, above: Mapping[str, int]
) -> Point:  # fmt: skip
    if level in one.skip:
        return Point(one.code, None, None, None, How.SKIPPED)
    is_inherited = level in one.inherit
    known = above if is_inherited else inputs
    top, bottom = known.get(one.top), known.get(one.bottom)
    factor = _factor(edition.component(one.times), known) if one.times else Fraction(1)
    if top is None or bottom is None or factor is None:
        return Point(one.code, top, bottom, None, How.MISSING)
    how = How.EMPTY if bottom <= 0 else How.INHERITED if is_inherited else How.COUNTED
    return Point(one.code, top, bottom, points_for(one, top, bottom, factor), how)


def _factor(other: Component | None, known: Mapping[str, int]) -> Fraction | None:
    """The ratio of the component that another one is multiplied by, 0–1; 1 with nothing to divide by, None unknown."""
    top, bottom = (known.get(other.top), known.get(other.bottom)) if other else (None, None)
    if top is None or bottom is None:
        return None
    return min(Fraction(1), Fraction(max(0, top), bottom)) if bottom > 0 else Fraction(1)


def ranks(shares: Mapping[Key, Fraction]) -> dict[Key, int]:
    """1 for the highest; equal unrounded shares have the same rank, the next counts all before it (1, 2, 2, 4)."""
    ordered = sorted(shares.values(), reverse=True)
    first = {share: place for place, share in reversed(list(enumerate(ordered, 1)))}
    return {key: first[share] for key, share in shares.items()}


def as_decimal(value: Fraction) -> Decimal:
    """With six places, as it is stored."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(KEPT, ROUND_HALF_UP)
