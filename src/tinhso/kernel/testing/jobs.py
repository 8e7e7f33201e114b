"""Background jobs without a worker: they run in the test, in the order in which they were put."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

MOST = 5_000


def run_jobs() -> int:
    """Run what waits, and what that brings about, until nothing is left; returns how many ran."""
    from django.db import connection

    done = 0
    while done < MOST:
        waiting = list(
            ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("id", "task_name", "args")
        )
        if not waiting:
            return done
        for job_id, task_name, args in waiting:
            app.tasks[task_name].func(**args)
            with connection.cursor() as cursor:
                cursor.execute("update procrastinate_jobs set status = 'succeeded' where id = %s", [job_id])
            done += 1
    raise AssertionError(f"jobs bring about jobs without end: {waiting[:3]}")
