"""Danger goes to its unit at once; what grows late climbs a ladder of people until somebody has heard of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.jobs import AGAIN
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.field_reports.actions import triage, warning
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries import places
from tinhso.modules.field_reports.queries.catalogue import category_of
from tinhso.modules.field_reports.queries.overdue import to_warn

MOST = 500


def dispatch(entry: Entry) -> None:
    """A report of danger does not wait for the desk: accepted and routed by its kind and place, as it comes in.

    Where no unit is responsible by itself it stays with the desk, on top of the list."""
    if entry.data.get("level") != "danger":
        return
    report = Report.objects.select_related("case").filter(pk=entry.case_id).first()
    if report is None or report.case.state != "received":
        return
    unit = places.responsible_unit(
        category_of(report), report.commune_id, timezone.localdate(entry.at), report.against_unit_id
    )
    if unit is not None:
        triage.accept(
            report_id=report.pk, category=report.category, level=report.level, unit_id=unit, by=SYSTEM, at=entry.at
        )


@app.periodic(cron="*/10 * * * *", periodic_id="field_reports.climb")
@app.task(name="field_reports.climb", queue="journal", queueing_lock="field_reports.climb", retry=AGAIN)
def climb(timestamp: int) -> None:
    """Every ten minutes: whatever has reached the next rung of the ladder is told to whom stands there."""
    warn(timezone.now())


def warn(at: datetime) -> int:
    """Tell of all that is due for it at ``at``; returns how many. Repeatable: a rung is climbed once."""
    told = 0
    for report_id in to_warn(at, MOST):
        try:
            told += warning.escalate(report_id=report_id, at=at)
        except Refusal:
            continue  # moved on meanwhile
    return told


OLD_CODES = timedelta(days=1)


@app.periodic(cron="17 3 * * *", periodic_id="field_reports.forget_codes")
@app.task(name="field_reports.forget_codes", queue="journal", queueing_lock="field_reports.forget_codes", retry=AGAIN)
def forget_codes(timestamp: int) -> None:
    """Throw away one-time codes of the day before."""
    from tinhso.modules.field_reports.actions.phones import forget

    forget(before=timezone.now() - OLD_CODES)
