"""When a dossier is due, and what is left of its time.

Source: Civil Code 91/2015/QH13 Đ.147.2 (the first day is not counted), Đ.148.5 (a last day off moves to the next
working day), Đ.148.6; for offices the last day ends with working hours. NĐ 23/2015 Đ.7 for the same-day promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from tinhso.kernel.clock.rules.calendars import Calendar, minute_of, moment_of
from tinhso.kernel.clock.rules.limits import WHOLE_DAY_MINUTES, Count, Extension, Limit, Pause, Phase, Unit, stretched
from tinhso.kernel.clock.rules.running import NOON, Run, halts, reach, run
from tinhso.kernel.clock.rules.tables import DAY_MINUTES

if TYPE_CHECKING:
    from tinhso.kernel.clock.rules.steps import Step


@dataclass(frozen=True, eq=False)
class Due:
    """A due date that keeps what it was computed from, so that it can explain itself and be computed again.

    ``at`` is the printed due moment in Vietnamese time; nothing while the clock stands still or no limit is known.
    """

    at: datetime | None
    start: datetime
    limit: Limit
    calendar: Calendar
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    pause_cutoff: int = NOON

    @cached_property
    def run(self) -> Run:
        """The whole-day run behind ``at``, part by part."""
        phases = stretched(self.limit, self.extensions)
        return run(self.calendar.table, minute_of(self.start), phases, halts(self.pauses), self.pause_cutoff)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The reasoning, one step after the other."""
        from tinhso.kernel.clock.rules.steps import steps_of

        return steps_of(self)

    @property
    def is_known(self) -> bool:
        """Whether the procedure states a limit at all."""
        return self.limit.unit is not Unit.UNKNOWN or self.limit.same_day_cutoff is not None

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands still."""
        return self.at is None and self.is_known

    @property
    def remaining(self) -> tuple[Phase, ...]:
        """What is left for the day the clock runs again; empty unless it stands still."""
        return self.run.remaining if self.is_paused else ()

    @property
    def _is_by_the_clock(self) -> bool:
        return self.limit.unit is Unit.CLOCK_HOUR

    @cached_property
    def _exact_run(self) -> Run:
        table, start = self.calendar.table, minute_of(self.start)
        unpaused = run(table, start, stretched(self.limit, self.extensions)).at or start
        budget = Phase(Count.MINUTES, table.minutes(unpaused) - table.minutes(start))
        return run(table, start, (budget,), halts(self.pauses))

    @property
    def exact_at(self) -> datetime | None:
        """The due moment of the minute-exact clock, for warnings: every working minute of a pause is given back."""
        if not self.pauses or not self.is_known or self._is_by_the_clock:
            return self.at
        at = self._exact_run.at
        return None if at is None else moment_of(at)

    @property
    def exact_remaining(self) -> int | None:
        """Working minutes left on the minute-exact clock while it stands still; minutes for hours of the clock."""
        if self._is_by_the_clock:
            return self.remaining[0].amount if self.remaining else None
        return self._exact_run.remaining[0].amount if self.is_paused and self._exact_run.remaining else None


def due(
    start: datetime,
    limit: Limit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    *,
    pause_cutoff: time = time(12),
) -> Due:
    """When a dossier received complete at ``start`` is due.

    ``start`` and pauses are aware moments; seconds are dropped. How pauses count on the printed date, and what the
    ``pause_cutoff`` hour decides, is written at the head of ``running``.
    """
    days = limit.whole_working_days
    if days and not pauses and not extensions:
        table = calendar.table
        last = table.nth_after(minute_of(start) // DAY_MINUTES, days)
        at = moment_of(last * DAY_MINUTES + table.end(last))
        return Due(at, start, limit, calendar)
    if limit.phases and not pauses and not extensions:
        moment = minute_of(start)
        for phase in limit.phases:
            moment = reach(calendar.table, moment, phase)
        return Due(moment_of(moment), start, limit, calendar)
    cutoff = pause_cutoff.hour * 60 + pause_cutoff.minute
    draft = Due(None, start, limit, calendar, tuple(pauses), tuple(extensions), cutoff)
    if not draft.is_known or draft.run.at is None:
        return draft
    return Due(moment_of(draft.run.at), start, limit, calendar, draft.pauses, draft.extensions, cutoff)


class Verdict(StrEnum):
    """How a finished dossier stands to its due date; by the day, as reported (public practice)."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


