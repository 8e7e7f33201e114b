"""Counting as things happen: each entry by the job that follows it, and ahead of the queue when that is long."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.facts.counting import NEVER_DUE, canonical, count, countable, due_on, verdict_in
from tinhso.kernel.facts.models import Projected
from tinhso.kernel.journal.models import Entry

__all__ = ["NEVER_DUE", "Ahead", "canonical", "due_on", "mend", "project", "verdict_in"]

log = logging.getLogger(__name__)
AT_ONCE, LOOK_BACK = 1_000, 2_000
_LOCK = 7613


def project(entry: Entry) -> None:
    """Count one entry about a case; a second call changes nothing."""
    count([entry])


class Ahead(threading.Thread):
    """Counts new entries every second, whatever else waits in the queue, so that figures are fresh under any load.

    Only an accelerator: an entry that it misses is counted by its own job. Of several workers one counts at a time.
    """

    def __init__(self, *, every_seconds: float = 1.0) -> None:
        super().__init__(name="facts-ahead", daemon=True)
        self.every_seconds = every_seconds
        self.seen_id: int | None = None
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(self.every_seconds):
            close_old_connections()
            try:
                while self.sweep() == AT_ONCE:
                    pass
            except Exception:
                log.exception("counting ahead of the queue failed; the queue counts by itself")
        connection.close()

    @transaction.atomic
    def sweep(self) -> int:
        """Count up to a thousand entries that nobody counted yet; returns how many that were."""
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        if self.seen_id is None:
            self.seen_id = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        fresh = Entry.objects.filter(pk__gt=self.seen_id - LOOK_BACK, case__isnull=False, unit__isnull=False)
        fresh = fresh.filter(~Exists(Projected.objects.filter(entry_id=OuterRef("pk"))))
        rows = list(countable(fresh).order_by("pk")[:AT_ONCE])
        if not rows:
            return 0
        self.seen_id = max(self.seen_id, rows[-1].pk)
        return count(rows)


@app.periodic(cron="35 0 * * *", periodic_id="facts.mend")
@app.task(name="facts.mend", queue="journal", queueing_lock="facts.mend")
def mend(timestamp: int) -> None:
    """Months that a program without month figures counted last, as during an upgrade, are summed again."""
    from tinhso.kernel.facts.actions import roll_up

    roll_up(timezone.localdate() - timedelta(days=31))
