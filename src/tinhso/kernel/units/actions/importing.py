"""Units from the rows of a table: first a rehearsal that says what would happen, then in earnest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from django.db import transaction

from tinhso.kernel.errors import Refusal
from tinhso.kernel.units.actions.changes import add, ask_right, rename
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level

if TYPE_CHECKING:
    from datetime import datetime

    from tinhso.kernel.people.rules import Actor

_OPTIONAL = ("short_name", "national_id", "admin_code", "commune_kind", "address", "phone")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row; ``outcome`` is added, renamed, unchanged or refused, ``number`` counts from 1."""

    number: int
    code: str
    outcome: str
    message: str = ""


def import_units(
    rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime | None = None
) -> list[Line]:
    """Add or rename units from rows with ``code, name, kind, level, parent`` (its code), ``begins_on`` (ISO) and more.

    A refused row stops nothing: the report names it, the others go on. ``dry_run`` writes nothing at all.
    """
    ask_right(by)
    with transaction.atomic():
        report = [_take_in(number, _tidy(row), by) for number, row in enumerate(rows, 1)]
        if dry_run:
            transaction.set_rollback(True)
    return report


def _tidy(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: normalize("NFC", str(value).strip()) for key, value in row.items() if value is not None}


def _take_in(number: int, row: dict[str, str], by: Actor) -> Line:
    code = row.get("code", "")
    try:
        with transaction.atomic():
            return Line(number, code, _write(row, by))
    except Refusal as refusal:
        return Line(number, code, "refused", refusal.message)


def _write(row: dict[str, str], by: Actor) -> str:
    code = row.get("code", "")
    if not code:
        raise Refusal("units.no_code", "Dòng này thiếu mã đơn vị (cột code).", field="code")
    known = Unit.objects.filter(code=code).first()
    if known is not None:
        if known.name == row.get("name", known.name):
            return "unchanged"
        rename(unit_id=known.pk, name=row["name"], short_name=row.get("short_name", ""), by=by)
        return "renamed"
    more = {name: row[name] for name in _OPTIONAL if row.get(name)}
    add(
        code=code,
        name=row.get("name", ""),
        kind=_one_of(Kind, row, "kind"),
        level=_one_of(Level, row, "level"),
        parent=_parent(row),
        begins_on=_day(row),
        by=by,
        **more,
    )
    return "added"


def _one_of(words: type[Kind] | type[Level], row: dict[str, str], column: str) -> str:
    try:
        return words(row.get(column, "")).value
    except ValueError:
        allowed = ", ".join(word.value for word in words)
        message = f"Cột {column} phải là một trong: {allowed}."
        raise Refusal(f"units.unknown_{column}", message, field=column) from None


def _parent(row: dict[str, str]) -> Unit | None:
    if not row.get("parent"):
        return None
    parent = Unit.objects.filter(code=row["parent"]).first()
    if parent is None:
        message = f"Không có đơn vị cấp trên mang mã “{row['parent']}”. Xếp dòng đó lên trước dòng này."
        raise Refusal("units.unknown_parent", message, field="parent")
    return parent


def _day(row: dict[str, str]) -> date:
    try:
        return date.fromisoformat(row.get("begins_on", ""))
    except ValueError:
        message = "Cột begins_on phải là ngày dạng năm-tháng-ngày, ví dụ 2025-07-01."
        raise Refusal("units.begins_on", message, field="begins_on") from None
