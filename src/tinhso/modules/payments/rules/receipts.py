"""Electronic receipts (biên lai điện tử): symbols, numbers, what one says, and the daily summary for the tax body.

Source: NĐ 254/2026/NĐ-CP Đ.23.2, Đ.24; TT 91/2026/TT-BTC Đ.4.2d and its annex of symbols; in force 1/7/2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.kernel.money.rules import dong_in_words

LETTERS = "ABCDEGHKLMNPQRSTUVXY"
SYMBOL = re.compile(rf"^[0-9]{{2}}T[{LETTERS}]{{2}}$", re.ASCII)
HIGHEST_NUMBER = 99_999_999


class Template(StrEnum):
    """``EBL01`` has no face value, ``EBL02`` is printed with one."""

    OPEN_VALUE = "EBL01"
    FACE_VALUE = "EBL02"


class ReceiptState(StrEnum):
    ISSUED = "issued"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


STATE_NAMES = {
    ReceiptState.ISSUED: "Có hiệu lực",
    ReceiptState.CANCELLED: "Đã hủy",
    ReceiptState.REPLACED: "Đã bị thay thế",
}


def symbol(year: int, letters: str = "AA") -> str:
    """``26TAA``: two digits of the year, T, and two of twenty letters. Raises ValueError for others."""
    made = f"{year % 100:02d}T{letters}"
    if not is_symbol(made):
        raise ValueError(f"{letters!r} are not two of the letters {LETTERS}")
    return made


def is_symbol(text: str) -> bool:
    return bool(SYMBOL.match(text))


def letters_of(number: int) -> str:
    """The nth pair of letters, from 0: AA, AB … YY; there are 400. Raises ValueError beyond."""
    if not 0 <= number < len(LETTERS) ** 2:
        raise ValueError("all 400 pairs of letters are taken")
    return LETTERS[number // len(LETTERS)] + LETTERS[number % len(LETTERS)]


def shown_number(number: int) -> str:
    """Eight digits at most, as printed: ``00000042``."""
    return f"{number:08d}"


def full_number(template: str, series: str, number: int) -> str:
    return f"{template} {series} {shown_number(number)}"


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One receipt in the daily summary, form 01/TH-BLĐT."""

    template: str
    series: str
    number: int
    issued_on: date
    name: str
    amount: int
    state: str
    related: str = ""
    note: str = ""


SUMMARY_COLUMNS = (
    "STT", "Ký hiệu mẫu biên lai", "Ký hiệu biên lai", "Số biên lai", "Ngày lập", "Tên loại phí, lệ phí", "Số tiền",
    "Tỷ giá", "Trạng thái", "Kỳ điều chỉnh", "Biên lai liên quan", "Giải trình", "Ghi chú",
)  # fmt: skip
_SUMMARY_STATE = {"issued": "Mới", "cancelled": "Hủy", "replaced": "Thay thế"}


def summary_rows(lines: Iterable[SummaryLine]) -> list[list[str | int]]:
    """The rows under the head; cancelled and replaced receipts keep their line, so that numbers have no gap."""
    return [
        [
            place, one.template, one.series, one.number, f"{one.issued_on:%d/%m/%Y}", one.name, one.amount,
            1, _SUMMARY_STATE.get(one.state, one.state), "", one.related, "", one.note,
        ]
        for place, one in enumerate(lines, 1)
    ]  # fmt: skip


def amount_words(amount: int) -> str:
    """As receipts demand, the first letter capital: ``Bảy mươi lăm nghìn đồng``."""
    said = dong_in_words(amount)
    return said[:1].upper() + said[1:]
