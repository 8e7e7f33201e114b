"""Clearing what the API keeps only for a while."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.api import actions


@app.periodic(cron="23 * * * *", periodic_id="api.sweep")
@app.task(name="api.sweep", queueing_lock="api.sweep", retry=3)
def sweep(timestamp: int) -> None:
    """Each hour."""
    actions.sweep(at=timezone.now())
