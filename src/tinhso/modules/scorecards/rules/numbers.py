"""Numbers as people type them, and as whole numbers that computers add without error.

Inputs are decimals with at most four places and below 10^14 (one hundred thousand billion, in đồng more than any
commune ever spends). Points are rounded half up to the places of the edition, criterion by criterion.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tinhso.kernel import numerals
from tinhso.kernel.numerals import LARGEST, plain, shown

INPUT_PLACES = 4
UNIT = 10**INPUT_PLACES
__all__ = [
    "EMPTY",
    "INPUT_PLACES",
    "LARGEST",
    "LEFT_OUT",
    "UNFILLED",
    "UNIT",
    "half_up",
    "plain",
    "read",
    "rounded",
    "scaled",
    "shown",
    "unscaled",
]
EMPTY = -(2**63)  # stands for an empty cell among whole numbers
LEFT_OUT = -2  # among points: the criterion does not apply
UNFILLED = -1  # among points: an input is empty


def read(text: str, *, name: str = "", field: str | None = None, may_be_negative: bool = False) -> Decimal | None:
    """The number in a cell, None when it is empty; see ``kernel.numerals``. Raises Refusal ``scorecards.number``."""
    code = "scorecards.number"
    return numerals.read(text, code=code, name=name, field=field, may_be_negative=may_be_negative, places=INPUT_PLACES)


def scaled(value: Decimal | None, places: int = INPUT_PLACES) -> int:
    """A decimal as a whole number of its last places; EMPTY for None."""
    return EMPTY if value is None else int(value.scaleb(places))


def unscaled(number: int, places: int = INPUT_PLACES) -> Decimal | None:
    return None if number == EMPTY else Decimal(number).scaleb(-places)


def half_up(value: Fraction, places: int) -> int:
    """A fraction as a whole number of ``places``, halves rounded up: 1/8 with 2 places is 13."""
    top, bottom = value.numerator * 10**places, value.denominator
    return (2 * top + bottom) // (2 * bottom)


def rounded(value: Fraction, places: int) -> Decimal:
    """0.32147 with 4 places is 0.3215."""
    return Decimal(half_up(value, places)).scaleb(-places)
