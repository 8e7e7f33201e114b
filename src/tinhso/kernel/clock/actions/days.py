"""Single days: a holiday, a swapped Saturday, a local closure after a storm."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tinhso.kernel.clock.actions.calendars import ask_right, calendars_changed, find_calendar
from tinhso.kernel.clock.models import CalendarDay
from tinhso.kernel.clock.rules import WEEKDAYS
from tinhso.kernel.errors import NotFound, Refusal

if TYPE_CHECKING:
    from tinhso.kernel.people.rules import Actor

YEARS = range(2000, 2200)


def write_day(values: dict[str, Any], *, by: Actor, at: datetime) -> str:
    """Check and write one day; "added", "changed" or "unchanged". Telling the processes is left to the caller."""
    day, calendar_code = values["date"], values.pop("calendar_code", None)
    calendar = find_calendar(calendar_code) if calendar_code else None
    _check(values)
    row = CalendarDay.objects.select_for_update(of=("self",)).filter(calendar=calendar, date=day).first()
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return "unchanged"
    values |= {"set_by": by.name or by.kind.value, "set_at": at}
    if row is None:
        CalendarDay.objects.create(calendar=calendar, **values)
        return "added"
    CalendarDay.objects.filter(pk=row.pk).update(**values)
    return "changed"


def _check(values: dict[str, Any]) -> None:
    if values["date"].year not in YEARS:
        raise Refusal("clock.bad_day", "Ngày nằm ngoài lịch (năm 2000 đến 2199). Kiểm tra lại năm.", field="date")
    if values["kind"] not in CalendarDay.Kind.values:
        raise Refusal("clock.bad_kind", "Loại ngày phải là “off” (nghỉ) hoặc “worked” (làm bù).", field="kind")
    if not values["name"]:
        raise Refusal("clock.no_name", "Nhập tên ngày, ví dụ “Quốc khánh 2/9”.", field="name")
    if not values["source"]:
        message = "Nhập văn bản làm căn cứ, ví dụ số thông báo nghỉ lễ; không có căn cứ thì không đổi được hạn hồ sơ."
        raise Refusal("clock.no_source", message, field="source")
    works_like = values["works_like"]
    if (values["kind"] == CalendarDay.Kind.WORKED) != (works_like is not None):
        message = "Ngày làm bù phải ghi làm theo giờ của thứ mấy; ngày nghỉ thì để trống."
        raise Refusal("clock.bad_pattern", message, field="works_like")
    if works_like is not None and works_like not in range(len(WEEKDAYS)):
        raise Refusal("clock.bad_pattern", "Thứ phải từ 0 (thứ Hai) đến 6 (Chủ nhật).", field="works_like")


@transaction.atomic
def set_day(
    *,
    day: date,
    kind: str,
    name: str,
    source: str,
    by: Actor,
    at: datetime,
    works_like: int | None = None,
    calendar_code: str | None = None,
    is_confirmed: bool = True,
) -> str:
    """Make a day off or worked, on one calendar or on all; "added", "changed" or "unchanged".

    ``works_like`` is the weekday (Monday = 0) whose hours a worked day takes. An unconfirmed day is kept but moves no
    deadline. Refusals: ``clock.bad_day``, ``bad_kind``, ``no_name``, ``no_source``,
    ``bad_pattern``, ``unknown_calendar``.
    """
    ask_right(by)
    values = {"date": day, "kind": kind, "name": name.strip(), "source": source.strip(), "works_like": works_like}
    outcome = write_day(values | {"is_confirmed": is_confirmed, "calendar_code": calendar_code}, by=by, at=at)
    if outcome != "unchanged":
        calendars_changed()
    return outcome


@transaction.atomic
def remove_day(*, day: date, by: Actor, calendar_code: str | None = None) -> None:
    """Take back a day that was entered; NotFound ``clock.no_such_day`` when there is none."""
    ask_right(by)
    calendar = find_calendar(calendar_code) if calendar_code else None
    removed, _ = CalendarDay.objects.filter(calendar=calendar, date=day).delete()
    if not removed:
        raise NotFound("clock.no_such_day", f"Lịch không có ngày {day:%d/%m/%Y} được nhập riêng.")
    calendars_changed()
