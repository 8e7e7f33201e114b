"""Reports for which the next rung of the ladder has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.cases.terms import Term
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.rules.ladder import HIGH, Rung, rung

LOOK_AHEAD = timedelta(days=5)  # a fifth of the longest time, with its nights and days off


def to_warn(at: datetime, most: int) -> list[int]:
    """Open reports that may have reached a rung of which nobody was told, the most urgent first."""
    rows = Report.objects.filter(case__phase=Phase.OPEN, case__urgent_at__lt=at + LOOK_AHEAD)
    soon = Q(warned_step=Rung.NOBODY)
    late = Q(warned_step__lt=Rung.LATE, case__urgent_at__lt=at)
    high = Q(warned_step__lt=Rung.VERY_LATE, case__urgent_at__lt=at - HIGH)
    return list(
        rows.filter(soon | late | high).order_by(F("case__urgent_at"), "pk").values_list("pk", flat=True)[:most]
    )


def rung_of(report: Report, at: datetime) -> Rung:
    """The rung reached: by the deadline once it is accepted, by the limit for receiving until then."""
    case = report.case
    started = Term.from_json(case.clock).started_at
    if case.phase != Phase.OPEN:
        return Rung.NOBODY
    if started is not None and case.due_at is not None:
        return rung(started, case.due_at, at)
    if case.step_due_at is not None:
        return rung(case.opened_at, case.step_due_at, at)
    return Rung.NOBODY
