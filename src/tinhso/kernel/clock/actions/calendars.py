"""Calendars, their weeks, and which unit uses which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tinhso.kernel.clock import queries
from tinhso.kernel.clock.models import CalendarEdition, UnitCalendar, WorkCalendar, WorkingWeek
from tinhso.kernel.clock.rules import Permission, parse_week, week_json
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.units.models import Unit

if TYPE_CHECKING:
    from tinhso.kernel.people.rules import Actor


def calendars_changed() -> None:
    """Every process reads the calendars anew: this one at once and after the commit, the others within seconds."""
    CalendarEdition.grow()
    queries.forget()
    transaction.on_commit(queries.forget)


def ask_right(by: Actor) -> None:
    """Calendars move other people's deadlines: only who may manage them."""
    if not by.may(Permission.MANAGE):
        raise NotAllowed


def find_calendar(code: str) -> WorkCalendar:
    """The calendar with a code; Refusal ``clock.unknown_calendar`` otherwise."""
    calendar = WorkCalendar.objects.filter(code=code).first()
    if calendar is None:
        raise NotFound("clock.unknown_calendar", f"Không có lịch làm việc “{code}”. Chọn lại trong danh sách lịch.")
    return calendar


def _week(windows: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    try:
        return week_json(parse_week(windows))
    except (ValueError, TypeError, AttributeError):
        message = (
            "Giờ làm việc chưa đúng. Ghi các buổi theo thứ tự, không chồng nhau, ví dụ 07:00–11:30 và 13:30–17:00."
        )
        raise Refusal("clock.bad_week", message, field="windows") from None


@transaction.atomic
def add_calendar(
    *, code: str, name: str, windows: Mapping[str, Any], from_on: date, by: Actor, is_standard: bool = False
) -> WorkCalendar:
    """Add a calendar with its first week. Refusals: ``clock.no_name``, ``clock.code_taken``, ``clock.bad_week``."""
    ask_right(by)
    week = _week(windows)
    if not code.strip() or not name.strip():
        raise Refusal("clock.no_name", "Nhập mã và tên của lịch làm việc.", field="name")
    if WorkCalendar.objects.filter(code=code).exists():
        raise Refusal("clock.code_taken", f"Mã lịch “{code}” đã có. Chọn mã khác.", field="code")
    if is_standard:
        WorkCalendar.objects.filter(is_standard=True).update(is_standard=False)
    calendar = WorkCalendar.objects.create(code=code, name=name.strip(), is_standard=is_standard)
    WorkingWeek.objects.create(calendar=calendar, from_on=from_on, windows=week)
    calendars_changed()
    return calendar


@transaction.atomic
def change_week(*, calendar_code: str, from_on: date, windows: Mapping[str, Any], by: Actor) -> WorkingWeek:
    """Let other hours hold from a day on (summer and winter hours); a week that begins the same day is replaced."""
    ask_right(by)
    calendar, week = find_calendar(calendar_code), _week(windows)
    row, _ = WorkingWeek.objects.update_or_create(calendar=calendar, from_on=from_on, defaults={"windows": week})
    calendars_changed()
    return row


@transaction.atomic
def assign(*, unit_id: int, calendar_code: str | None, by: Actor) -> None:
    """Give a unit, and all below it, a calendar; with no code the unit goes back to that of its ancestors."""
    ask_right(by)
    if not Unit.objects.filter(pk=unit_id).exists():
        raise NotFound("units.not_found", "Không tìm thấy đơn vị này. Chọn lại trong cây đơn vị.")
    if calendar_code is None:
        UnitCalendar.objects.filter(unit_id=unit_id).delete()
    else:
        calendar = find_calendar(calendar_code)
        UnitCalendar.objects.update_or_create(unit_id=unit_id, defaults={"calendar": calendar})
    calendars_changed()
