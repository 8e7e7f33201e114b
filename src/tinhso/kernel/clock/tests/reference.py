"""The clock once more, slow and obvious: walks day by day and minute by minute. Properties compare against it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tinhso.kernel.clock.rules import VIETNAM, Calendar, Pause

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def end_of(day: date, calendar: Calendar) -> datetime:
    end = calendar.windows_on(day)[-1].end
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(minutes=end)


def works_in(moment: datetime, calendar: Calendar) -> bool:
    minute = moment.hour * 60 + moment.minute
    return any(window.start <= minute < window.end for window in calendar.windows_on(moment.date()))


def first_working(day: date, calendar: Calendar) -> date:
    while not calendar.is_working(day):
        day += DAY
    return day


def due_days(start: datetime, days: int, calendar: Calendar, *, calendar_days: bool = False) -> datetime:
    day = start.date()
    for _ in range(days):
        day += DAY
        if not calendar_days:
            day = first_working(day, calendar)
    return end_of(first_working(day, calendar), calendar)


def due_minutes(start: datetime, minutes: int, calendar: Calendar, pauses: tuple[Pause, ...] = ()) -> datetime:
    now = start
    while minutes:
        if works_in(now, calendar) and not any(p.start <= now < p.end for p in pauses):
            minutes -= 1
        now += MINUTE
    return now


def due_paused(start: datetime, days: int, calendar: Calendar, pause: Pause, cutoff: int = 12) -> datetime:
    """Working days with one closed pause, straight from the sentences of the whole-day rule."""
    unpaused = due_days(start, days, calendar)
    begin = max(pause.start, start)
    if pause.end <= begin or begin >= unpaused or begin.date() == pause.end.date():
        return unpaused
    lost = {pause.end.date()} | {begin.date() + DAY * n for n in range(1, (pause.end.date() - begin.date()).days)}
    if begin.hour < cutoff:
        lost.add(begin.date())
    day, left = start.date(), days
    while left:
        day += DAY
        if calendar.is_working(day) and day not in lost:
            left -= 1
    if day <= begin.date():  # every day was used up when the last was interrupted: the rest of the day of return
        day = first_working(pause.end.date(), calendar)
        if pause.end >= end_of(day, calendar):
            day = first_working(day + DAY, calendar)
    return end_of(day, calendar)


def worked(begin: datetime, end: datetime, calendar: Calendar) -> int:
    total, now = 0, begin
    while now < end:
        total += works_in(now, calendar)
        now += MINUTE
    return total
