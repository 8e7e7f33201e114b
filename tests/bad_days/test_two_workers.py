"""Two workers on one queue: every job is done, none twice, also when one of them is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from tests.running import wait_for

from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.notices.models import Notice
from tinhso.modules.dossiers.tests.factories import START, Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.bad_day]
DOSSIERS = 30


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _open_jobs() -> int:
    """Those of the entries; periodic ones of the workers themselves come and go."""
    return int(
        _rows(
            "select count(*) from procrastinate_jobs where status in ('todo', 'doing') and task_name = 'journal.follow'"
        )[0][0]
    )


@contextmanager
def workers(settings: Any, number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many worker processes, as ``tinhso up`` starts them, on the test's database."""
    known = connection.settings_dict
    host = f"{quote(known['HOST'], safe='')}{':' + known['PORT'] if known['PORT'] else ''}"
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}@{host}/{known['NAME']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TINHSO_HOME": str(settings.HOME),
    }
    running = [subprocess.Popen([sys.executable, "-m", "tinhso.config.worker"], env=environment) for _ in range(number)]
    try:
        yield running
    finally:
        for one in running:
            one.terminate()
        for one in running:
            try:
                one.wait(40)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


def test_nothing_is_done_twice_though_one_of_two_workers_is_killed(settings: Any) -> None:
    office = Office()
    for minute in range(DOSSIERS):
        office.filed(START + timedelta(minutes=minute))
    waiting = _open_jobs()
    assert waiting >= DOSSIERS
    with workers(settings, 2) as running:
        wait_for(lambda: _open_jobs() < waiting, 120, "the first job")
        running[0].send_signal(signal.SIGKILL)
        running[0].wait()
        # What the dead one had begun is taken up by the living one after twenty seconds of silence.
        wait_for(lambda: _open_jobs() == 0, 200, "all jobs")
    failed = _rows("select task_name from procrastinate_jobs where status = 'failed'")
    assert failed == []
    filed = Entry.objects.filter(verb="dossier.file")
    assert filed.count() == DOSSIERS
    facts = Fact.objects.filter(entry__in=filed, name="dossiers.filed_online")
    assert (facts.count(), facts.values("case_id").distinct().count()) == (DOSSIERS, DOSSIERS)
    told = Notice.objects.filter(case__in=filed.values("case_id"), account=office.accounts["lan"])
    assert told.count() == told.values("case_id", "kind").distinct().count() >= DOSSIERS
