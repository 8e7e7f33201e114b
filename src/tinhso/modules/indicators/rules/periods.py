"""Which periods an indicator has values for: those of its frequency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tinhso.kernel.clock.rules import periods
from tinhso.kernel.clock.rules.periods import MONTH, QUARTER, YEAR, Period
from tinhso.modules.indicators.rules.words import Frequency

FIRST_YEAR, LAST_YEAR = 2000, 2100
_MONTHS = {
    Frequency.REALTIME: MONTH, Frequency.DAY: MONTH, Frequency.MONTH: MONTH, Frequency.QUARTER: QUARTER,
    Frequency.YEAR: YEAR,
}  # fmt: skip


def around(day: date, frequency: Frequency | str) -> Period:
    """The period of this frequency in which a day lies."""
    return periods.around(day, _MONTHS[Frequency(frequency)])


def between(since: date, until: date, frequency: Frequency | str) -> Iterator[Period]:
    """The periods of this frequency that touch these days, the oldest first."""
    return periods.touching(since, until, _MONTHS[Frequency(frequency)])
