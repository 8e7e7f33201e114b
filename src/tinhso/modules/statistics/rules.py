"""Periods, the columns of the statutory form with their identities, and what is too small to be told in public.

The columns are those of form II.06/VPCP/KSTT (TT 01/2020/TT-VPCP): 3 received = 4 online + 5 at the counter or by post
+ 6 carried over; 7 resolved = 8 early + 9 on time + 10 late; 11 in progress = 12 in time + 13 overdue; 3 = 7 + 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from tinhso.kernel.clock.rules.periods import MONTH, QUARTER, YEAR, Period, touching
from tinhso.kernel.manifest import Entry, Readers
from tinhso.kernel.units.rules import Kind

# From which figures a column is counted. A name that this deployment does not declare counts nothing.
RECEIVED = ("dossiers.received", "dossiers.received_at_counter")
RESOLVED = ("dossiers.issued", "dossiers.signed", "dossiers.refused")
# Practice: withdrawn and stopped dossiers count as resolved, normally on time; before reception they are no dossiers.
ENDED = ("dossiers.withdrawn", "dossiers.withdrawn_at_counter", "dossiers.stopped")
SPLIT = ("dossiers.linked",)  # practice: a linked parent is not counted, its children are
BESIDE: Mapping[str, tuple[str, ...]] = {
    "returned": ("dossiers.returned", "dossiers.returned_online"),
    "electronic": ("dossiers.returned_online",),
    "paid_online": ("payments.paid_online",),
    "digitised": ("vault.digitised",),
    "reused": ("vault.reused",),
    "rated": ("satisfaction.rated",),
}
OTHER = "Khác"  # the field of procedures that have none
BY_THEN, BY_TODAY = "then", "today"  # maps in open data: the units of each month, or their heirs of today
KIND, SEE = "dossier", "dossiers.see"  # whose right to see opens the lists behind the numbers
LEVELS = {
    "tinh": "UBND tỉnh",
    "so": "Sở, ban, ngành",
    "huyen": "Cấp huyện (đến 30/6/2025)",
    "xa": "Xã, phường, đặc khu",
}
_LEVEL_OF = {Kind.PROVINCE: "tinh", Kind.DEPARTMENT: "so", Kind.VERTICAL: "so", Kind.DISTRICT: "huyen"}
# A count below this of one procedure or field can point to a person whom neighbours know; see decision record.
SMALLEST_SHOWN = 5
ENTRIES = (
    Entry(
        "statistics.close",
        "Chốt số liệu tháng {month}: tiếp nhận {received}, giải quyết {resolved}, đang giải quyết {open}",
        Readers.OFFICIALS,
    ),
)


def level_of(kind: str) -> str:
    """The level at which a body's figures are shown."""
    return _LEVEL_OF.get(Kind(kind), "xa")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form, as counts of dossiers. ``adjusted``: moved between units or recorded after the closing."""

    carried: int = 0
    online: int = 0
    counter: int = 0
    post: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    open_in_time: int = 0
    open_late: int = 0
    adjusted: int = 0
    withdrawn: int = 0
    returned: int = 0
    electronic: int = 0
    paid_online: int = 0
    digitised: int = 0
    reused: int = 0
    rated: int = 0

    def __add__(self, other: Line) -> Line:
        return Line(*(getattr(self, name) + getattr(other, name) for name in COLUMNS))

    @property
    def fresh(self) -> int:
        """Received within the period."""
        return self.online + self.counter + self.post

    @property
    def received(self) -> int:
        return self.fresh + self.carried

    @property
    def resolved(self) -> int:
        return self.early + self.on_time + self.late

    @property
    def open(self) -> int:
        return self.open_in_time + self.open_late

    @property
    def kept_share(self) -> float | None:
        """Resolved early or on time, 0–100: (8 + 9) / 7."""
        return share(self.early + self.on_time, self.resolved)

    @property
    def overdue_share(self) -> float | None:
        """In progress beyond the due date, 0–100: 13 / 11."""
        return share(self.open_late, self.open)

    @property
    def online_share(self) -> float | None:
        """Received online, 0–100, what was carried over left out: 4 / (4 + 5)."""
        return share(self.online, self.fresh)

    @property
    def electronic_share(self) -> float | None:
        """Results returned electronically, 0–100, of all that were returned."""
        return share(self.electronic, self.returned)

    def statutory(self) -> tuple[int, ...]:
        """Columns 3 to 13 of the form."""
        return (
            self.received, self.online, self.counter + self.post, self.carried,
            self.resolved, self.early, self.on_time, self.late,
            self.open, self.open_in_time, self.open_late,
        )  # fmt: skip


COLUMNS = tuple(one.name for one in fields(Line))
STOCK = ("carried", "open_in_time", "open_late")
FLOWS = tuple(name for name in COLUMNS if name not in STOCK)


def share(part: int, whole: int) -> float | None:
    """Per cent with one decimal, None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def problems(cells: Sequence[int], adjusted: int = 0) -> list[str]:
    """Which identities columns 3 to 13 break; ``adjusted`` stands in a row of its own and counts as received."""
    c = dict(zip(range(3, 14), cells, strict=True))
    found = {
        "3 = 4 + 5 + 6": c[3] == c[4] + c[5] + c[6],
        "7 = 8 + 9 + 10": c[7] == c[8] + c[9] + c[10],
        "11 = 12 + 13": c[11] == c[12] + c[13],
        "3 = 7 + 11": c[3] + adjusted == c[7] + c[11],
    }
    return [words for words, holds in found.items() if not holds]


def offered(first: date, today: date) -> list[Period]:
    """All periods one may ask for, the newest first: years, quarters, months from the first figures on."""
    return [one for months in (YEAR, QUARTER, MONTH) for one in reversed(list(touching(first, today, months)))]


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what it is about: a unit's id, a field, a procedure's code, a month. ``merged`` lines are several."""

    key: str
    line: Line
    merged: int = 0


def told_in_public(rows: Iterable[Row]) -> list[Row]:
    """Lines with fewer than five dossiers become one that names none of them; two at least, so that none is left over.

    When only one is too small, the smallest of the others goes with it: else it could be found by subtraction.
    """
    ordered = sorted(rows, key=lambda row: _size(row.line))
    small = [row for row in ordered if is_small(row.line)]
    if not small:
        return ordered[::-1]
    hidden = ordered[: max(2, len(small))]
    total = sum((row.line for row in hidden), Line())
    kept = [row for row in ordered if row not in hidden]
    return [*kept[::-1], Row("", total, merged=len(hidden))]


def is_small(line: Line) -> bool:
    """Whether somebody could be recognised: fewer than five dossiers handled in the period, but some."""
    return 0 < _size(line) < SMALLEST_SHOWN


def _size(line: Line) -> int:
    """How many dossiers a line is about at least."""
    return max(line.received, line.resolved, line.open)
