"""The reasoning behind a due date as a list of plain steps, read from its run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from tinhso.kernel.clock.rules.calendars import Calendar, moment_of
from tinhso.kernel.clock.rules.dues import Due
from tinhso.kernel.clock.rules.limits import Count
from tinhso.kernel.clock.rules.running import EXACT, Standstill, Stretch
from tinhso.kernel.clock.rules.tables import DAY_MINUTES


class Code(StrEnum):
    """What a step tells."""

    UNKNOWN = "unknown"  # the procedure states no limit
    RECEIVED = "received"  # at, limit, first_day_counts
    EXTENDED = "extended"  # amount, unit, reason
    DAY = "day"  # number, on
    SKIPPED = "skipped"  # first, last, why
    DAYS = "days"  # amount, first, last: calendar days
    MOVED = "moved"  # last, why, to
    MINUTES = "minutes"  # amount, start, end
    BEFORE_CUTOFF = "before_cutoff"  # cutoff, on
    AFTER_CUTOFF = "after_cutoff"  # cutoff, on, to
    NOT_WORKING = "not_working"  # on, why, to: a same-day promise received on a day off
    REST_OF_DAY = "rest_of_day"  # on
    PAUSED = "paused"  # kinds, reasons, start, end, lost, count, pause_day_counts
    WAITING = "waiting"  # remaining
    PROVISIONAL = "provisional"  # year
    DUE = "due"  # at


@dataclass(frozen=True)
class Step:
    """One thought of the computation: what, and with which values."""

    code: Code
    params: dict[str, Any] = field(default_factory=dict)


def steps_of(due: Due) -> tuple[Step, ...]:
    """All steps from receipt to due moment, or to where the clock stands still."""
    return tuple(_steps(due))


def _steps(due: Due) -> Iterator[Step]:
    if not due.is_known:
        yield Step(Code.UNKNOWN)
        return
    hours = due.limit.phases[0].counted in (*EXACT, Count.SAME_DAY)
    yield Step(Code.RECEIVED, {"at": due.start, "limit": due.limit, "first_day_counts": hours})
    for more in due.extensions:
        yield Step(Code.EXTENDED, {"amount": more.amount, "unit": more.unit, "reason": more.reason})
    number = 0
    for part in due.run.parts:
        if isinstance(part, Standstill):
            yield _paused(part, due)
            continue
        yield from _stretch(part, due.calendar, number)
        if part.phase.counted is Count.WORKING_DAYS:
            number += part.phase.amount
    if due.at is None:
        yield Step(Code.WAITING, {"remaining": due.remaining})
        return
    if due.at.year in due.calendar.provisional_years:
        yield Step(Code.PROVISIONAL, {"year": due.at.year})
    yield Step(Code.DUE, {"at": due.at})


def _paused(part: Standstill, due: Due) -> Step:
    halt = part.halt
    counts = part.count not in EXACT and part.start % DAY_MINUTES >= due.pause_cutoff
    return Step(
        Code.PAUSED,
        {
            "kinds": tuple(dict.fromkeys(pause.kind for pause in halt.pauses)),
            "reasons": tuple(dict.fromkeys(pause.reason for pause in halt.pauses if pause.reason)),
            "start": moment_of(part.start),
            "end": None if halt.end is None else moment_of(halt.end),
            "lost": part.lost,
            "count": part.count,
            "pause_day_counts": counts,
        },
    )


def _stretch(part: Stretch, calendar: Calendar, number: int) -> Iterator[Step]:
    count, amount = part.phase
    first, last = _date(part.start), _date(part.end)
    if count in EXACT:
        if amount:
            between = {"start": moment_of(part.start), "end": moment_of(part.end)}
            yield Step(Code.MINUTES, {"amount": amount, "count": count, **between})
    elif count is Count.SAME_DAY:
        if part.is_complete:
            yield _same_day(part, calendar)
    elif not amount:
        if part.is_complete:
            yield Step(Code.REST_OF_DAY, {"on": last})
    elif count is Count.WORKING_DAYS:
        yield from _working_days(first, amount, calendar, number)
    else:
        yield from _days(first, amount, last if part.is_complete else None, calendar)


def _same_day(part: Stretch, calendar: Calendar) -> Step:
    on, to = _date(part.start), _date(part.end)
    cutoff = part.phase.amount
    if on == to:
        return Step(Code.BEFORE_CUTOFF, {"cutoff": cutoff, "on": on})
    if not calendar.is_working(on):
        return Step(Code.NOT_WORKING, {"on": on, "why": calendar.why_off(on), "to": to})
    return Step(Code.AFTER_CUTOFF, {"cutoff": cutoff, "on": on, "to": to})


def _working_days(first: date, amount: int, calendar: Calendar, number: int) -> Iterator[Step]:
    last = calendar.table.nth_after(first.toordinal(), amount)
    days = [date.fromordinal(day) for day in range(first.toordinal() + 1, last + 1)]
    for why, group in groupby(days, key=calendar.why_off):
        run = list(group)
        if why is not None:
            yield Step(Code.SKIPPED, {"first": run[0], "last": run[-1], "why": why})
            continue
        for day in run:
            number += 1
            yield Step(Code.DAY, {"number": number, "on": day})


def _days(first: date, amount: int, end: date | None, calendar: Calendar) -> Iterator[Step]:
    start, last = first.toordinal() + 1, date.fromordinal(first.toordinal() + amount)
    yield Step(Code.DAYS, {"amount": amount, "first": date.fromordinal(start), "last": last})
    if end is not None and end != last:
        yield Step(Code.MOVED, {"last": last, "why": calendar.why_off(last), "to": end})


def _date(minute: int) -> date:
    return date.fromordinal(minute // DAY_MINUTES)
