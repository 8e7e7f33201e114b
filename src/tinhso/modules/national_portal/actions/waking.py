"""Having a job of the link run soon, by its name: pages and deliveries need not know the jobs themselves."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

QUEUE = "national_portal"
SEND, PULL, RECEIVE, FETCH, COMPARE = (
    f"national_portal.{name}" for name in ("send", "pull", "receive", "fetch_files", "compare")
)
SOON = RetryStrategy(max_attempts=4, wait=20)  # the next minute's job goes on anyway
ALONE = frozenset({SEND, PULL, COMPARE})  # never two at once


def wake(name: str) -> None:
    """One that waits already is enough."""
    job = app.configure_task(name, queue=QUEUE, queueing_lock=name, lock=name if name in ALONE else None)
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(timestamp=0)
