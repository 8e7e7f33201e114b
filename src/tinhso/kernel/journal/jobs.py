"""What runs after an entry is committed: projections first, then the modules' followers."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import registry

AGAIN = RetryStrategy(max_attempts=12, exponential_wait=2)


@app.task(name="journal.follow", queue="journal", retry=AGAIN)
def follow(entry_id: int) -> None:
    """Hand the entry to each projection and follower. Repeatable: each of them does its work once per entry."""
    entry = Entry.objects.select_related("case").get(pk=entry_id)
    for path in settings.TINHSO_PROJECTIONS:
        module, _, name = path.rpartition(".")
        getattr(import_module(module), name)(entry)
    for job in registry.followers.get(entry.verb, ()):
        job(entry)


@app.periodic(cron="20 0 * * *")
@app.task(name="journal.anchor", queue="journal", queueing_lock="journal.anchor", retry=AGAIN)
def anchor_yesterday(timestamp: int) -> None:
    """Seal the day that has ended."""
    from tinhso.kernel.journal.actions import anchor_up_to

    anchor_up_to(timezone.localdate() - timedelta(days=1))
