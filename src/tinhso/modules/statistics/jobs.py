"""Counting in the background: every ten minutes, so that pages only read."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.statistics import actions


@app.periodic(cron="*/10 * * * *", periodic_id="statistics.refresh")
@app.task(name="statistics.refresh", queue="journal", queueing_lock="statistics.refresh")
def refresh(timestamp: int) -> None:
    """Count the months that are not closed; shortly after midnight this closes the month that has ended."""
    actions.refresh(by=SYSTEM, at=timezone.now())
