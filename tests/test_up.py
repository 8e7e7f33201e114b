"""``tinhso up`` on a bad day: each of its processes is killed, the platform comes back, Ctrl-C leaves nothing."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.running import Running, running, start, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.bad_day]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("up"), like=founded, TINHSO_LOG_LEVEL="INFO") as started:
        yield started


@pytest.mark.parametrize("name", ["web", "worker", "database"])
def test_a_killed_process_comes_back_and_pages_are_served_again(platform: Running, name: str) -> None:
    killed = platform.child(name)
    assert killed is not None, platform.log()
    killed.kill()
    wait_for(lambda: (new := platform.child(name)) and new.pid != killed.pid, 20)
    wait_for(lambda: platform.status() == 200, 60)
    assert [platform.status() for _ in range(8)] == [200] * 8


def test_the_worker_beats_on_after_the_database_was_killed(platform: Running) -> None:
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


def test_a_second_start_on_the_same_data_is_refused(platform: Running) -> None:
    second = start(platform.home, "--no-demo")
    assert second.process.wait(20) == 1
    assert "Already running" in platform.log()
    assert platform.status() == 200


def test_a_taken_port_is_refused_with_a_sentence(platform: Running, tmp_path: Path) -> None:
    second = start(tmp_path, "--no-demo", port=platform.port)
    assert second.process.wait(20) == 1
    assert "Choose another: PORT=8001 make run" in second.log()
    assert not (tmp_path / "postgres").exists()


def test_ctrl_c_while_the_tables_are_made_leaves_no_process(tmp_path: Path) -> None:
    started = start(tmp_path, "--no-demo")
    wait_for(lambda: "bringing the database up to date" in started.log(), 30)
    family = psutil.Process(started.process.pid).children(recursive=True)
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(30) == 1
    assert [process for process in family if process.is_running() and process.status() != "zombie"] == []


def test_no_log_line_holds_a_query_or_an_address(platform: Running) -> None:
    assert platform.status("/khong-co/012345678901?ho_ten=Nguyen") == 404
    wait_for(lambda: '"status": 404' in platform.log(), 5)
    assert "012345678901" not in platform.log()
    assert "ho_ten" not in platform.log()


def test_ctrl_c_leaves_no_process_and_the_next_start_keeps_the_data(platform: Running) -> None:
    family = psutil.Process(platform.process.pid).children(recursive=True)
    assert len(family) >= 5
    platform.process.send_signal(signal.SIGINT)
    assert platform.process.wait(30) == 0
    assert [process for process in family if process.is_running() and process.status() != "zombie"] == []
    again = start(platform.home, "--no-demo")
    try:
        wait_for(lambda: again.status() == 200, 60)
        assert again.log().count("loading the demonstration province") <= 1
    finally:
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(30) == 0
