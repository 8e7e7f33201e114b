"""``tinhso up`` on a bad day: each of its processes is killed, the platform comes back, Ctrl-C leaves nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.bad_day]

MARKS = {"web": "granian", "worker": "tinhso.config.worker", "database": "bin/postgres"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Platform:
    process: subprocess.Popen[bytes]
    port: int
    home: Path

    def status(self, path: str = "/khoe/san-sang") -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def child(self, name: str) -> psutil.Process | None:
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if MARKS[name] in " ".join(child.cmdline()):
                    return child
        return None

    def log(self) -> str:
        return (self.home / "up.out").read_text()


def wait_for(truth: Callable[[], object], seconds: float) -> float:
    """Seconds until it became true; fails when it did not."""
    begin = time.monotonic()
    while not truth():
        assert time.monotonic() - begin < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - begin


def _start(home: Path, port: int | None = None) -> Platform:
    port = port or _free_port()
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"TINHSO_HOME": str(home), "TINHSO_PORT": str(port), "TINHSO_LOG_LEVEL": "INFO"}
    with (home / "up.out").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tinhso.config.cli", "up", "--no-demo"],
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    return Platform(process, port, home)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = _start(tmp_path_factory.mktemp("up"))
    try:
        wait_for(lambda: running.status() == 200 or running.process.poll() is not None, 120)
        assert running.process.poll() is None, running.log()
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(60)


@pytest.mark.parametrize("name", ["web", "worker", "database"])
def test_a_killed_process_comes_back_and_pages_are_served_again(platform: Platform, name: str) -> None:
    killed = platform.child(name)
    assert killed is not None, platform.log()
    killed.kill()
    wait_for(lambda: (new := platform.child(name)) and new.pid != killed.pid, 20)
    wait_for(lambda: platform.status() == 200, 60)
    assert [platform.status() for _ in range(8)] == [200] * 8


def test_the_worker_beats_on_after_the_database_was_killed(platform: Platform) -> None:
    import psycopg

    from tinhso.config.embedded import embedded_url

    database = platform.child("database")
    assert database is not None
    database.kill()
    killed_at = time.time()
    wait_for(lambda: platform.status() == 200, 15)

    def beats() -> bool:
        newest = "select extract(epoch from max(last_heartbeat)) from procrastinate_workers"
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(embedded_url(platform.home)) as connection:
            row = connection.execute(newest).fetchone()
            return row is not None and row[0] is not None and float(row[0]) > killed_at + 1
        return False

    wait_for(beats, 30)


def test_a_second_start_on_the_same_data_is_refused(platform: Platform) -> None:
    second = _start(platform.home)
    assert second.process.wait(20) == 1
    assert "Already running" in platform.log()
    assert platform.status() == 200


def test_a_taken_port_is_refused_with_a_sentence(platform: Platform, tmp_path: Path) -> None:
    second = _start(tmp_path, platform.port)
    assert second.process.wait(20) == 1
    assert "Choose another: PORT=8001 make run" in second.log()
    assert not (tmp_path / "postgres").exists()


def test_ctrl_c_while_the_tables_are_made_leaves_no_process(tmp_path: Path) -> None:
    started = _start(tmp_path)
    wait_for(lambda: "bringing the database up to date" in started.log(), 30)
    family = psutil.Process(started.process.pid).children(recursive=True)
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(30) == 1
    assert [process for process in family if process.is_running() and process.status() != "zombie"] == []


def test_no_log_line_holds_a_query_or_an_address(platform: Platform) -> None:
    assert platform.status("/khong-co/012345678901?ho_ten=Nguyen") == 404
    wait_for(lambda: '"status": 404' in platform.log(), 5)
    assert "012345678901" not in platform.log()
    assert "ho_ten" not in platform.log()


def test_ctrl_c_leaves_no_process_and_the_next_start_keeps_the_data(platform: Platform) -> None:
    family = psutil.Process(platform.process.pid).children(recursive=True)
    assert len(family) >= 5
    platform.process.send_signal(signal.SIGINT)
    assert platform.process.wait(30) == 0
    assert [process for process in family if process.is_running() and process.status() != "zombie"] == []
    again = _start(platform.home)
    try:
        wait_for(lambda: again.status() == 200, 60)
        assert again.log().count("loading the demonstration province") <= 1
    finally:
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(30) == 0
