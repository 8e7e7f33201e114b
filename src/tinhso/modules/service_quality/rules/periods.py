"""The periods for which the index is told: months, quarters, years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_CODE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-q([1-4]))?")
LENGTHS = (1, 3, 12)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year, by its first day and its number of months."""

    since: date
    months: int

    @property
    def until(self) -> date:
        """Its last day."""
        return add_months(self.since, self.months) - timedelta(days=1)

    @property
    def last_month(self) -> date:
        return add_months(self.since, self.months - 1)

    @property
    def before(self) -> Period:
        """The period of the same length that ended when this began."""
        return Period(add_months(self.since, -self.months), self.months)

    @property
    def code(self) -> str:
        """``2026-11``, ``2026-q4``, ``2026``."""
        if self.months == 12:
            return f"{self.since:%Y}"
        return f"{self.since:%Y}-q{(self.since.month + 2) // 3}" if self.months == 3 else f"{self.since:%Y-%m}"

    @property
    def name(self) -> str:
        """``Tháng 11/2026``, ``Quý IV/2026``, ``Năm 2026``."""
        if self.months == 12:
            return f"Năm {self.since:%Y}"
        if self.months == 3:
            return f"Quý {('I', 'II', 'III', 'IV')[(self.since.month - 1) // 3]}/{self.since:%Y}"
        return f"Tháng {self.since.month}/{self.since:%Y}"


def add_months(month: date, number: int) -> date:
    """The first day of the month so many months on."""
    place = month.year * 12 + month.month - 1 + number
    return date(place // 12, place % 12 + 1, 1)


def period_of(code: str) -> Period | None:
    """The period that a code names; None for one that means nothing."""
    found = _CODE.fullmatch(code.strip().lower())
    if found is None or not 2000 <= int(found[1]) <= 2100:
        return None
    year, month, quarter = int(found[1]), found[2], found[3]
    if month:
        return Period(date(year, int(month), 1), 1)
    return Period(date(year, 3 * int(quarter) - 2, 1), 3) if quarter else Period(date(year, 1, 1), 12)


def spanning(since: date, until: date) -> Period | None:
    """The period that has exactly these days, if there is one."""
    for months in LENGTHS:
        period = around(since, months)
        if period.since == since and period.until == until:
            return period
    return None


def around(day: date, months: int) -> Period:
    """The month, quarter or year in which a day lies."""
    return Period(add_months(day.replace(day=1), -((day.month - 1) % months)), months)
