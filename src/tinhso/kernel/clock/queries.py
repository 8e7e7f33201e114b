"""Which calendar serves a unit: read once per process, and again when a calendar or the tree changed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tinhso.kernel.clock.models import CalendarDay, CalendarEdition, UnitCalendar, WorkCalendar, WorkingWeek
from tinhso.kernel.clock.rules import OFFICE_WEEK, Calendar, Week, Window, national_days_off, parse_week
from tinhso.kernel.replicas import from_primary
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.rules import Tree

LOOK_AGAIN_SECONDS = 5.0
STANDARD = "standard"
COMPUTED_YEARS = range(2000, 2061)  # years whose holidays are computed until a decision is entered


@dataclass
class _Book:
    """All calendars of the deployment, and which unit is served by which, filled as units are asked for."""

    edition: int
    by_id: Mapping[int, Calendar]
    standard: Calendar
    assigned: Mapping[int, int]
    tree: Tree | None = None
    of_unit: dict[int, Calendar] = field(default_factory=dict)


class _Kept:
    book: _Book | None = None
    looked_at: float = 0.0


def calendar_for(unit_id: int | None) -> Calendar:
    """The calendar of a unit: its own, that of its nearest ancestor with one, otherwise the standard one.

    Costs no statement for five seconds after the last look; then one, and more only after a change. A change made in
    another process is therefore seen within five seconds.
    """
    book = _book()
    if unit_id is None:
        return book.standard
    tree = units.tree()
    if book.tree is not tree:
        book.tree, book.of_unit = tree, {}
    found = book.of_unit.get(unit_id)
    if found is None:
        ids = (book.assigned.get(node.id) for node in tree.path(unit_id))
        nearest = next((calendar_id for calendar_id in ids if calendar_id is not None), None)
        found = book.of_unit[unit_id] = book.standard if nearest is None else book.by_id[nearest]
    return found


def standard_calendar() -> Calendar:
    """The calendar of every unit that has no other."""
    return _book().standard


def forget() -> None:
    """Read the calendars anew at the next question: after a change in this process, and between tests."""
    _Kept.book = None


def _book() -> _Book:
    now = time.monotonic()
    if _Kept.book is not None and now - _Kept.looked_at < LOOK_AGAIN_SECONDS:
        return _Kept.book
    return _look_again(now)


@from_primary
def _look_again(now: float) -> _Book:
    edition = CalendarEdition.objects.filter(id=1).values_list("number", flat=True).first() or 0
    book = _Kept.book
    if book is None or book.edition != edition:
        book = _Kept.book = _read(edition)
    _Kept.looked_at = now
    return book


def _read(edition: int) -> _Book:
    weeks: dict[int, list[tuple[date, Week]]] = defaultdict(list)
    for calendar_id, begin, windows in WorkingWeek.objects.order_by("from_on").values_list(
        "calendar_id", "from_on", "windows"
    ):
        weeks[calendar_id].append((begin, parse_week(windows)))
    days: dict[int | None, list[CalendarDay]] = defaultdict(list)
    for day in CalendarDay.objects.filter(is_confirmed=True):
        days[day.calendar_id].append(day)
    entered = {day.date: day.name for day in days[None] if day.kind == CalendarDay.Kind.OFF}
    national, provisional = national_days_off(COMPUTED_YEARS, entered)
    by_id, standard = {}, None
    for calendar in WorkCalendar.objects.all():
        by_id[calendar.id] = _calendar(
            calendar.code, weeks[calendar.id], national, (*days[None], *days[calendar.id]), provisional
        )
        standard = by_id[calendar.id] if calendar.is_standard else standard
    if standard is None:
        standard = _calendar(STANDARD, [], national, days[None], provisional)
    return _Book(edition, by_id, standard, dict(UnitCalendar.objects.values_list("unit_id", "calendar_id")))


def _calendar(
    code: str,
    weeks: list[tuple[date, Week]],
    national: Mapping[date, str],
    days: Iterable[CalendarDay],
    provisional: frozenset[int],
) -> Calendar:
    """A calendar value; days of the calendar itself come after the national ones and win over them."""
    first = weeks[0][1] if weeks else OFFICE_WEEK
    off, worked = dict(national), dict[date, tuple[Window, ...]]()
    for day in days:
        off.pop(day.date, None)
        worked.pop(day.date, None)
        if day.kind == CalendarDay.Kind.OFF:
            off[day.date] = day.name
        elif hours := _week_on(day.date, first, weeks)[day.works_like or 0]:
            worked[day.date] = hours
    return Calendar(code, first, off, worked, tuple(weeks[1:]), provisional)


def _week_on(day: date, week: Week, weeks: list[tuple[date, Week]]) -> Week:
    return next((later for begin, later in reversed(weeks) if begin <= day), week)
