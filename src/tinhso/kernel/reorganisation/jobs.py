"""Plans are carried out by the worker: on their day, and again after a crash exactly where they stopped."""

from __future__ import annotations

import contextlib

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.jobs import AGAIN
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.reorganisation import actions
from tinhso.kernel.reorganisation.models import Reorganisation
from tinhso.kernel.reorganisation.rules import State


@app.task(name="reorganisation.run", queue="journal", lock="reorganisation.run", retry=AGAIN)
def run(plan_id: int) -> None:
    """All that is left of a plan that runs or is being undone. Repeatable: nothing moves twice.

    What the rules refuse stands on the plan's page for a person to settle."""
    with contextlib.suppress(Refusal):
        actions.run(plan_id=plan_id, by=SYSTEM, at=timezone.now())


@app.periodic(cron="*/5 * * * *", periodic_id="reorganisation.due")
@app.task(name="reorganisation.due", queue="journal", queueing_lock="reorganisation.due")
def due(timestamp: int) -> None:
    """Begin what is scheduled for today, and go on with what was interrupted."""
    waiting = Q(state=State.SCHEDULED, effective_on__lte=timezone.localdate())
    for row in Reorganisation.objects.filter(waiting | Q(state__in=(State.RUNNING, State.UNDOING))):
        actions.start(plan_id=row.pk, by=SYSTEM, at=timezone.now())
        go_on(row.pk)


def go_on(plan_id: int) -> None:
    """Let the worker do what is left of a plan; asked twice, it does it once."""
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        run.configure(queueing_lock=f"reorganisation.run/{plan_id}").defer(plan_id=plan_id)
