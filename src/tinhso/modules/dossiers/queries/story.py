"""What the look-up without an account may know of a dossier: one statement, also for a dossier that does not exist."""

from __future__ import annotations

from django.db.models import Count, Q

from tinhso.kernel.cases.rules import PublicStory
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepState
from tinhso.modules.dossiers.models import Dossier

_COUNTED = Q(is_parallel=False) & ~Q(state__in=[StepState.SKIPPED, StepState.SENT_BACK])


def public_story(case_id: int) -> PublicStory | None:
    """How far it is, and the tail of the applicant's phone; None when there is no such dossier."""
    steps = Step.objects.filter(_COUNTED, case_id=case_id)
    counts = steps.values("case_id").order_by()
    row = (
        Dossier.objects.filter(pk=case_id)
        .annotate(
            steps_total=counts.annotate(n=Count("pk")).values("n"),
            steps_done=counts.filter(state=StepState.DONE).annotate(n=Count("pk")).values("n"),
        )
        .values_list("phone", "steps_total", "steps_done", "case__step")
        .first()
    )
    if row is None:
        return None
    phone, total, done, step = row
    return PublicStory(steps_done=done or 0, steps_total=total or 0, step=step, phone_tail=phone[-4:])
