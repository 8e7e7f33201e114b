"""Whose time it was: what a unit held of a report's time, and until when the one that answers is in its own.

The promise to who sent the report stands whatever units do among themselves. A unit is judged without the minutes for
which others held what was not theirs; those stand at their door.
"""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.rules import Calendar, Count, Phase, Unit, worked_minutes
from tinhso.kernel.clock.rules.calendars import minute_of, moment_of
from tinhso.kernel.clock.rules.running import reach


def held_minutes(term: Term, begins: datetime, ends: datetime, calendar: Calendar) -> int:
    """Minutes of the report's time from ``begins`` to ``ends``, without those in which it waited for its sender: of the
    clock where its limit is in hours of the clock, else working ones."""
    waits = [(max(begins, one.start), min(ends, one.end or ends)) for one in term.pauses]
    return _minutes(term, begins, ends, calendar) - sum(
        _minutes(term, start, end, calendar) for start, end in waits if start < end
    )


def own_due(term: Term, due_at: datetime, minutes_lost: int, calendar: Calendar) -> datetime:
    """The deadline of a unit from which others took so many minutes."""
    counted = Count.CLOCK_MINUTES if _by_the_clock(term) else Count.MINUTES
    return moment_of(reach(calendar.table, minute_of(due_at), Phase(counted, minutes_lost)))


def _minutes(term: Term, begins: datetime, ends: datetime, calendar: Calendar) -> int:
    if _by_the_clock(term):
        return max(0, int((ends - begins).total_seconds()) // 60)
    return max(0, worked_minutes(begins, ends, calendar))


def _by_the_clock(term: Term) -> bool:
    return term.limit.unit is Unit.CLOCK_HOUR
