"""The working calendar of an office: which days count, and at which hours.

Sources: Labour Code 45/2019/QH14 Đ.111, Đ.112; Resolution 28/2026/QH16 Đ.2; yearly decisions on holidays and swapped
days. Opening hours for visitors are another thing: this calendar only serves deadlines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from tinhso.kernel.clock.rules.tables import DAY_MINUTES, Table, Window

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_WORDS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WEEKLY_REST = "nghỉ hằng tuần"

Windows = tuple[Window, ...]
Week = tuple[Windows, ...]

_DAY_ZERO = datetime(1, 1, 1, tzinfo=VIETNAM)


def minute_of(moment: datetime) -> int:
    """Local minutes since day 0 of an aware moment, seconds dropped."""
    if moment.tzinfo is not VIETNAM:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = moment.astimezone(VIETNAM)
    return moment.toordinal() * DAY_MINUTES + moment.hour * 60 + moment.minute


def moment_of(minute: int) -> datetime:
    """The aware moment of a count of local minutes since day 0."""
    return _DAY_ZERO + timedelta(minutes=minute - DAY_MINUTES)


def parse_week(value: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """A week from ``{"mon": [["07:00", "11:30"], ["13:30", "17:00"]], …}``; a missing day is a day off.

    ``ValueError`` when a day is unknown, windows overlap or are out of order, or nobody ever works.
    """
    if not isinstance(value, Mapping) or set(value) - set(WEEKDAYS):
        raise ValueError("a week is a mapping of mon … sun to working windows")
    week = tuple(_parse_windows(value.get(name, ())) for name in WEEKDAYS)
    if not any(week):
        raise ValueError("a week needs at least one working window")
    return week


def _parse_windows(pairs: Sequence[Sequence[str]]) -> Windows:
    windows = tuple(Window(_minute(start), _minute(end)) for start, end in pairs)
    edges = [edge for window in windows for edge in window]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise ValueError("working windows must be in order and must not overlap")
    return windows


def _minute(text: str) -> int:
    if text == "24:00":
        return DAY_MINUTES
    moment = time.fromisoformat(text)
    return moment.hour * 60 + moment.minute


def week_json(week: Week) -> dict[str, list[list[str]]]:
    """The stored form of a week; the inverse of ``parse_week``."""
    return {
        name: [[f"{edge // 60:02d}:{edge % 60:02d}" for edge in window] for window in windows]
        for name, windows in zip(WEEKDAYS, week, strict=True)
        if windows
    }


OFFICE_HOURS = (("07:00", "11:30"), ("13:30", "17:00"))
OFFICE_WEEK = parse_week(dict.fromkeys(WEEKDAYS[:5], OFFICE_HOURS))


@dataclass(frozen=True)
class Calendar:
    """Days and hours at which the clock of a deadline runs.

    ``week`` holds the windows of Monday … Sunday until the first of ``changes`` (first day of validity, week) takes
    over. ``off`` are days off beside the weekly ones, with their names; ``worked`` are days worked against the
    week (swapped Saturdays) with their windows. ``provisional_years`` have holidays computed from
    the law, not yet decided.
    """

    code: str
    week: Week = OFFICE_WEEK
    off: Mapping[date, str] = field(default_factory=dict, hash=False)
    worked: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    changes: tuple[tuple[date, Week], ...] = ()
    provisional_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not all(any(week) for week in (self.week, *(week for _, week in self.changes))):
            raise ValueError("a week needs at least one working window")
        if both := self.off.keys() & self.worked.keys():
            raise ValueError(f"{min(both)} is both off and worked")
        if not all(self.worked.values()):
            raise ValueError("a worked day needs working windows")

    @cached_property
    def table(self) -> Table:
        """Precomputed counts, built at the first question; calendars with the same hours share them."""
        return _table(self.week, self.changes, frozenset(self.off), frozenset(self.worked.items()))

    def _week_on(self, day: date) -> Week:
        week = self.week
        for begin, changed in self.changes:
            if begin <= day:
                week = changed
        return week

    def _windows(self, day: date) -> Windows:
        if day in self.off:
            return ()
        return self.worked.get(day) or self._week_on(day)[day.weekday()]

    def windows_on(self, day: date) -> Windows:
        """Working windows of a day in minutes after midnight; empty on a day off."""
        return self._windows(day)

    def is_working(self, day: date) -> bool:
        """Whether the day counts as a working day (a worked half day counts as one)."""
        return bool(self._windows(day))

    def next_working_day(self, day: date) -> date:
        """The first working day later than ``day``."""
        return date.fromordinal(self.table.nth_after(day.toordinal(), 1))

    def end_of(self, day: date) -> datetime:
        """The moment work ends on a working day; on a day off, on the next working day."""
        last = self.table.at_or_after(day.toordinal())
        return moment_of(last * DAY_MINUTES + self.table.end(last))

    def why_off(self, day: date) -> str | None:
        """The name of the holiday, or that the week rests; nothing on a working day."""
        if day in self.off:
            return self.off[day]
        return None if self.is_working(day) else WEEKLY_REST


@lru_cache(maxsize=16)
def _table(
    week: Week, changes: tuple[tuple[date, Week], ...], off: frozenset[date], worked: frozenset[tuple[date, Windows]]
) -> Table:
    return Table(Calendar("", week, dict.fromkeys(off, ""), dict(worked), changes).windows_on)
