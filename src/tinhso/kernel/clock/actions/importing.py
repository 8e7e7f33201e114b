"""Days from a list: a yearly decision typed into a table, or the list the program brings along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from django.db import transaction

from tinhso.kernel.clock.actions.calendars import ask_right, calendars_changed
from tinhso.kernel.clock.actions.days import write_day
from tinhso.kernel.errors import Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.seeds import seed

if TYPE_CHECKING:
    from tinhso.kernel.people.rules import Actor

_NO = {"false", "no", "0", "không"}
_SAID = {
    "added": "Thêm {day}: {name}.",
    "changed": "Sửa {day}: {name}.",
    "unchanged": "{day} đã có, không đổi.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row: ``status`` is added, changed, unchanged or refused; ``number`` counts from 1."""

    number: int
    status: str
    message: str


def import_holidays(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> list[Line]:
    """Enter days from rows with ``date`` (2026-11-24 or 24/11/2026), ``kind`` (off, worked), ``name``, ``source``.

    Optional: ``works_like`` (0 = Monday), ``confirmed``, ``calendar`` (code). All or nothing: half a swap would move
    deadlines the wrong way, so one refused row keeps the whole list from being written. ``dry_run`` only reports.
    """
    ask_right(by)
    seen: set[tuple[Any, Any]] = set()
    with transaction.atomic():
        report = [_take_in(number, row, seen, by, at) for number, row in enumerate(rows, 1)]
        if dry_run or any(line.status == "refused" for line in report):
            transaction.set_rollback(True)
        elif any(line.status != "unchanged" for line in report):
            calendars_changed()
    return report


def seed_holidays(*, by: Actor, at: datetime, dry_run: bool = False) -> list[Line]:
    """Enter the list of holidays and swapped days the program brings along (2023–2027)."""
    return import_holidays(seed("tinhso.kernel.clock", "holidays.yaml")["days"], dry_run=dry_run, by=by, at=at)


def _take_in(number: int, row: Mapping[str, Any], seen: set[tuple[Any, Any]], by: Actor, at: datetime) -> Line:
    try:
        values = _values(row)
        key = values["calendar_code"], values["date"]
        if key in seen:
            raise Refusal("clock.day_twice", "Ngày này đã có ở dòng trên. Xóa một trong hai dòng.", field="date")
        seen.add(key)
        day, name = f"{values['date']:%d/%m/%Y}", values["name"]
        with transaction.atomic():
            status = write_day(values, by=by, at=at)
    except Refusal as refusal:
        return Line(number, "refused", refusal.message)
    return Line(number, status, _SAID[status].format(day=day, name=name))


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    def text(key: str) -> str:
        return normalize("NFC", str(row.get(key) or "").strip())

    works_like = str(row.get("works_like") if row.get("works_like") is not None else "").strip()
    if works_like and not is_whole(works_like):
        raise Refusal("clock.bad_pattern", "Thứ phải từ 0 (thứ Hai) đến 6 (Chủ nhật).", field="works_like")
    return {
        "date": _date(row.get("date")),
        "kind": text("kind"),
        "name": text("name"),
        "source": text("source"),
        "works_like": int(works_like) if works_like else None,
        "is_confirmed": str(row.get("confirmed", True)).strip().lower() not in _NO,
        "calendar_code": text("calendar") or None,
    }


def _date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = str(value or "").strip()
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        message = f"Không đọc được ngày “{text}”. Ghi dạng 24/11/2026 hoặc 2026-11-24."
        raise Refusal("clock.bad_day", message, field="date") from None
