"""Day and minute tables of one calendar: the reason why a due date costs microseconds.

Days are proleptic ordinals (``date.toordinal``), moments are minutes of local time since day 0 (``day * 1440 +
minute``); seconds are dropped. A table starts on 1/1/2000, reaches 2035 when first used and grows by itself up
to the year 2199.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import NamedTuple

DAY_MINUTES = 1440
FIRST_YEAR, FIRST_REACH, LAST_YEAR, GROWTH = 2000, 2035, 2199, 10


class Window(NamedTuple):
    """One stretch of working time within a day, in minutes after midnight: start included, end excluded."""

    start: int
    end: int


class Table:
    """Running counts of working days and working minutes; only ever appended to, so readers need no lock."""

    def __init__(self, windows_on: Callable[[date], tuple[Window, ...]]) -> None:
        self._windows_on = windows_on
        self._lock = Lock()
        self.first = date(FIRST_YEAR, 1, 1).toordinal()
        self.workdays = [self.first - 1]  # workdays[k] is the k-th working day; entry 0 only holds the place
        self.opens: list[int] = []
        self.before: list[int] = []  # working minutes before each window
        self.after: list[int] = []  # and at its end
        self.ends: list[int] = []  # per day: minute at which work ends, 0 on a day off
        self.counted: list[int] = []  # per day: working days up to and including it; written last
        self._reach = FIRST_YEAR - 1
        self._grow_to(FIRST_REACH)

    def _grow_to(self, year: int) -> None:
        if year > LAST_YEAR:
            raise ValueError(f"the working calendar ends with {LAST_YEAR}")
        for day in range(self.first + len(self.counted), date(year + 1, 1, 1).toordinal()):
            windows = self._windows_on(date.fromordinal(day))
            total = self.after[-1] if self.after else 0
            for start, end in windows:
                self.opens.append(day * DAY_MINUTES + start)
                self.before.append(total)
                total += end - start
                self.after.append(total)
            if windows:
                self.workdays.append(day)
            self.ends.append(windows[-1].end if windows else 0)
            self.counted.append(len(self.workdays) - 1)
        self._reach = year

    def grow(self) -> None:
        """Append ten more years."""
        with self._lock:
            self._grow_to(self._reach + GROWTH)

    def place(self, day: int) -> int:
        """The position of a day in ``ends`` and ``counted``."""
        index = day - self.first
        if index < 0:
            raise ValueError(f"the working calendar begins with {FIRST_YEAR}")
        while index >= len(self.counted):
            self.grow()
        return index

    def end(self, day: int) -> int:
        """The minute at which work ends on a day; 0 when nobody works."""
        return self.ends[self.place(day)]

    def nth_after(self, day: int, count: int) -> int:
        """The ``count``-th working day after ``day``; ``count`` ≥ 1."""
        index = self.counted[self.place(day)] + count
        while index >= len(self.workdays):
            self.grow()
        return self.workdays[index]

    def at_or_after(self, day: int) -> int:
        """The day itself when it is a working day, otherwise the next one."""
        return day if self.end(day) else self.nth_after(day, 1)

    def count(self, after: int, until: int) -> int:
        """Working days later than ``after`` and not later than ``until``; 0 when the range is empty."""
        return max(0, self.counted[self.place(until)] - self.counted[self.place(after)]) if until > after else 0

    def minutes(self, moment: int) -> int:
        """Working minutes from the beginning of the table to a moment."""
        self.place(moment // DAY_MINUTES)
        index = bisect_right(self.opens, moment) - 1
        return 0 if index < 0 else min(self.before[index] + moment - self.opens[index], self.after[index])

    def moment(self, minutes: int) -> int:
        """The earliest moment at which that many working minutes have passed; ``minutes`` ≥ 1."""
        while minutes > self.after[-1]:
            self.grow()
        index = bisect_left(self.after, minutes)
        return self.opens[index] + minutes - self.before[index]
