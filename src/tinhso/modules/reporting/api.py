"""Reports for programs: what a unit has to report, its sheet with all rows, filling a row, sending it.

A key sees and does what its account may on the pages: ``Sheet.objects.visible_to`` and the actions' own questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from tinhso.kernel.api.auth import SIGNED_IN
from tinhso.kernel.api.idempotency import idempotent
from tinhso.kernel.api.paging import Paged, page
from tinhso.kernel.api.responses import fast
from tinhso.kernel.people.middleware import acting
from tinhso.modules.reporting.actions import filling
from tinhso.modules.reporting.models import Sheet
from tinhso.modules.reporting.queries import sheets as reading
from tinhso.modules.reporting.rules.sheets import Kind
from tinhso.modules.reporting.rules.words import PeriodState

router = Router()
RELATED = ("unit", "period__assignment__template")


class SheetLine(Schema):
    """A unit's report for a period. ``state``: filling, submitted, returned, approved.

    ``is_late``: as of now, or as it was first sent."""

    id: int
    template: str
    name: str
    period: str
    since: date
    until: date
    due_at: datetime
    is_open: bool
    unit: str
    state: str
    first_sent_at: datetime | None
    is_late: bool
    reason: str


class SheetPage(Schema):
    items: list[SheetLine]
    next: str | None = Field(description="pass it as `after` for the page that follows; null at the end")


class SheetCell(Schema):
    """``kind``: input, computed, system (filled by the platform), closed. Numbers as text, plain, with a point."""

    column: str
    kind: str
    value: str


class SheetRowOut(Schema):
    row: str
    name: str
    revision: int
    cells: list[SheetCell]
    wrong: list[str] = Field(description="checks that do not hold in this row, in words")


class SheetFull(SheetLine):
    columns: dict[str, str]
    rows: list[SheetRowOut]
    missing: list[str] = Field(description="cells that must be filled before it can be sent, in words")


class RowIn(Schema):
    """Numbers as JSON numbers, or as text the way people write them here (1.234,5). Columns not named stay as they are.

    ``revision``: what was read; another's later change is refused with 409. Without it this one is written over."""

    values: dict[str, Decimal | str]
    revision: int | None = None


class SheetsAsked(Paged):
    which: Literal["open", "all"] = "open"


@router.get(
    "/sheets/", auth=SIGNED_IN, response=SheetPage, summary="Báo cáo phải lập, đã gửi", operation_id="reporting_sheets"
)
def sheets(request: HttpRequest, asked: Query[SheetsAsked]) -> HttpResponse:
    """Sheets that the account may see, the newest first: of open periods, or all."""
    rows = Sheet.objects.visible_to(acting(request)).select_related(*RELATED).defer("values")
    if asked.which == "open":
        rows = rows.filter(period__state=PeriodState.OPEN)
    got = page(rows, order=("-pk",), after=asked.after, size=asked.size)
    now = timezone.now()
    return fast({"items": [_line(one, now) for one in got["items"]], "next": got["next"]})


@router.get(
    "/sheets/{sheet_id}", auth=SIGNED_IN, response=SheetFull, summary="Một báo cáo", operation_id="reporting_sheet"
)
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """One sheet with its rows: what is typed, what the platform filled, what formulas make of it."""
    return fast(_full(reading.visible(min(sheet_id, 2**62), acting(request))))


@router.post(
    "/sheets/{sheet_id}/rows/{row}",
    auth=SIGNED_IN,
    response=SheetFull,
    summary="Điền một dòng",
    operation_id="reporting_fill",
)
@idempotent
def fill(request: HttpRequest, sheet_id: int, row: str, given: RowIn) -> HttpResponse:
    """Put numbers into one row of the unit's own sheet."""
    actor = acting(request)
    filling.fill(
        sheet_id=min(sheet_id, 2**62), row=row[:30], values=_typed(given.values), revision=given.revision, by=actor,
        at=timezone.now(),
    )  # fmt: skip
    return fast(_full(reading.visible(sheet_id, actor)))


@router.post(
    "/sheets/{sheet_id}/submit",
    auth=SIGNED_IN,
    response=SheetFull,
    summary="Gửi báo cáo",
    operation_id="reporting_submit",
)
@idempotent
def submit(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Send the sheet to the office that asked; refused while something is missing or does not add up."""
    actor = acting(request)
    filling.submit(sheet_id=min(sheet_id, 2**62), by=actor, at=timezone.now())
    return fast(_full(reading.visible(sheet_id, actor)))


def _typed(values: Mapping[str, Decimal | str]) -> dict[str, str]:
    """Numbers as the action reads them: with a comma."""
    return {
        code: f"{one:f}".replace(".", ",") if isinstance(one, Decimal) else one for code, one in values.items()
    }  # fmt: skip


def _line(one: Sheet, now: datetime) -> dict[str, Any]:
    period = one.period
    asked = period.assignment.template
    return {
        "id": one.pk,
        "template": asked.code,
        "name": asked.name,
        "period": period.code,
        "since": period.since,
        "until": period.until,
        "due_at": period.due_at,
        "is_open": period.is_open,
        "unit": one.unit.code,
        "state": one.state,
        "first_sent_at": one.first_sent_at,
        "is_late": (one.first_sent_at or now) > period.due_at,
        "reason": one.reason,
    }


def _full(one: Sheet) -> dict[str, Any]:
    found = reading.filled(one)
    return _line(one, timezone.now()) | {
        "columns": {column.code: column.name for column in found.template.columns},
        "rows": [_row(found, line) for line in reading.lines(found) if not line.row.is_heading],
        "missing": [cell.name for cell in found.missing()],
    }


def _row(found: reading.Filled, line: reading.Line) -> dict[str, Any]:
    return {
        "row": line.row.code,
        "name": line.row.name,
        "revision": line.revision,
        "cells": [
            {"column": one.code, "kind": one.state, "value": _plain(found, one)} for one in line.fields
        ],
        "wrong": line.broken,
    }  # fmt: skip


def _plain(found: reading.Filled, one: reading.Field) -> str:
    """A cell as programs read it."""
    cell = found.template.cells.get(one.key)
    if cell is None or cell.column.kind is Kind.TEXT:
        return one.text
    value = found.computed.values.get(one.key)
    return "" if value is None else f"{value.normalize() + 0:f}"
