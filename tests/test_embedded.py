"""The embedded PostgreSQL: starts from nothing, keeps what was written, comes back after being killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Timer

import psycopg
import pytest

from tinhso.config import embedded

pytestmark = [pytest.mark.slow, pytest.mark.bad_day]


def test_what_was_written_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    embedded.prepare(tmp_path)
    server = embedded.spawn(tmp_path)
    try:
        embedded.wait_until_ready(tmp_path)
        with psycopg.connect(embedded.embedded_url(tmp_path), autocommit=True) as connection:
            connection.execute("create table kept (word text)")
            connection.execute("insert into kept values ('còn')")
        server.kill()
        server.wait()
        assert not embedded.answers(embedded.embedded_url(tmp_path))
        server = embedded.spawn(tmp_path)
        embedded.wait_until_ready(tmp_path)
        with psycopg.connect(embedded.embedded_url(tmp_path)) as connection:
            assert connection.execute("select word from kept").fetchall() == [("còn",)]
    finally:
        embedded.stop(server)
    assert server.returncode == 0


def test_a_new_server_waits_for_the_children_of_a_killed_one(tmp_path: Path) -> None:
    embedded.prepare(tmp_path)
    server = embedded.spawn(tmp_path)
    try:
        embedded.wait_until_ready(tmp_path)
        with psycopg.connect(embedded.embedded_url(tmp_path)) as connection:
            child = connection.info.backend_pid
            os.kill(child, signal.SIGSTOP)
            awake = Timer(0.5, os.kill, (child, signal.SIGCONT))
            server.kill()
            server.wait()
            awake.start()
            server = embedded.spawn(tmp_path)
        embedded.wait_until_ready(tmp_path)
        assert server.poll() is None
    finally:
        embedded.stop(server)


def test_a_server_that_already_runs_is_left_running(tmp_path: Path) -> None:
    with embedded.running(tmp_path):
        with embedded.running(tmp_path):
            pass
        assert embedded.answers(embedded.embedded_url(tmp_path))
    assert not embedded.answers(embedded.embedded_url(tmp_path))


def test_an_orphan_is_stopped_before_a_new_one_starts(tmp_path: Path) -> None:
    embedded.prepare(tmp_path)
    orphan = embedded.spawn(tmp_path)
    embedded.wait_until_ready(tmp_path)
    embedded.stop_orphan(tmp_path, seconds=1)
    assert orphan.wait(10) == 0
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_a_deep_folder_gets_a_short_socket() -> None:
    deep = Path("/" + "/".join(["very-long-name"] * 10))
    assert len(str(embedded.socket_folder(deep))) < 80
    assert embedded.socket_folder(deep) != embedded.socket_folder(deep / "other")
