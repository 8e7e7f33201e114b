"""Years, quarters and months as they stand in addresses and tables: ``2026``, ``2026-Q3``, ``2026-11``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tinhso.modules.indicators.rules.words import Frequency

MONTHS = {Frequency.REALTIME: 1, Frequency.DAY: 1, Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.YEAR: 12}
FIRST_YEAR, LAST_YEAR = 2000, 2100
_CODE = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """So many months from the first day of one: 1, 3 or 12."""

    since: date
    months: int

    @property
    def until(self) -> date:
        return moved(self.since, self.months) - timedelta(days=1)

    @property
    def code(self) -> str:
        if self.months == 12:
            return f"{self.since.year}"
        if self.months == 3:
            return f"{self.since.year}-Q{(self.since.month + 2) // 3}"
        return f"{self.since:%Y-%m}"

    @property
    def name(self) -> str:
        if self.months == 12:
            return f"Năm {self.since.year}"
        if self.months == 3:
            return f"Quý {(self.since.month + 2) // 3}/{self.since.year}"
        return f"Tháng {self.since.month}/{self.since.year}"

    @property
    def label(self) -> str:
        """Short, for the axis of a chart."""
        return self.name.split(" ", 1)[1] if self.months != 3 else f"Q{(self.since.month + 2) // 3}/{self.since.year}"


def moved(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def period_from(code: str) -> Period | None:
    """The period of a code, None for what is none."""
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    year = int(match[1])
    if match[2]:
        return Period(date(year, 3 * int(match[2]) - 2, 1), 3)
    return Period(date(year, int(match[3]), 1), 1) if match[3] else Period(date(year, 1, 1), 12)


def around(day: date, frequency: Frequency | str) -> Period:
    """The period of this frequency in which a day lies."""
    months = MONTHS[Frequency(frequency)]
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), months)


def between(since: date, until: date, frequency: Frequency | str) -> Iterator[Period]:
    """The periods of this frequency that touch these days, the oldest first."""
    current = around(since, frequency)
    while current.since <= until:
        yield current
        current = Period(moved(current.since, current.months), current.months)


def year_of(year: int) -> Period:
    return Period(date(year, 1, 1), 12)
