"""What ``tinhso up`` does beside serving: it sends traces to a collector and keeps an archive; both on bad days."""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.bad_days.conftest import Key
from tests.running import Running, running, wait_for

pytestmark = [pytest.mark.bad_day, pytest.mark.slow]
TRACE = "0af7651916cd43dd8448eb211c80319c"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, Any]]:
    """The file into which a collector in its own process writes, its address, and the process."""
    file = tmp_path_factory.mktemp("collector") / "spans.jsonl"
    file.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.collector", str(file)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        yield file, f"http://127.0.0.1:{int(process.stdout.readline())}/v1/traces", process
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def platform(
    tmp_path_factory: pytest.TempPathFactory, founded: Path, collector: tuple[Path, str, Any], key: Key
) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("beside")
    more = {
        "TINHSO_TRACES_URL": collector[1],
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "TINHSO_ARCHIVE": str(home / "archive"),
        "TINHSO_BACKUP_RECIPIENTS": json.dumps([key.public]),
    }
    with running(home, like=founded, **more) as started:
        started.stage()
        yield started


def _ask(platform: Running, path: str) -> None:
    request = urllib.request.Request(platform.url + path)
    request.add_header("traceparent", f"00-{TRACE}-b7ad6b7169203331-01")
    try:
        urllib.request.urlopen(request, timeout=30).read()
    except urllib.error.HTTPError as refused:
        refused.close()


def _told(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_collector_understands_what_is_sent_and_learns_nothing_of_anybody(
    platform: Running, collector: tuple[Path, str, Any]
) -> None:
    file = collector[0]
    _ask(platform, "/tim-kiem/?q=Nguyen+Van+Kin+079190012346")
    wait_for(lambda: "GET find" in file.read_text(), 60, "the request's span")
    wait_for(lambda: '"job ' in file.read_text(), 90, "a job's span")
    told = _told(file)
    named = {(at["key"], at["value"].get("stringValue")) for one in told for at in one["resource"]["attributes"]}
    assert ("service.name", "tinhso") in named
    [request] = [one for one in told if one["name"] == "GET find"]
    assert request["traceId"] == base64.b64encode(bytes.fromhex(TRACE)).decode()  # what nginx began goes on here
    inside = [one for one in told if one.get("traceId") == request["traceId"]]
    assert any(one["name"].startswith("select ") and one.get("parentSpanId") for one in inside)
    assert all(int(one["endTimeUnixNano"]) >= int(one["startTimeUnixNano"]) for one in told)
    everything = file.read_text()
    for secret in ("079190012346", "Nguyen", "Kin", "tim-kiem", "Lan"):
        assert secret not in everything, secret


def _archiver(platform: Running) -> psutil.Process | None:
    for child in psutil.Process(platform.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if " archive " in " ".join(child.cmdline()):
                return child
    return None


def test_the_archive_is_kept_comes_back_when_it_is_killed_and_is_whole(platform: Running, key: Key) -> None:
    archive = platform.home / "archive"
    wait_for(lambda: list(archive.glob("base-*/manifest.json")), 120, "a base")
    wait_for(lambda: list((archive / "wal").glob("*.age")), 120, "a piece of the log")
    was = _archiver(platform)
    assert was is not None
    was.send_signal(signal.SIGKILL)
    wait_for(lambda: (now := _archiver(platform)) is not None and now.pid != was.pid, 60, "another archiver")
    assert platform.status() == 200
    said = platform.run("-m", "tinhso.config.cli", "archive", str(archive), "--check", "--key", str(key.file))
    assert said.startswith("Whole: from ")


def test_pages_are_served_when_the_collector_is_gone(platform: Running, collector: tuple[Path, str, Any]) -> None:
    collector[2].terminate()
    collector[2].wait(10)
    for _times in range(3):
        assert platform.status("/") == 200
