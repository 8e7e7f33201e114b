"""A job whose worker was killed goes back to the queue; one whose worker lives is left alone."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from tinhso.config.worker import retry_stalled


def _job(worker: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "with w as (insert into procrastinate_workers (last_heartbeat) values (now() - %s::interval) returning id)"
            " insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
            " select 'default', 'some.task', '{}', 'doing', id from w returning id",
            [worker],
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where id = %s", [job])
        return str(cursor.fetchone()[0])


def _look_once() -> None:
    async def look() -> None:
        await retry_stalled(0)
        await sync_to_async(connections.close_all)()  # the event loop's thread has a connection of its own

    asyncio.run(look())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_only_jobs_of_silent_workers_are_taken_up_again() -> None:
    silent, living = _job("1 minute"), _job("2 seconds")
    _look_once()
    assert (_status(silent), _status(living)) == ("todo", "doing")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_was_forgotten_is_taken_up_again() -> None:
    job = _job("1 minute")
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_workers")
    _look_once()
    assert _status(job) == "todo"
