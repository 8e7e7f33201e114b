"""What the needs of the moves look at, gathered from the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import worked_minutes
from tinhso.modules.field_reports.models import Assignment, Report
from tinhso.modules.field_reports.queries.public import should_be_public
from tinhso.modules.field_reports.rules.states import REOPEN_DAYS, SEND_BACK_MINUTES, Standing


def lead_of(report: Report) -> Assignment | None:
    """The unit's turn that is not over; None while no unit has it."""
    return Assignment.objects.filter(report=report, part=Assignment.Part.LEAD, ends_at__isnull=True).first()


def standing_of(report: Report, at: datetime, lead: Assignment | None = None) -> Standing:
    """For all moves but the answer, whose proof is looked at by ``proof.lacking``."""
    settled = report.case.settled_at
    return Standing(
        asked_by_unit=report.asked_by_unit,
        not_ours_left=report.times_sent_back == 0 and (lead is None or _is_fresh(lead, at)),
        was_reopened=report.reopened_at is not None,
        is_reopening_late=settled is not None and at > settled + timedelta(days=REOPEN_DAYS),
        may_be_public=should_be_public(report, "published"),
    )


def _is_fresh(lead: Assignment, at: datetime) -> bool:
    return worked_minutes(lead.begins_at, at, calendar_for(lead.unit_id)) <= SEND_BACK_MINUTES


def with_answer(standing: Standing, text: str) -> Standing:
    """The standing of a report with this answer to it."""
    return replace(standing, has_answer=bool(text.strip()))
