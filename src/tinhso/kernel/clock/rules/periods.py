"""Months, quarters and years as people name them, and days so many months on."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

MONTH, QUARTER, YEAR = 1, 3, 12  # months that a period may have
LENGTHS = (MONTH, QUARTER, YEAR)
_CODE = re.compile(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|q([1-4])))?", re.ASCII)
_ROMAN = ("I", "II", "III", "IV")
_Day = TypeVar("_Day", bound=date)


def months_later(day: _Day, months: int) -> _Day:
    """The same day (and time) so many months on or, below nought, before; the last of a month without such a day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def month_after(day: date, months: int) -> date:
    """The first day of the month so many months after that of ``day``."""
    return months_later(day.replace(day=1), months)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year, by its first day and its number of months."""

    since: date
    months: int

    @property
    def until(self) -> date:
        """Its last day."""
        return month_after(self.since, self.months) - timedelta(days=1)

    @property
    def last_month(self) -> date:
        """The first day of its last month."""
        return month_after(self.since, self.months - 1)

    @property
    def before(self) -> Period:
        """The period of the same length that ended when this began."""
        return Period(month_after(self.since, -self.months), self.months)

    @property
    def after(self) -> Period:
        return Period(month_after(self.since, self.months), self.months)

    @property
    def quarter(self) -> int:
        """In which quarter of its year it begins, 1 to 4."""
        return (self.since.month + 2) // 3

    @property
    def code(self) -> str:
        """``2026-11``, ``2026-q4``, ``2026``: as it stands in addresses, files and the API."""
        if self.months == YEAR:
            return f"{self.since:%Y}"
        return f"{self.since:%Y}-q{self.quarter}" if self.months == QUARTER else f"{self.since:%Y-%m}"

    @property
    def name(self) -> str:
        """``Tháng 11/2026``, ``Quý IV/2026``, ``Năm 2026``."""
        if self.months == YEAR:
            return f"Năm {self.since:%Y}"
        if self.months == QUARTER:
            return f"Quý {_ROMAN[self.quarter - 1]}/{self.since:%Y}"
        return f"Tháng {self.since.month}/{self.since:%Y}"

    @property
    def label(self) -> str:
        """Short, for the axis of a chart: ``11/2026``, ``Q4/2026``, ``2026``."""
        return f"Q{self.quarter}/{self.since:%Y}" if self.months == QUARTER else self.name.split()[1]


def period_of(code: str) -> Period | None:
    """The period that a code names, in small or capital letters; None for one that means nothing."""
    found = _CODE.fullmatch(code.strip().lower())
    if found is None:
        return None
    year, month, quarter = found.groups()
    if month:
        return Period(date(int(year), int(month), 1), MONTH)
    return Period(date(int(year), 3 * int(quarter) - 2, 1), QUARTER) if quarter else year_of(int(year))


def year_of(year: int) -> Period:
    return Period(date(year, 1, 1), YEAR)


def around(day: date, months: int) -> Period:
    """The month, quarter or year in which a day lies."""
    return Period(month_after(day, -((day.month - 1) % months)), months)


def spanning(since: date, until: date) -> Period | None:
    """The period that has exactly these days, if there is one."""
    found = (around(since, months) for months in LENGTHS)
    return next((one for one in found if (one.since, one.until) == (since, until)), None)


def touching(since: date, until: date, months: int) -> Iterator[Period]:
    """The periods of this length that have one of these days at least, the oldest first."""
    current = around(since, months)
    while current.since <= until:
        yield current
        current = current.after
