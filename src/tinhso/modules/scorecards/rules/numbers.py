"""Numbers as people type them, and as whole numbers that computers add without error.

Inputs are decimals with at most four places and below 10^14 (one hundred thousand billion, in đồng more than any
commune ever spends). Points are rounded half up to the places of the edition, criterion by criterion.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from tinhso.kernel.errors import Refusal

INPUT_PLACES = 4
UNIT = 10**INPUT_PLACES
LARGEST = Decimal(10) ** 14
EMPTY = -(2**63)  # stands for an empty cell among whole numbers

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def read(text: str, *, name: str = "", field: str | None = None, may_be_negative: bool = False) -> Decimal | None:
    """The number in a cell, None when it is empty.

    “1.234,5”, “1 234,5” and “1,234.5” are the same number. One comma alone is the decimal sign; a point before exactly
    three digits (“1.234”) parts thousands, as is written here, any other point is the decimal sign (“12.5”, “0.125”).
    Raises Refusal ``scorecards.number`` with what is wrong.
    """
    typed = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-").removesuffix("%")
    if not typed:
        return None
    plain = _with_point(typed)
    if len(plain) > 40 or not _PLAIN.fullmatch(plain):
        raise _wrong(name, field, f"“{text.strip()[:30]}” không phải là số. Nhập chữ số, ví dụ 1234,5.")
    value = Decimal(plain)
    if abs(value) >= LARGEST:
        raise _wrong(name, field, "Số quá lớn (từ 10^14 trở lên). Kiểm tra lại đơn vị tính.")
    if value < 0 and not may_be_negative:
        raise _wrong(name, field, "Số không được âm. Kiểm tra lại số liệu.")
    if value != value.quantize(Decimal(1).scaleb(-INPUT_PLACES)):
        raise _wrong(name, field, f"Nhiều nhất {INPUT_PLACES} chữ số sau dấu phẩy. Làm tròn rồi nhập lại.")
    return value.normalize() + 0


def _with_point(typed: str) -> str:
    if "," in typed and "." in typed:
        decimal = max(",", ".", key=typed.rfind)
        other = "." if decimal == "," else ","
        return typed.replace(other, "").replace(decimal, ".") if typed.count(decimal) == 1 else typed
    if typed.count(",") == 1:
        return typed.replace(",", ".")
    if typed.count(",") > 1:
        return typed.replace(",", "") if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+", typed) else typed
    return typed.replace(".", "") if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+", typed) else typed


def _wrong(name: str, field: str | None, what: str) -> Refusal:
    return Refusal("scorecards.number", f"{name}: {what}" if name else what, field=field)


def plain(value: Decimal | None) -> str:
    """The number as it is kept and published: “1234.5”, no exponent, empty for None."""
    return "" if value is None else f"{value.normalize() + 0:f}"


def shown(value: Decimal | None) -> str:
    """The number as people here write it in a cell: “1234,5”."""
    return plain(value).replace(".", ",")


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
