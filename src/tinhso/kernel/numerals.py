"""Numbers as people type them into cells, and as they are kept and shown.

A number is a decimal; how large it may be and how many places it may have is for the one who asks to say.
"""

from __future__ import annotations

import re
from decimal import Decimal

from tinhso.kernel.errors import Refusal

PLACES = 4
LARGEST = Decimal(10) ** 14

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def read(
    text: str, *, code: str, name: str = "", field: str | None = None, may_be_negative: bool = False,
    places: int = PLACES,
) -> Decimal | None:  # fmt: skip
    """The number in a cell, None when it is empty.

    “1.234,5”, “1 234,5” and “1,234.5” are the same number. One comma alone is the decimal sign; a point before exactly
    three digits (“1.234”) parts thousands, as is written here, any other point is the decimal sign (“12.5”, “0.125”).
    Raises Refusal ``code`` with what is wrong.
    """

    def wrong(what: str) -> Refusal:
        return Refusal(code, f"{name}: {what}" if name else what, field=field)

    typed = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-").removesuffix("%")
    if not typed:
        return None
    written = _with_point(typed)
    if len(written) > 40 or not _PLAIN.fullmatch(written):
        raise wrong(f"“{text.strip()[:30]}” không phải là số. Nhập chữ số, ví dụ 1234,5.")
    value = Decimal(written)
    if abs(value) >= LARGEST:
        raise wrong("Số quá lớn (từ 10^14 trở lên). Kiểm tra lại đơn vị tính.")
    if value < 0 and not may_be_negative:
        raise wrong("Số không được âm. Kiểm tra lại số liệu.")
    if value != value.quantize(Decimal(1).scaleb(-places)):
        raise wrong(
            f"Nhiều nhất {places} chữ số sau dấu phẩy. Làm tròn rồi nhập lại."
            if places
            else "Chỉ nhận số nguyên. Làm tròn rồi nhập lại."
        )
    return value.normalize() + 0


def is_whole(text: str) -> bool:
    """Whether it is a number as addresses and hidden fields carry them: digits 0–9 only, and so few that ``int`` reads
    them and a column of the database holds them."""
    return text.isascii() and text.isdigit() and len(text) < 19


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


def plain(value: Decimal | None) -> str:
    """The number as it is kept and published: “1234.5”, no exponent, empty for None."""
    return "" if value is None else f"{value.normalize() + 0:f}"


def shown(value: Decimal | None) -> str:
    """The number as people here write it in a cell: “1234,5”."""
    return plain(value).replace(".", ",")