class Standing(StrEnum):
    """How a running dossier stands to its due date."""

    IN_TIME = "in_time"
    OVERDUE = "overdue"
    PAUSED = "paused"
    UNKNOWN = "unknown"


def verdict(finished: datetime, due_at: Due | datetime | None) -> Verdict | None:
    """Early: on a day before the due day; on time: on the due day and not after the due moment; late: after it.

    Nothing when there is no due moment. A dossier that ends while its clock stands still is judged as if the clock had
    been started again at that moment.
    """
    at = _resumed(due_at, finished).at if isinstance(due_at, Due) else due_at
    if at is None:
        return None
    if finished > at:
        return Verdict.LATE
    return Verdict.EARLY if _day(finished) < _day(at) else Verdict.ON_TIME


def standing(now: datetime, due_at: Due) -> Standing:
    """Whether a running dossier is in time; a moment equal to the due moment still is."""
    if due_at.at is None:
        return Standing.PAUSED if due_at.is_known else Standing.UNKNOWN
    return Standing.OVERDUE if now > due_at.at else Standing.IN_TIME


def _day(moment: datetime) -> date:
    return date.fromordinal(minute_of(moment) // DAY_MINUTES)


def _resumed(due_at: Due, at: datetime) -> Due:
    if not due_at.is_paused:
        return due_at
    pauses = [
        Pause(pause.kind, pause.start, max(at, pause.start), pause.reason) if pause.end is None else pause
        for pause in due_at.pauses
    ]
    cutoff = time(*divmod(due_at.pause_cutoff, 60))
    return due(due_at.start, due_at.limit, due_at.calendar, pauses, due_at.extensions, pause_cutoff=cutoff)


def worked_minutes(begin: datetime, end: datetime, calendar: Calendar) -> int:
    """Working minutes from ``begin`` to ``end``; negative when ``end`` is earlier."""
    table = calendar.table
    return table.minutes(minute_of(end)) - table.minutes(minute_of(begin))


def time_left(now: datetime, due_at: Due | datetime | None, calendar: Calendar) -> int | None:
    """Working minutes left, negative when late; what the clock shows when it stands still; nothing when unknown."""
    if isinstance(due_at, Due):
        if due_at.at is None:
            return due_at.exact_remaining
        due_at = due_at.at
    return None if due_at is None else worked_minutes(now, due_at, calendar)


def worded_left(minutes: int | None, language: str = "vi", *, day_minutes: int = WHOLE_DAY_MINUTES) -> str:
    """Time left in words, in the largest unit that fits, rounded down: "Còn 2 ngày làm việc", "Quá hạn 5 giờ làm việc".

    ``day_minutes`` is the length of a working day (480). Within a minute of the due moment: "Đã đến hạn".
    """
    vietnamese = language == "vi"
    if minutes is None:
        return "Chưa có hạn" if vietnamese else "No due date"
    if minutes == 0:
        return "Đã đến hạn" if vietnamese else "Due now"
    size = abs(minutes)
    units = ((day_minutes, "ngày", "day"), (60, "giờ", "hour"), (1, "phút", "minute"))
    length, vi, en = next(unit for unit in units if size >= unit[0])
    number = size // length
    if vietnamese:
        return f"{'Còn' if minutes > 0 else 'Quá hạn'} {number} {vi} làm việc"
    worded = f"{number} working {en}{'' if number == 1 else 's'}"
    return f"{worded} left" if minutes > 0 else f"{worded} overdue"
