"""What monitoring reads: nothing without the token, counts by route, how the work stands, no person anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests import world as making

from tinhso.config import metrics

TOKEN = {"Authorization": "Bearer mot-khoa-dai"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def switched_on(settings: Any) -> None:
    settings.METRICS_TOKEN = "mot-khoa-dai"


def _read(client: Client) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics", headers=TOKEN).content.decode()
    return {
        (sample.name, *(value for _name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_the_token_there_is_no_such_page(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "mot-khoa-dai"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer mot-khoa"}).status_code == 404


def test_requests_are_counted_by_the_name_of_their_page(client: Client, switched_on: None) -> None:
    before = _read(client).get(("tinhso_request_seconds_count", "GET", "lookup:ask", "2xx"), 0)
    client.get("/tra-cuu/")
    client.get("/khong-co-trang-nay/nguyen-thi-lan/")
    found = _read(client)
    assert found["tinhso_request_seconds_count", "GET", "lookup:ask", "2xx"] == before + 1
    assert found["tinhso_request_seconds_count", "GET", "none", "4xx"] >= 1
    assert not any("nguyen-thi-lan" in part for key in found for part in key)


def test_work_is_told_by_state_kind_and_queue(client: Client, switched_on: None) -> None:
    from tinhso.kernel.testing.jobs import run_jobs

    making.Course(making.build()).take()
    waiting = _read(client)
    assert waiting["tinhso_database_up",] == 1
    assert waiting["tinhso_jobs", "journal", "todo"] > 0
    assert waiting["tinhso_job_oldest_seconds", "journal"] >= 0
    run_jobs()
    done = _read(client)
    assert ("tinhso_jobs", "journal", "todo") not in done
    assert done["tinhso_cases", "dossier", "processing"] == 1


def test_a_lost_database_is_told_and_does_not_break_the_page(
    client: Client, switched_on: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    found = _read(client)
    assert found["tinhso_database_up",] == 0
    assert not any(key[0] == "tinhso_jobs" for key in found)


def test_counts_of_several_processes_are_added_up(tmp_path: Path) -> None:
    """Each process writes a file of its own; one that reads sees the sum."""
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings; settings.METRICS_TOKEN = 'x'\n"
        "from tinhso.config.metrics import note_request\n"
        "note_request('GET', 'home', 200, 0.02)\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tinhso.config.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }
    for _one in range(2):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(tmp_path))  # type: ignore[no-untyped-call]
    said = generate_latest(registry).decode()
    assert 'tinhso_request_seconds_count{method="GET",route="home",status="2xx"} 2.0' in said


def test_threads_that_begin_at_the_same_moment_declare_the_counters_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    @cache
    def slowly() -> tuple[Any, Any]:
        calls.append(1)
        time.sleep(0.02)
        return object(), object()

    monkeypatch.setattr(metrics, "_counters", slowly)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: metrics._made(), range(8)))
    assert (len(calls), len(found)) == (1, 1)
