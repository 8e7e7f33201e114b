"""When people file: more on Mondays, most between eight and ten, hardly before Tết, online also in the evening."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from tinhso.kernel.clock.rules import Calendar, tet
from tinhso.kernel.clock.rules.tables import DAY_MINUTES

_WEEKDAYS = (1.25, 1.1, 1.0, 0.95, 0.85, 0.2, 0.12)
_GROWTH = 0.8  # so much more is filed at the end of the time than at its beginning
_OFF = 0.08  # what still comes in online on a holiday, beside a usual working day
_BEFORE_TET = {days: 0.35 + 0.04 * days for days in range(1, 15)}
# Share of a day by hour: at the counter, and online.
_COUNTER_HOURS = (0,) * 7 + (8, 16, 17, 12, 3, 0, 5, 14, 13, 8) + (0,) * 7
_ONLINE_HOURS = (1, 0.4, 0.2, 0.1, 0.1, 0.6, 2, 5, 11, 12, 9, 6, 4, 5, 9, 8, 6, 4, 3, 5, 7, 7, 5, 2.5)
_COUNTER_SUMS = tuple(accumulate(_COUNTER_HOURS))
_ONLINE_SUMS = tuple(accumulate(_ONLINE_HOURS))


def weights(first: date, last: date, calendar: Calendar) -> list[tuple[date, float]]:
    """How much each day counts beside an average working day."""
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        until_tet = (tet(day.year) - day).days
        weight = _WEEKDAYS[day.weekday()] if calendar.is_working(day) or day.weekday() > 4 else _OFF
        growth = 1 + _GROWTH * number / max(1, (last - first).days)
        days.append((day, weight * growth * _BEFORE_TET.get(until_tet, 1.0)))
    return days


def per_day(first: date, last: date, total: int, calendar: Calendar) -> Iterator[tuple[date, int]]:
    """``total`` dossiers spread over the days, exactly."""
    days = weights(first, last, calendar)
    whole = sum(weight for _, weight in days)
    reached, given = 0.0, 0
    for day, weight in days:
        reached += weight
        here = round(total * reached / whole) - given
        given += here
        yield day, here


def online_minute(rng: Random, day: date) -> int:
    """A minute of that day, since day 0."""
    hour = bisect_left(_ONLINE_SUMS, rng.random() * _ONLINE_SUMS[-1])
    return day.toordinal() * DAY_MINUTES + hour * 60 + int(rng.random() * 60)


def counter_minute(rng: Random, day: date) -> int:
    """A minute at which the counter is open, since day 0."""
    hour = bisect_left(_COUNTER_SUMS, rng.random() * _COUNTER_SUMS[-1])
    start, length = {11: (0, 28), 13: (31, 28), 16: (0, 50), 7: (3, 57)}.get(hour, (0, 60))
    return day.toordinal() * DAY_MINUTES + hour * 60 + start + int(rng.random() * length)
