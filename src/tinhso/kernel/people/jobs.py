"""What runs each night: who was here this month is kept, before signing in again hides it."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from tinhso.kernel.people import measures


@app.periodic(cron="12 17 * * *", periodic_id="people.keep_active")
@app.task(name="people.keep_active", queue="journal", queueing_lock="people.keep_active")
def keep_active(timestamp: int) -> None:
    """At twelve minutes past midnight here."""
    measures.keep_active(datetime.fromtimestamp(timestamp, UTC))
