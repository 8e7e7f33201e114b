"""Bank statements as rows: which column is which, what makes a row a payment, and what is wrong with a file.

Each bank has a described mapping: for each meaning the heads it may have. A file whose heads do not fit is refused with
the missing column by name, before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.search.rules import fold

VIETNAM = timezone(timedelta(hours=7))
MEANINGS = {
    "booked_at": "ngày giao dịch",
    "reference": "số tham chiếu",
    "amount": "số tiền ghi có",
    "content": "nội dung",
}


@dataclass(frozen=True, slots=True)
class BankFormat:
    """How one bank writes its statement: for each meaning the heads that may stand over its column."""

    code: str
    name: str
    heads: Mapping[str, tuple[str, ...]]
    dates: tuple[str, ...] = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


FORMATS = {
    one.code: one
    for one in (
        BankFormat(
            "general",
            "Sao kê thông dụng",
            {
                "booked_at": ("Ngày giao dịch", "Ngày hạch toán", "Thời gian giao dịch", "Transaction date"),
                "reference": ("Số tham chiếu", "Số bút toán", "Mã giao dịch", "Reference"),
                "amount": ("Ghi có", "Số tiền ghi có", "Phát sinh có", "Credit"),
                "content": ("Nội dung", "Diễn giải", "Nội dung giao dịch", "Description"),
            },
        ),
        BankFormat(
            "demo",
            "Ngân hàng minh họa",
            {
                "booked_at": ("Thời điểm",),
                "reference": ("Mã giao dịch",),
                "amount": ("Có",),
                "content": ("Nội dung chuyển tiền",),
            },
        ),
    )
}
HEAD_WITHIN = 30  # banks print their own lines above the table


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One credit: ``amount`` whole đồng, ``reference`` the bank's own number of the booking."""

    booked_at: datetime
    reference: str
    amount: int
    content: str


@dataclass
class Reading:
    """What stands in a file: its credits lazily, and the faults found while reading them."""

    skipped: int = 0
    faults: list[str] = field(default_factory=list)


def find_columns(rows: Sequence[Sequence[Any]], layout: BankFormat) -> tuple[int, dict[str, int]]:
    """The number of the head row and the column of each meaning.

    Raises Refusal ``payments.statement_columns`` naming the columns that no row has."""
    wanted = {meaning: {_plain(head) for head in heads} for meaning, heads in layout.heads.items()}
    best: dict[str, int] = {}
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        heads = [_plain(cell) for cell in row]
        found = {
            meaning: place
            for meaning, names in wanted.items()
            for place, head in enumerate(heads)
            if head in names
        }  # fmt: skip
        if len(found) == len(wanted):
            return number, found
        best = found if len(found) > len(best) else best
    missing = [meaning for meaning in wanted if meaning not in best]
    named = "; ".join(f"{MEANINGS[one]} (“{layout.heads[one][0]}”)" for one in missing)
    raise Refusal(
        "payments.statement_columns",
        f"Tệp không đúng mẫu “{layout.name}”: thiếu cột {named}. Chọn đúng ngân hàng hoặc xuất lại sao kê.",
        field="file",
    )


def _plain(cell: Any) -> str:
    return fold(str(cell)).strip() if cell is not None else ""


def read_lines(
    rows: Iterable[Sequence[Any]], columns: Mapping[str, int], layout: BankFormat, reading: Reading, first: int
) -> Iterator[StatementLine]:
    """The credits. Rows without a credit are skipped and counted; a broken row is a fault with its number."""
    date_at, ref_at = columns["booked_at"], columns["reference"]
    amount_at, content_at = columns["amount"], columns["content"]
    widest = max(columns.values())
    for number, row in enumerate(rows, first):
        if len(row) <= widest:
            reading.skipped += 1
            continue
        amount = read_amount(row[amount_at])
        if amount is None or amount <= 0:
            reading.skipped += 1
            continue
        booked_at = read_moment(row[date_at], layout.dates)
        reference = str(row[ref_at] if row[ref_at] is not None else "").strip()
        if booked_at is None or not reference:
            what = "ngày giao dịch" if booked_at is None else "số tham chiếu"
            reading.faults.append(f"Dòng {number}: không đọc được {what}.")
            continue
        content = str(row[content_at] if row[content_at] is not None else "")
        yield StatementLine(booked_at, reference[:60], amount, _one_line(content))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:300]


_GROUPED = re.compile(r"[+]?[0-9]{1,3}(?:[.,][0-9]{3})*(?:[.,]00?)?|[+]?[0-9]+(?:[.,]00?)?", re.ASCII)


def read_amount(cell: Any) -> int | None:
    """Whole đồng from a number or a text such as ``1.250.000``, ``1,250,000.00``, ``+75000``; None for others."""
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell == int(cell) else None
    text = str(cell).strip().replace(" ", "").removesuffix("VND").removesuffix("đ")
    if not _GROUPED.fullmatch(text):
        return None
    return int(re.sub(r"[+.,]", "", re.sub(r"(?<=[0-9])[.,]00?$", "", text)))


def read_moment(cell: Any, formats: Sequence[str]) -> datetime | None:
    """A moment in Vietnam's time; a day alone is its noon, between two dealings of the day."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=cell.tzinfo or VIETNAM)
    if isinstance(cell, date):
        return datetime.combine(cell, time(12), VIETNAM)
    text = str(cell or "").strip()
    quick = _quick(text)
    if quick is not None:
        return quick
    for pattern in formats:
        try:
            found = datetime.strptime(text, pattern).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
        return found if "%H" in pattern else found.replace(hour=12)
    return None


_USUAL = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?: ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?", re.ASCII)


def _quick(text: str) -> datetime | None:
    """The usual form without the slow general parser: a file has a hundred thousand of them."""
    match = _USUAL.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = match.groups()
    try:
        clock = (int(hour), int(minute), int(second or 0)) if hour else (12, 0, 0)
        return datetime(int(year), int(month), int(day), *clock, tzinfo=VIETNAM)
    except ValueError:
        return None
