"""Telling subscribers batch after batch, and taking up tellings whose job was lost."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tinhso.kernel.journal.jobs import AGAIN
from tinhso.modules.warnings.actions import telling
from tinhso.modules.warnings.rules import PAUSE_SECONDS


@app.task(name="warnings.spread", retry=AGAIN)
def spread(spreading_id: int) -> None:
    """Tell one batch; the next follows after a pause."""
    if telling.spread(spreading_id=spreading_id, at=timezone.now()):
        _next(spreading_id)


def _next(spreading_id: int) -> None:
    try:
        spread.configure(queueing_lock=f"warnings.spread/{spreading_id}", schedule_in={"seconds": PAUSE_SECONDS}).defer(
            spreading_id=spreading_id
        )
    except AlreadyEnqueued:
        return


@app.periodic(cron="*/5 * * * *", periodic_id="warnings.take_up")
@app.task(name="warnings.take_up", queueing_lock="warnings.take_up", retry=AGAIN)
def take_up(timestamp: int) -> None:
    """Go on with what stopped, such as after a crash or of a restored backup."""
    for spreading_id in telling.waiting():
        _next(spreading_id)
