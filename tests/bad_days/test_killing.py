"""Web, worker and database are killed in turn while twenty clients file and clerks accept: nothing is lost or doubled.

Clients do what any careful program does: they name each write with an ``Idempotency-Key`` and repeat it until it is
answered.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from tests.running import Running, running, wait_for

pytestmark = [pytest.mark.bad_day, pytest.mark.slow]

CLIENTS, FILINGS = 20, 500
PATIENCE = 120  # seconds after which a client gives up on one write
BETWEEN_KILLS = 2.0
BREATH = 0.5  # seconds between two filings of a client
ROUNDS = 2
VICTIMS = ("web", "worker", "database")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("killing"), like=founded) as started:
        yield started


def _send(platform: Running, path: str, body: dict[str, Any], *, bearer: str, key: str) -> dict[str, Any]:
    """Repeat one write under one key until it is answered with success."""
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": key, "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    begin = time.monotonic()
    last: Any = None
    while time.monotonic() - begin < PATIENCE:
        request = urllib.request.Request(platform.url + path, data, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                said: dict[str, Any] = json.loads(answer.read())
                return said
        except urllib.error.HTTPError as refused:
            last = f"{refused.code} {refused.read()[:300]!r}"
            # Still running, too many, or broken by the kill: all of them may be asked again.
            if refused.code not in (409, 429, 500, 502, 503):
                raise AssertionError(f"{path}: {last}") from refused
        except (OSError, ValueError) as problem:
            last = problem
        time.sleep(0.2)
    raise AssertionError(f"{path} {key}: no answer in {PATIENCE} s, last {last}")


def _file_and_accept(platform: Running, staged: dict[str, Any], number: int) -> str:
    who = ("lan", "minh")[number % 2]
    body = {"procedure": staged["procedure"], "answers": staged["answers"]}
    filed = _send(platform, "/api/v1/dossiers/", body, bearer=staged["keys"][who], key=f"nop-ho-so-so-{number:06d}")
    code = filed["number"]
    path = f"/api/v1/dossiers/{code}/accept"
    _send(platform, path, {}, bearer=staged["keys"]["clerk"], key=f"tiep-nhan-so-{number:06d}")
    return str(code)


def _kill_in_turn(platform: Running, stop: threading.Event, killed: Counter[str]) -> None:
    """Kill one after another, each when the platform serves again after the one before."""
    for name in VICTIMS * ROUNDS:
        wait_for(lambda: stop.is_set() or platform.status() == 200, 90, "the platform after a kill")
        if stop.wait(BETWEEN_KILLS):
            return
        victim = platform.child(name)
        if victim is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
                killed[name] += 1


def _ask(platform: Running, sql: str) -> list[tuple[Any, ...]]:
    from tinhso.config.embedded import embedded_url

    with psycopg.connect(embedded_url(platform.home)) as connection:
        return connection.execute(sql).fetchall()


def test_nothing_is_lost_and_nothing_happens_twice(platform: Running) -> None:
    staged = platform.stage("keys")
    stop, killed = threading.Event(), Counter[str]()
    killer = threading.Thread(target=_kill_in_turn, args=(platform, stop, killed), daemon=True)
    killer.start()

    def client(first: int) -> list[str]:
        """Every twentieth number, until enough are filed and each process was killed meanwhile."""
        codes: list[str] = []
        for number in itertools.count(first, CLIENTS):
            if number >= FILINGS and (all(killed[name] for name in VICTIMS) or not killer.is_alive()):
                break
            codes.append(_file_and_accept(platform, staged, number))
            time.sleep(BREATH)
        return codes

    try:
        with ThreadPoolExecutor(CLIENTS) as clients:
            acknowledged = list(itertools.chain.from_iterable(clients.map(client, range(CLIENTS))))
    finally:
        stop.set()
        killer.join(30)
    assert all(killed[name] >= 1 for name in VICTIMS), killed
    filings = len(set(acknowledged))
    assert filings == len(acknowledged) >= FILINGS
    wait_for(lambda: platform.status() == 200, 60, "the platform after the last kill")

    # Each acknowledged dossier is there once, with its two entries, and there is no other.
    entries = dict(_ask(platform, "select c.number, array_agg(e.verb order by e.seq) from cases_case c"
                                  " join journal_entry e on e.case_id = c.id group by c.number"))  # fmt: skip
    assert set(entries) == set(acknowledged)
    assert Counter(map(tuple, entries.values())) == {("dossier.file", "dossier.accept"): filings}

    # Unfinished jobs are taken up and finish; each entry has told once.
    waiting = "select count(*) from procrastinate_jobs where queue_name = 'journal' and status in ('todo', 'doing')"
    wait_for(lambda: _ask(platform, waiting) == [(0,)], 150, "the jobs left behind")
    # Upkeep runs anew each minute; every other job must have got through.
    failed = _ask(
        platform, "select task_name, args from procrastinate_jobs where status = 'failed' and queue_name <> 'upkeep'"
    )
    assert failed == []
    notices = _ask(platform, "select c.number, array_agg(n.kind order by n.kind) from notices_notice n"
                             " join cases_case c on c.id = n.case_id group by c.number")  # fmt: skip
    assert Counter(tuple(kinds) for _, kinds in notices) == {("dossier.accept", "dossier.file"): filings}
    counted = _ask(platform, "select count(*), count(distinct entry_id) from facts_projected")
    assert counted == [(2 * filings, 2 * filings)]
    standing = _ask(platform, "select state, sum(number) from facts_standing group by state having sum(number) <> 0")
    assert [(state, int(number)) for state, number in standing] == [("received", filings)]

    # Numbers of the day have no double, and the history is whole.
    assert _ask(platform, "select count(*) - count(distinct number) from cases_case") == [(0,)]
    said = platform.run("-c", DOCTOR)
    assert said.strip() == "[('ok', \"The journal's chain is whole\")]"
    print(f"killed {dict(killed)}")


DOCTOR = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
django.setup()
from tinhso.config.cli import checks
print([(one.level, one.what) for one in checks.journal()])
"""
