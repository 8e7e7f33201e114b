"""The clock itself, in whole minutes: phases run from a moment, pauses hold them up.

The whole-day rule for pauses (chosen; the law is silent, and a province may set another cutoff hour):

- the day a pause begins is used up when it begins at or after the cutoff (12:00), otherwise it does not count;
- days during the pause do not count, nor does the day it ends: what remains is counted from there as from a receipt;
- a pause that begins and ends on the same day leaves the printed date alone (a slip of the finger costs nobody a day);
- if every day was already used up when the last day was interrupted, the rest of the day of return is still given;
- a same-day promise starts anew when the pause ends, unless it ends the same day and before the cutoff;
- stretches counted in hours lose exactly the working minutes of the pause, those in hours of the clock all its minutes.

Pauses that touch or overlap are one pause; a pause of no length is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tinhso.kernel.clock.rules.calendars import minute_of
from tinhso.kernel.clock.rules.limits import Count, Pause, Phase
from tinhso.kernel.clock.rules.tables import DAY_MINUTES, Table

NOON = 12 * 60
EXACT = frozenset({Count.MINUTES, Count.CLOCK_MINUTES})  # counted by the minute, whatever the day


@dataclass(frozen=True)
class Halt:
    """One uninterrupted standstill, in minutes since day 0, with the pauses it is made of."""

    start: int
    end: int | None
    pauses: tuple[Pause, ...]


@dataclass(frozen=True)
class Stretch:
    """A part of the run: ``phase`` (its amount as far as used) between two moments."""

    phase: Phase
    start: int
    end: int
    is_complete: bool


@dataclass(frozen=True)
class Standstill:
    """A halt that held up the run; ``lost`` in the unit of the stretch (days, working minutes, minutes)."""

    halt: Halt
    start: int
    count: Count
    lost: int | None


@dataclass(frozen=True)
class Run:
    """Where it ended (nothing while it stands still), what remained, and the parts it was made of."""

    at: int | None
    remaining: tuple[Phase, ...]
    parts: tuple[Stretch | Standstill, ...]


def halts(pauses: Iterable[Pause]) -> list[Halt]:
    """Pauses in order of time, merged where they touch, those of no length left out."""
    spans = sorted(((minute_of(p.start), p) for p in pauses), key=lambda pair: pair[0])
    merged: list[Halt] = []
    for start, pause in spans:
        end = None if pause.end is None else minute_of(pause.end)
        if end == start:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < start):
            merged.append(Halt(start, end, (pause,)))
        else:
            until = None if last.end is None or end is None else max(last.end, end)
            merged[-1] = Halt(last.start, until, (*last.pauses, pause))
    return merged


def reach(table: Table, moment: int, phase: Phase) -> int:
    """The moment at which a phase that begins at ``moment`` is used up."""
    count, amount = phase
    day, minute = divmod(moment, DAY_MINUTES)
    if count is Count.CLOCK_MINUTES:
        return moment + amount
    if count is Count.MINUTES:
        return table.moment(table.minutes(moment) + amount) if amount else moment
    if count is Count.SAME_DAY:
        last = _today_or_next(table, day, minute, amount)
    elif not amount:
        last = _today_or_next(table, day, minute, DAY_MINUTES)
    elif count is Count.WORKING_DAYS:
        last = table.nth_after(day, amount)
    else:
        last = table.at_or_after(day + amount)
    return last * DAY_MINUTES + table.end(last)


def _today_or_next(table: Table, day: int, minute: int, cutoff: int) -> int:
    """Today while it is before the cutoff and the end of work, otherwise the next working day."""
    return day if minute < min(cutoff, table.end(day)) else table.nth_after(day, 1)


def _used(table: Table, moment: int, until: int, phase: Phase, cutoff: int) -> int:
    """How much of a phase that began at ``moment`` is used up when the clock stops at ``until``."""
    if phase.counted is Count.CLOCK_MINUTES:
        return until - moment
    if phase.counted is Count.MINUTES:
        return table.minutes(until) - table.minutes(moment)
    if phase.counted is Count.SAME_DAY:
        return 0
    day, minute = divmod(until, DAY_MINUTES)
    last, first = (day if minute >= cutoff else day - 1), moment // DAY_MINUTES
    used = table.count(first, last) if phase.counted is Count.WORKING_DAYS else max(0, last - first)
    return min(phase.amount, used)


def _is_harmless(phase: Phase, start: int, end: int | None) -> bool:
    """Whether a pause within one day leaves a phase counted in days as it is."""
    if end is None or phase.counted in EXACT or start // DAY_MINUTES != end // DAY_MINUTES:
        return False
    return phase.counted is not Count.SAME_DAY or not start % DAY_MINUTES < phase.amount <= end % DAY_MINUTES


def _lost(table: Table, moment: int, phase: Phase, start: int, end: int | None, cutoff: int) -> int | None:
    """What a pause takes from a phase that began at ``moment``, for the explanation."""
    if end is None:
        return None
    if phase.counted is Count.CLOCK_MINUTES:
        return end - start
    if phase.counted is Count.MINUTES:
        return table.minutes(end) - table.minutes(start)
    day, minute = divmod(start, DAY_MINUTES)
    before = max(day if minute >= cutoff else day - 1, moment // DAY_MINUTES)
    last = end // DAY_MINUTES
    return max(0, last - before) if phase.counted is Count.DAYS else table.count(before, last)


def run(table: Table, start: int, phases: tuple[Phase, ...], stops: Iterable[Halt] = (), cutoff: int = NOON) -> Run:
    """Run the phases one after the other from ``start``, held up by the halts."""
    moment, left = start, list(phases)
    parts: list[Stretch | Standstill] = []

    def complete_until(limit: int | None) -> None:
        nonlocal moment
        while left:
            at = reach(table, moment, left[0])
            if limit is not None and at > limit:
                return
            parts.append(Stretch(left.pop(0), moment, at, True))
            moment = at

    for halt in stops:
        if halt.end is not None and halt.end <= moment:
            continue
        begin = max(halt.start, moment)
        complete_until(begin)
        if not left:
            break
        phase = left[0]
        if _is_harmless(phase, begin, halt.end):
            parts.append(Standstill(halt, begin, phase.counted, 0))
            continue
        used = _used(table, moment, begin, phase, cutoff)
        parts.append(Stretch(Phase(phase.counted, used), moment, begin, False))
        parts.append(Standstill(halt, begin, phase.counted, _lost(table, moment, phase, begin, halt.end, cutoff)))
        rest = phase if phase.counted is Count.SAME_DAY else Phase(phase.counted, phase.amount - used)
        if halt.end is None:
            return Run(None, (rest, *left[1:]), tuple(parts))
        left[0], moment = rest, halt.end
    complete_until(None)
    return Run(moment, (), tuple(parts))
