"""What the look-up without an account may know of a report: one statement, also for one that does not exist."""

from __future__ import annotations

from tinhso.kernel.cases.rules import PublicStory
from tinhso.modules.field_reports.models import Report

STEPS = 4  # received, classified, at work, answered
_DONE = {"received": 1, "need_info": 1, "accepted": 2, "returned": 2, "assigned": 2, "in_progress": 3, "reopened": 2}


def public_story(case_id: int) -> PublicStory | None:
    """How far it is, and the tail of the sender's phone; None when there is no such report."""
    row = Report.objects.filter(pk=case_id).values_list("phone", "case__state", "case__step").first()
    if row is None:
        return None
    phone, state, step = row
    return PublicStory(steps_done=_DONE.get(state, STEPS), steps_total=STEPS, step=step, phone_tail=phone[-4:])
