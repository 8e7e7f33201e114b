"""Figures that units report and files bring; what depends on them is counted again at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.clock.rules.periods import Period, period_of
from tinhso.kernel.errors import NotAllowed, Refusal, Stale
from tinhso.kernel.journal.actions import note as record
from tinhso.kernel.numerals import plain
from tinhso.kernel.numerals import read as number
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators.actions import closing
from tinhso.modules.indicators.actions.targets import named
from tinhso.modules.indicators.models import Figure
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.rules.definitions import Definition, series_of
from tinhso.modules.indicators.rules.periods import around
from tinhso.modules.indicators.rules.values import Point
from tinhso.modules.indicators.rules.words import FREQUENCY_NAMES, Permission

COLUMNS = ("indicator", "unit", "period", "numerator", "denominator", "value", "source")
TITLES = {
    "chỉ tiêu": "indicator", "mã chỉ tiêu": "indicator", "đơn vị": "unit", "mã đơn vị": "unit", "kỳ": "period",
    "tử số": "numerator", "mẫu số": "denominator", "giá trị": "value", "giá trị công bố": "value", "nguồn": "source",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What somebody says of a series, a unit and a period."""

    series: str
    unit_id: int
    period: Period
    point: Point
    source: str = ""


@transaction.atomic
def report(said: Said, *, revision: int | None = None, by: Actor, at: datetime) -> Figure:
    """Write or correct a unit's figure. ``revision``: which one was seen; None without looking.

    Raises Refusal ``indicators.figure`` for what cannot be, Stale when somebody changed it meanwhile.
    """
    if not by.may(Permission.REPORT, said.unit_id):
        raise NotAllowed
    name = named(said.unit_id)
    known = reported_series(timezone.localdate(at))
    check(said, known, at)
    row = Figure.objects.select_for_update().filter(
        series=said.series, unit_id=said.unit_id, since=said.period.since
    ).first()  # fmt: skip
    if revision is not None and revision != (row.revision if row else 0):
        raise Stale
    was = _point_of(row) if row else Point()
    made = _put([said], by, at, is_imported=False)[0]
    data = {
        "series": said.series, "unit": said.unit_id, "unit_name": name, "period": said.period.name,
        "was": _words(was), "is": _words(said.point), "source": said.source,
    }  # fmt: skip
    record(subject=f"indicators/series/{said.series}", verb="indicators.report", by=by, at=at, data=data)
    closing.recheck([(said.series, said.unit_id, said.period)], by=by, at=at)
    return made


def _point_of(row: Figure) -> Point:
    return Point(row.numerator, row.denominator, row.published)


def _words(point: Point) -> list[str]:
    return [plain(point.numerator), plain(point.denominator), plain(point.published)]


def reported_series(day: date) -> dict[str, Definition]:
    """The series that people or files give, by their code, with the indicator that each belongs to."""
    found: dict[str, Definition] = {}
    for _version, one in definitions.in_force(day).values():
        for part, role in zip(one.parts, ("numerator", "denominator"), strict=False):
            if part.kind == "series":
                name = series_of(part.source, role)[0]
                if name == one.code or name not in found:
                    found[name] = one
    return found


def check(said: Said, known: Mapping[str, Definition], at: datetime) -> None:
    """Raises Refusal ``indicators.figure`` when nobody asks for it, or the numbers cannot be."""
    definition, point = known.get(said.series), said.point
    if definition is None:
        raise _wrong(_("Không có chỉ tiêu nhận số liệu với mã “%(code)s”.") % {"code": said.series[:60]}, "indicator")
    if said.period.months > around(said.period.since, definition.frequency).months:
        often = _(FREQUENCY_NAMES[definition.frequency])
        raise _wrong(_("Chỉ tiêu này theo %(often)s; ghi số liệu của từng %(often)s.") % {"often": often}, "period")
    if said.period.since > timezone.localdate(at):
        raise _wrong(_("Kỳ này chưa đến."), "period")
    if point.is_empty:
        raise _wrong(_("Ghi tử số và mẫu số, hoặc giá trị đã công bố."), "numerator")
    if any(one is not None and one < 0 for one in (point.numerator, point.denominator, point.published)):
        raise _wrong(_("Số liệu không được âm."), "numerator")
    if said.series == definition.code:
        _check_pair(definition, point)


def _check_pair(definition: Definition, point: Point) -> None:
    """Both numbers of a division belong together; a part of a whole is not larger than it."""
    if definition.denominator is None or point.published is not None:
        return
    needs = (
        definition.denominator.kind == "series" and series_of(definition.denominator.source, "x")[0] == definition.code
    )
    if needs and point.denominator is None:
        raise _wrong(_("Thiếu mẫu số."), "denominator")
    if needs and point.numerator is None:
        raise _wrong(_("Thiếu tử số."), "numerator")
    if point.denominator == 0 and point.numerator:
        raise _wrong(_("Mẫu số bằng 0 mà tử số khác 0. Kiểm tra lại."), "denominator")
    if needs and definition.measure == "percent" and (point.numerator or 0) > (point.denominator or 0):
        raise _wrong(_("Tử số lớn hơn mẫu số: tỷ lệ vượt 100%. Kiểm tra lại."), "numerator")


