"""The same clock over arrays: due dates, time used and verdicts of a million dossiers at once.

Moments are ``datetime64`` in UTC and cut to minutes; ``NaT`` stands for unknown and stays unknown. Pauses are not known
here: a paused dossier brings its own stored due moment. Vietnam has been at UTC+7 without summer time since 1975.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinhso.kernel.clock.rules.calendars import Calendar
from tinhso.kernel.clock.rules.limits import Count, Limit
from tinhso.kernel.clock.rules.tables import DAY_MINUTES

EARLY, ON_TIME, LATE, NO_VERDICT = 0, 1, 2, -1
_UTC_ZERO = date(1970, 1, 1).toordinal() * DAY_MINUTES + 7 * 60
_NAT = np.iinfo(np.int64).min

Integers = NDArray[np.int64]
Moments = NDArray[np.datetime64]


@dataclass(frozen=True)
class _Arrays:
    """The tables of a calendar as arrays, indexed by days since ``first``."""

    first: int
    counted: Integers
    workdays: Integers
    ends: Integers
    opens: Integers
    before: Integers
    after: Integers


def _arrays(calendar: Calendar) -> _Arrays:
    table = calendar.table
    kept: _Arrays | None = calendar.__dict__.get("_arrays")
    if kept is None or len(kept.counted) != len(table.counted):
        size = len(table.counted)
        columns = (table.counted[:size], table.workdays, table.ends[:size], table.opens, table.before, table.after)
        kept = _Arrays(table.first, *(np.array(column, dtype=np.int64) for column in columns))
        calendar.__dict__["_arrays"] = kept
    return kept


def _local(moments: ArrayLike) -> tuple[Integers, NDArray[np.bool_]]:
    """Local minutes since day 0, and which are known; unknown ones are set to a harmless day."""
    minutes = np.asarray(moments, dtype="datetime64[m]").astype(np.int64)
    known = minutes != _NAT
    return np.where(known, minutes + _UTC_ZERO, _UTC_ZERO + 16_000_000), known


def _moments(local: Integers, known: NDArray[np.bool_]) -> Moments:
    return np.where(known, local - _UTC_ZERO, _NAT).astype("datetime64[m]")


def _place(calendar: Calendar, days: Integers) -> _Arrays:
    if days.size:
        calendar.table.place(int(days.min()))
        calendar.table.place(int(days.max()))
    return _arrays(calendar)


def _nth_after(calendar: Calendar, days: Integers, amounts: Integers | int) -> Integers:
    arrays = _place(calendar, days)
    index = arrays.counted[days - arrays.first] + amounts
    while index.size and int(index.max()) >= len(arrays.workdays):
        calendar.table.grow()
        arrays = _arrays(calendar)
    return arrays.workdays[index]


def _at_or_after(calendar: Calendar, days: Integers) -> Integers:
    arrays = _place(calendar, days)
    return np.where(arrays.ends[days - arrays.first] > 0, days, _nth_after(calendar, days, 1))


def _end_of(calendar: Calendar, days: Integers) -> Integers:
    arrays = _place(calendar, days)
    return days * DAY_MINUTES + arrays.ends[days - arrays.first]


def _minutes(calendar: Calendar, local: Integers) -> Integers:
    arrays = _place(calendar, local // DAY_MINUTES)
    index = np.searchsorted(arrays.opens, local, side="right") - 1
    return np.where(index < 0, 0, np.minimum(arrays.before[index] + local - arrays.opens[index], arrays.after[index]))


def _after_minutes(calendar: Calendar, local: Integers, amounts: Integers | int) -> Integers:
    target = _minutes(calendar, local) + amounts
    while target.size and int(target.max()) > calendar.table.after[-1]:
        calendar.table.grow()
    arrays = _arrays(calendar)
    index = np.searchsorted(arrays.after, target, side="left")
    return arrays.opens[index] + target - arrays.before[index]


def due_many(received: ArrayLike, limit: Limit, calendar: Calendar) -> Moments:
    """Due moments of dossiers that share a limit (group them by procedure); as ``due`` without pauses."""
    local, known = _local(received)
    if not limit.phases:
        return _moments(local, np.zeros_like(known))
    for phase in limit.phases:
        if phase.counted is Count.WORKING_DAYS:
            local = _end_of(calendar, _nth_after(calendar, local // DAY_MINUTES, phase.amount))
        elif phase.counted is Count.DAYS:
            local = _end_of(calendar, _at_or_after(calendar, local // DAY_MINUTES + phase.amount))
        elif phase.counted is Count.MINUTES:
            local = _after_minutes(calendar, local, phase.amount)
        elif phase.counted is Count.CLOCK_MINUTES:
            local = local + phase.amount
        else:
            local = _same_day(calendar, local, phase.amount)
    return _moments(local, known)


def _same_day(calendar: Calendar, local: Integers, cutoff: int) -> Integers:
    days = local // DAY_MINUTES
    arrays = _place(calendar, days)
    today = local % DAY_MINUTES < np.minimum(cutoff, arrays.ends[days - arrays.first])
    return _end_of(calendar, np.where(today, days, _nth_after(calendar, days, 1)))


def due_working_days_many(received: ArrayLike, days: ArrayLike, calendar: Calendar) -> Moments:
    """Due moments for each dossier's own whole number of working days (≥ 1)."""
    amounts = np.asarray(days, dtype=np.int64)
    if amounts.size and int(amounts.min()) < 1:
        raise ValueError("a limit of less than one working day is not a count of whole days")
    local, known = _local(received)
    return _moments(_end_of(calendar, _nth_after(calendar, local // DAY_MINUTES, amounts)), known)


def worked_minutes_many(begin: ArrayLike, end: ArrayLike, calendar: Calendar) -> Integers:
    """Working minutes from begin to end, negative when end is earlier; 0 where either is unknown."""
    first, first_known = _local(begin)
    last, last_known = _local(end)
    return np.where(first_known & last_known, _minutes(calendar, last) - _minutes(calendar, first), 0)


def verdict_many(finished: ArrayLike, due_at: ArrayLike) -> NDArray[Any]:
    """``EARLY``, ``ON_TIME``, ``LATE`` or ``NO_VERDICT`` (not finished, no due moment) as small integers.

    Seconds decide: one second after the due moment is late.
    """
    done, at = (np.asarray(moments, dtype="datetime64[s]") for moments in (finished, due_at))
    zone = np.timedelta64(7, "h")
    same_day = (done + zone).astype("datetime64[D]") == (at + zone).astype("datetime64[D]")
    found = np.where(done > at, LATE, np.where(same_day, ON_TIME, EARLY))
    return np.where(np.isnat(done) | np.isnat(at), NO_VERDICT, found).astype(np.int8)
