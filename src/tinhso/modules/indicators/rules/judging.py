"""Targets with their path within the year, and the verdict on a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from tinhso.modules.indicators.rules.definitions import Tolerance
from tinhso.modules.indicators.rules.words import Direction, Verdict

Path = Sequence[Sequence[object]]  # [[month 0–12, value], …]; month 0 is where the year begins


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached by the end of the year, and at which months how much of it."""

    value: Decimal
    path: tuple[tuple[int, Decimal], ...] = ()

    @classmethod
    def from_row(cls, value: Decimal, path: Path) -> Goal:
        return cls(value, tuple(sorted((int(str(month)), Decimal(str(reached))) for month, reached in path)))

    def by(self, month: int) -> Fraction:
        """What is to be reached by the end of a month (1–12): on the line between the path's points.

        Before the first point its value counts, after the last one the line runs to the year's value in December.
        Without a path the year's value holds in every month.
        """
        if not self.path:
            return Fraction(self.value)
        points = list(self.path)
        if points[-1][0] < 12:
            points.append((12, self.value))
        if month <= points[0][0]:
            return Fraction(points[0][1])
        for (before, low), (after, high) in pairwise(points):
            if month <= after:
                return Fraction(low) + (Fraction(high) - Fraction(low)) * Fraction(month - before, after - before)
        return Fraction(points[-1][1])


def problems(path: Path, value: Decimal) -> Iterator[str]:
    """What is wrong with a path, in words."""
    try:
        points = [(int(str(month)), Decimal(str(reached))) for month, reached in path]
    except (ValueError, ArithmeticError):
        yield "Lộ trình gồm các mốc “tháng: giá trị”, ví dụ 3: 60; 6: 70."
        return
    months = [month for month, _ in points]
    if any(not 0 <= month <= 12 for month in months) or len(set(months)) != len(months):
        yield "Mỗi mốc của lộ trình là một tháng khác nhau, từ 0 (đầu năm) đến 12."
    if any(reached < 0 for _, reached in points):
        yield "Mốc của lộ trình không được âm."
    if dict(points).get(12, value) != value:
        yield "Mốc tháng 12 phải bằng mục tiêu cả năm."


def verdict(
    value: Fraction | None, target: Fraction | None, direction: Direction, tolerance: Tolerance | None = None
) -> Verdict:
    """How a value stands to a target, from the exact numbers, never from those shown.

    Exceeded: strictly better. Met: equal. Below, the share of the target decides (for indicators where less is better:
    the target's share of the value), with the bounds of the definition. Source of the usual bound 0.9: the status rule
    of the provincial plans' indicator set.
    """
    if target is None:
        return Verdict.NO_TARGET
    if value is None:
        return Verdict.NO_VALUE
    if value == target:
        return Verdict.MET
    if (value > target) == (direction is Direction.UP):
        return Verdict.EXCEEDED
    bounds = tolerance or Tolerance()
    reached, wanted = (value, target) if direction is Direction.UP else (target, value)
    if reached >= wanted * Fraction(bounds.nearly):
        return Verdict.NEARLY
    return Verdict.BEHIND if reached >= wanted * Fraction(bounds.behind) else Verdict.FAR_BEHIND
