"""Periods: opened by the calendar, filled in advance with known figures, reminded of, closed, opened again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Limit, due
from tinhso.kernel.clock.rules.limits import Unit as TimeUnit
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Measured
from tinhso.kernel.numerals import plain
from tinhso.kernel.people.rules import Actor
from tinhso.modules.reporting.actions.asking import units_of
from tinhso.modules.reporting.models import Assignment, ReportPeriod, ReportVersion, Sheet, SheetRow
from tinhso.modules.reporting.queries import figures, templates
from tinhso.modules.reporting.rules import words
from tinhso.modules.reporting.rules.computing import rounded
from tinhso.modules.reporting.rules.periods import REMINDERS, Frequency, Span, span_of
from tinhso.modules.reporting.rules.sheets import Template
from tinhso.modules.reporting.rules.words import PeriodState, Permission, SheetState

BATCH = 2000
BEFORE = 2  # working days: the first reminder goes out when at most so many are left


def subject_of(period_id: int) -> str:
    return f"reporting/period/{period_id}"


def span_on(assignment: Assignment, day: date) -> Span:
    """The period of an assignment to which a day belongs."""
    once = (assignment.begins_on, assignment.ends_on or assignment.begins_on)
    return span_of(Frequency(assignment.frequency), day, closing_day=assignment.closing_day, once=once)


def due_moment(assignment: Assignment, until: date) -> datetime:
    """The end of the last of ``due_days`` working days after a period, in the calendar of the office that asks."""
    last = timezone.make_aware(datetime.combine(until, time(23, 59)))
    calendar = calendar_for(assignment.template.owner_id)
    found = due(last, Limit(Decimal(assignment.due_days), TimeUnit.WORKING_DAY), calendar).at
    return found or last + timedelta(days=assignment.due_days)


@transaction.atomic
def open_period(*, assignment_id: int, day: date, by: Actor, at: datetime) -> ReportPeriod | None:
    """Open the period of a day with a sheet for every unit; opened already, or nothing to open: nothing changes.

    A version that comes into force later does not touch an open period.
    """
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("template")
    assignment = rows.filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound
    span = span_on(assignment, day)
    ended = assignment.ends_on is not None and assignment.ends_on < span.since
    if ended or span.until < assignment.begins_on:
        return None
    known = ReportPeriod.objects.filter(assignment=assignment, code=span.code).first()
    if known is not None:
        return known
    version = ReportVersion.objects.in_force_on(day).filter(template_id=assignment.template_id).first()
    if version is None:
        return None
    period = ReportPeriod.objects.create(
        assignment=assignment, version=version, code=span.code, name=span.name, since=span.since, until=span.until,
        due_at=due_moment(assignment, span.until), opened_at=at,
    )  # fmt: skip
    units = list(units_of(assignment, day).values_list("pk", flat=True))
    Sheet.objects.bulk_create((Sheet(period=period, unit_id=unit) for unit in units), batch_size=BATCH)
    data = {"name": f"{assignment.template.name}, {span.name}", "units": len(units), "version": version.pk}
    note(subject=subject_of(period.pk), verb="reporting.open", by=by, at=at, data=data)
    prefill(period_id=period.pk, by=by, at=at)
    return period


@transaction.atomic
def prefill(*, period_id: int, by: Actor, at: datetime) -> int:
    """Put the newest figures of the platform into the cells that have a source, on sheets that are not sent.

    What was sent keeps the figures of that moment. Returns how many cells.
    """
    period = ReportPeriod.objects.select_related("version").filter(pk=period_id, state=PeriodState.OPEN).first()
    if period is None:
        return 0
    template = templates.of(period.version)
    if not any(cell.source for cell in template.cells.values()):
        return 0
    open_states = [SheetState.FILLING, SheetState.RETURNED]
    rows = Sheet.objects.select_for_update().filter(period=period, state__in=open_states).order_by("pk")
    sheets = {sheet.unit_id: sheet for sheet in rows}
    if not sheets:
        return 0
    until = min(period.until, timezone.localdate(at))
    found = figures.all_of(template, sheets.keys(), period.since, until)
    cells = _write_system(template, sheets, found, until)
    if cells:
        data = {"cells": cells, "units": len(sheets), "until": until.isoformat()}
        note(subject=subject_of(period.pk), verb="reporting.prefill", by=by, at=at, data=data)
    return cells


def _write_system(template: Template, sheets: Mapping[int, Sheet], found: figures.Found, until: date) -> int:
    by_row = {row: [c for c in cells.values() if c.source] for row, cells in template.by_row.items()}
    made, cells = [], 0
    for unit, sheet in sheets.items():
        for row, own in by_row.items():
            known = {cell.column.code: (cell, found[unit][cell.key]) for cell in own if cell.key in found[unit]}
            if known:
                system = {code: _system(cell.column.places, one, until) for code, (cell, one) in known.items()}
                made.append(SheetRow(sheet=sheet, row=row, system=system))
                cells += len(system)
    SheetRow.objects.bulk_create(
        made, batch_size=BATCH, update_conflicts=True, unique_fields=["sheet", "row"], update_fields=["system"]
    )
    return cells


def _system(places: int, found: Measured, until: date) -> dict[str, str]:
    value = plain(rounded(Fraction(found.value), places))
    return {"value": value, "words": found.words, "link": found.link, "until": until.isoformat()}


def locked(period_id: int, by: Actor) -> ReportPeriod:
    """The period under lock, for who receives for the office that asked. Raises NotFound to everybody else."""
    rows = ReportPeriod.objects.select_for_update(of=("self",)).select_related("assignment__template")
    found = rows.filter(pk=period_id).first()
    if found is None or not by.may(Permission.RECEIVE, found.assignment.template.owner_id):
        raise NotFound
    return found


def unsent(period: ReportPeriod) -> Collection[int]:
    """Units that have not sent, or have to send again."""
    rows = Sheet.objects.filter(period=period, state__in=[SheetState.FILLING, SheetState.RETURNED])
    return list(rows.order_by("pk").values_list("unit_id", flat=True))


@transaction.atomic
def remind(*, period_id: int, kind: str, by: Actor, at: datetime) -> int:
    """Tell all units that have not sent. A kind of ``REMINDERS`` goes out once a period; any other each time.

    Returns how many units; the notices themselves are sent by a follower."""
    period = locked(period_id, by)
    if not period.is_open:
        raise Refusal("reporting.closed", "Kỳ này đã chốt, không nhắc nữa.")
    if kind in REMINDERS and kind in period.reminded:
        return 0
    units = unsent(period)
    if kind in REMINDERS:
        period.reminded = [*period.reminded, kind]
        period.save(update_fields=["reminded"])
    if units:
        note(
            subject=subject_of(period.pk), verb="reporting.remind", by=by, at=at,
            data={"units": len(units), "kind": kind, "period": period.name},
        )  # fmt: skip
    return len(units)


def reminder_due(period: ReportPeriod, at: datetime) -> str:
    """Which reminder is due now: shortly before the due moment, on its day, on a day after; empty for none."""
    day, last = timezone.localdate(at), timezone.localdate(period.due_at)
    if day > last:
        return "late"
    if day == last:
        return "due"
    calendar = calendar_for(period.assignment.template.owner_id)
    start = timezone.make_aware(datetime.combine(day, time(23, 59)))
    near = due(start, Limit(Decimal(BEFORE), TimeUnit.WORKING_DAY), calendar).at
    return "before" if near is not None and timezone.localdate(near) >= last else ""


@transaction.atomic
def close(*, period_id: int, by: Actor, at: datetime) -> ReportPeriod:
    """Close a period: nothing in it changes any more; who has not sent stays missing.

    Whoever types or sends at this moment is either before it, and counted, or refused: every sheet is locked."""
    period = locked(period_id, by)
    if not period.is_open:
        raise Refusal("reporting.closed", "Kỳ này đã chốt.")
    sheets = Sheet.objects.select_for_update().filter(period=period).order_by("pk").values_list("state", flat=True)
    waiting = list(sheets).count(SheetState.SUBMITTED)
    if waiting:
        raise Refusal("reporting.unfinished", f"Còn {waiting} báo cáo chờ duyệt. Duyệt hoặc trả lại trước khi chốt.")
    period.state, period.closed_at = PeriodState.CLOSED, at
    period.save(update_fields=["state", "closed_at"])
    data = {"missing": len(unsent(period)), "name": period.name}
    note(subject=subject_of(period.pk), verb="reporting.close", by=by, at=at, data=data)
    return period


@transaction.atomic
def reopen(*, period_id: int, reason: str, by: Actor, at: datetime) -> ReportPeriod:
    """Open a closed period again, for a reason that stays in its history."""
    period = locked(period_id, by)
    if period.is_open:
        raise Refusal("reporting.open", "Kỳ này đang mở.")
    said = words.reason_from(reason)
    period.state, period.closed_at = PeriodState.OPEN, None
    period.save(update_fields=["state", "closed_at"])
    note(subject=subject_of(period.pk), verb="reporting.reopen", by=by, at=at, data={"reason": said})
    return period
