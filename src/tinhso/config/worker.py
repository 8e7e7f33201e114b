"""The worker process: does background and periodic jobs, and takes up again what a dead worker left half-way."""

from __future__ import annotations

import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")

import django

django.setup()

from procrastinate.contrib.django import app  # noqa: E402
from procrastinate.contrib.django.django_connector import DjangoConnector  # noqa: E402

from tinhso.config.environment import env  # noqa: E402
from tinhso.kernel.facts.jobs import Ahead  # noqa: E402

HEARTBEAT_SECONDS = 5.0
STALLED_AFTER_SECONDS = 20.0


@app.periodic(cron="* * * * *")
@app.task(name="config.retry_stalled", queueing_lock="config.retry_stalled", queue="upkeep")
async def retry_stalled(timestamp: int) -> None:
    """Put jobs whose worker is gone back in the queue. Jobs are repeatable, so doing one twice does no harm."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await app.job_manager.retry_job(job)


def run() -> None:
    """Work until asked to stop; jobs under way get half a minute to finish. Figures are counted ahead of the queue."""
    if env.traces_url:
        from tinhso.config import tracing

        tracing.begin(env.traces_url)
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector):
        Ahead().start()
        app.run_worker(
            concurrency=env.jobs,
            name=f"worker-{os.getpid()}",
            shutdown_graceful_timeout=30,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_AFTER_SECONDS,
        )


if __name__ == "__main__":
    run()
