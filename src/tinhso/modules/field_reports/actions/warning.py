"""Climbing the ladder: an entry and a word to whoever stands on the next rung."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.holders import granted, nearest_holders
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.actions.moving import record
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries.overdue import rung_of
from tinhso.modules.field_reports.rules.ladder import INTAKE_WORDS, WORDS, Rung
from tinhso.modules.field_reports.rules.states import Permission


@transaction.atomic
def escalate(*, report_id: int, at: datetime) -> bool:
    """Tell of the rung that the report has reached; False when everybody there has heard."""
    report = Report.objects.locked(report_id)
    reached = rung_of(report, at)
    if reached <= report.warned_step:
        return False
    report.warned_step = reached
    is_intake = report.case.due_at is None
    why = INTAKE_WORDS if is_intake and reached >= Rung.LATE else WORDS[reached]
    told = sorted(_on_rung(report, reached, at))
    record(report, "escalate", "warned_step", by=SYSTEM, at=at, data={"why": why, "rung": int(reached)})
    for account_id in told:
        _tell(report, account_id, why, reached, at)
    return True


def _on_rung(report: Report, reached: Rung, at: datetime) -> set[int]:
    """The leader of the unit (of the desk before acceptance), from lateness on the desk too, at last the one above."""
    case, day = report.case, timezone.localdate(at)
    told = set(nearest_holders(Permission.APPROVE, [case.unit_id], day)[case.unit_id])
    if reached >= Rung.LATE or case.unit_id == case.received_unit_id:
        told |= set(granted(Permission.OPERATE, [case.received_unit_id], day).get(case.received_unit_id, ()))
    if reached >= Rung.VERY_LATE:
        above = tree().nodes[case.unit_id].parent_id
        told |= set(nearest_holders(Permission.APPROVE, [above], day)[above]) if above else set()
    return told


def _tell(report: Report, account_id: int, why: str, reached: Rung, at: datetime) -> None:
    case = report.case
    due_at = case.due_at or case.step_due_at
    notices.tell_in_words(
        account_id=account_id,
        kind="field_report.late",
        words={
            "why": why,
            "title": case.title,
            "number": case.number,
            "until": f"{timezone.localtime(due_at):%H:%M %d/%m/%Y}" if due_at else "",
            "unit": tree().nodes[case.unit_id].name,
        },
        url=f"/lam-viec/phan-anh/{case.number}/",
        dedupe=f"field_report.late/{report.pk}/{int(reached)}/{case.revision}",
        case_id=case.pk,
        at=at,
    )
