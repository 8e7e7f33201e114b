"""From numerators and denominators to a value, and to what may be published of it.

Values are exact fractions until they are shown. What is shown never claims more than the division gives: it is cut
towards the worse side, or rounded where the definition says so, and then never over a target or over 100 percent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.words import CUT_WORDS, EXACT, Direction, Rounding


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of a period: both numbers, or only a value as somebody published it or another module measured it.

    ``units``: how many were added. ``words``, ``link``: how it was measured, and where that opens."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    published: Decimal | None = None
    units: int = 1
    words: str = field(default="", compare=False)
    link: str = field(default="", compare=False)

    @property
    def is_empty(self) -> bool:
        return self.numerator is None and self.denominator is None and self.published is None


EMPTY = Point()


def added(points: Iterable[Point]) -> Point:
    """The figures of several units together; values that were only published cannot be added up and are left out."""
    rows = [one for one in points if not one.is_empty]
    if len(rows) == 1:
        return rows[0]
    counted = [one for one in rows if one.numerator is not None or one.denominator is not None]
    return Point(
        _sum(one.numerator for one in counted),
        _sum(one.denominator for one in counted),
        units=sum(one.units for one in counted),
    )


def over(points: Iterable[Point], *, is_stock: bool) -> Point:
    """The figures of a longer period from those within it, the oldest first: the last ones, or all added up."""
    rows = [one for one in points if not one.is_empty]
    if not rows:
        return EMPTY
    if is_stock or len(rows) == 1 or rows[-1].numerator is None:
        return rows[-1]
    return Point(
        _sum(one.numerator for one in rows), _sum(one.denominator for one in rows), units=max(one.units for one in rows)
    )


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in numbers if one is not None]
    return sum(known, Decimal(0)) if known else None


def value_of(definition: Definition, point: Point) -> Fraction | None:
    """The value, exact; None where there is none, above all with nothing to divide by."""
    if point.numerator is not None:
        if definition.denominator is None:
            return Fraction(point.numerator) * definition.factor
        if point.denominator is not None:
            return (
                Fraction(point.numerator) / Fraction(point.denominator) * definition.factor
                if point.denominator
                else None
            )
    return None if point.published is None else Fraction(point.published)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it may be published, and how it was cut: exactly so, truncated or rounded."""

    value: Decimal
    is_exact: bool
    rounding: Rounding

    @property
    def words(self) -> str:
        return EXACT if self.is_exact else CUT_WORDS[self.rounding]


def shown(definition: Definition, value: Fraction, target: Fraction | None = None) -> Shown:
    """The value with the definition's places.

    Truncation goes towards the worse side. Rounding goes to the nearest, but never lets a value reach its target, or a
    share its 100 percent, that it does not reach.
    """
    worse = ROUND_FLOOR if definition.direction is Direction.UP else ROUND_CEILING
    careful = cut(value, definition.places, worse)
    if Fraction(careful) == value:
        return Shown(careful, True, definition.rounding)
    if definition.rounding is Rounding.TRUNCATED:
        return Shown(careful, False, Rounding.TRUNCATED)
    nearest = cut(value, definition.places, ROUND_HALF_UP)
    limits = [target] if target is not None else []
    limits += [Fraction(100)] if definition.measure == "percent" else []
    if any(_crosses(value, Fraction(nearest), limit, definition.direction) for limit in limits):
        return Shown(careful, False, Rounding.TRUNCATED)
    return Shown(nearest, False, Rounding.ROUNDED)


def _crosses(value: Fraction, nearest: Fraction, limit: Fraction, direction: Direction) -> bool:
    return value < limit <= nearest if direction is Direction.UP else value > limit >= nearest


def cut(value: Fraction, places: int, way: str) -> Decimal:
    """A fraction as a decimal of so many places: exact arithmetic, whatever its size."""
    scaled = value * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if (way == ROUND_CEILING and rest) or (way == ROUND_HALF_UP and 2 * rest >= scaled.denominator):
        whole += 1
    return Decimal(whole).scaleb(-places) if places else Decimal(whole)


def claim(said: Decimal, numerator: Decimal, denominator: Decimal, factor: int = 100) -> str:
    """How a published number stands to the division behind it.

    ``exact``, ``truncated`` (cut off), ``rounded_up`` (rounded, a little more than the division gives),
    ``rounded_down``, ``less`` or ``more`` than any cutting explains; ``undefined`` without anything to divide by.
    """
    if not denominator:
        return "undefined"
    value = Fraction(numerator) / Fraction(denominator) * factor
    exponent = said.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if Fraction(said) == value:
        return "exact"
    if Fraction(said) == Fraction(cut(value, places, ROUND_HALF_UP)):
        return "rounded_up" if Fraction(said) > value else "rounded_down"
    if Fraction(said) == Fraction(cut(value, places, ROUND_FLOOR)):
        return "truncated"
    return "more" if Fraction(said) > value else "less"


CLAIM_NAMES = {
    "exact": "đúng bằng phép chia", "truncated": "cắt bớt phần lẻ", "rounded_up": "làm tròn lên",
    "rounded_down": "làm tròn xuống", "less": "thấp hơn phép chia", "more": "cao hơn phép chia",
    "undefined": "mẫu số bằng 0",
}  # fmt: skip