def _wrong(words: str, field: str) -> Refusal:
    return Refusal("indicators.figure", words, field=field)


def _put(said: Iterable[Said], by: Actor, at: datetime, *, is_imported: bool) -> list[Figure]:
    """Rows written anew or over older ones: one statement."""
    rows = [
        Figure(
            series=one.series, unit_id=one.unit_id, since=one.period.since, months=one.period.months,
            numerator=one.point.numerator, denominator=one.point.denominator, published=one.point.published,
            source=one.source[:250], is_imported=is_imported, set_at=at, set_by_id=by.account_id,
        )
        for one in said
    ]  # fmt: skip
    known = {
        (row.series, row.unit_id, row.since): row.revision
        for row in Figure.objects.filter(series__in={one.series for one in rows}, since__in={one.since for one in rows})
    }
    for row in rows:
        row.revision = known.get((row.series, row.unit_id, row.since), 0) + 1
    return Figure.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["series", "unit", "since"],
        update_fields=["months", "numerator", "denominator", "published", "source", "is_imported", "set_at", "set_by",
                       "is_demonstration", "revision"],
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A row of a file: what it says, or what is wrong with it. ``number`` is its line in the file."""

    number: int
    said: Said | None
    wrong: str = ""


def read_rows(rows: Iterable[Mapping[str, Any]], *, by: Actor, at: datetime) -> Iterator[Line]:
    """What a file says, line by line: nothing is written. The first line of a table is line 1, rows begin at 2."""
    known = reported_series(timezone.localdate(at))
    seen: dict[tuple[str, int, date], int] = {}
    for line, row in enumerate(rows, 2):
        try:
            said = _said(_named(row))
            check(said, known, at)
            if not by.may(Permission.REPORT, said.unit_id):
                raise _wrong(_("Đơn vị này ngoài phạm vi của bạn."), "unit")
            key = (said.series, said.unit_id, said.period.since)
            if key in seen:
                raise _wrong(_("Trùng với dòng %(line)s.") % {"line": seen[key]}, "unit")
            seen[key] = line
            yield Line(line, said)
        except Refusal as refusal:
            yield Line(line, None, refusal.message)


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    """Cells by the names of our columns; Vietnamese titles are understood."""
    found = {}
    for title, cell in row.items():
        plain_title = " ".join(str(title or "").split()).lower()
        found[TITLES.get(plain_title, plain_title)] = _text(cell)
    return found


def _text(cell: Any) -> str:
    """A cell as typed: whole numbers and days of a spreadsheet without what it adds to them."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m}"
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        value = Decimal(repr(cell))
        return plain(value).replace(".", ",") if value.is_finite() else str(cell)
    return str(cell).strip()


def _said(row: Mapping[str, str]) -> Said:
    node = tree().by_code.get(row.get("unit", ""))
    if node is None:
        raise _wrong(_("Không có đơn vị mang mã “%(code)s”.") % {"code": row.get("unit", "")[:40]}, "unit")
    period = period_of(row.get("period", "").removesuffix(".0"))
    if period is None:
        raise _wrong(_("Kỳ viết như 2026, 2026-Q3 hoặc 2026-11."), "period")
    names = {"numerator": _("Tử số"), "denominator": _("Mẫu số"), "value": _("Giá trị")}
    numbers = {
        key: number(row.get(key, ""), code="indicators.figure", name=name, field=key) for key, name in names.items()
    }
    point = Point(numbers["numerator"], numbers["denominator"], numbers["value"])
    return Said(row.get("indicator", ""), node.id, period, point, row.get("source", ""))


@transaction.atomic
def import_lines(lines: Iterable[Line], *, by: Actor, at: datetime) -> int:
    """Write what a file says, all of it or nothing. Raises Refusal ``indicators.file`` when a line is wrong."""
    read = list(lines)
    wrong = [one for one in read if one.said is None]
    if wrong:
        words = _("Dòng %(line)s: %(wrong)s") % {"line": wrong[0].number, "wrong": wrong[0].wrong}
        raise Refusal("indicators.file", words, field="file")
    said = [one.said for one in read if one.said is not None]
    if not said:
        raise Refusal("indicators.file", _("Tệp không có dòng số liệu nào."), field="file")
    _put(said, by, at, is_imported=True)
    data = {"rows": len(said), "series": sorted({one.series for one in said})[:40]}
    record(subject="indicators/import", verb="indicators.import", by=by, at=at, data=data)
    closing.recheck([(one.series, one.unit_id, one.period) for one in said], by=by, at=at)
    return len(said)


def run_import(rows: Iterable[Mapping[str, Any]], *, dry_run: bool, by: Actor, at: datetime) -> Iterator[str]:
    """What ``tinhso import indicator-figures`` calls: rows with the columns of ``COLUMNS``; wrong ones are left out."""
    lines = list(read_rows(rows, by=by, at=at))
    for one in lines:
        if one.said is None:
            yield f"Dòng {one.number}\tLỗi\t{one.wrong}"
    good = [one for one in lines if one.said is not None]
    if good:
        import_lines(good, by=by, at=at)
    yield f"{len(good)} dòng {'sẽ ghi' if dry_run else 'đã ghi'}, {len(lines) - len(good)} dòng lỗi"
