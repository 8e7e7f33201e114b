"""Processes stop when they are asked to, whatever they are just doing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.running import free_port, wait_for

from tinhso.config import supervisor
from tinhso.config.lifeline import stop_while_loading

SLOW = """
import pathlib, time
from tinhso.config.lifeline import stop_while_loading
stop_while_loading()
pathlib.Path({folder!r}, "loading").touch()
time.sleep(300)
"""
DEAF = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
if os.fork() == 0:
    def heard(*_):
        (folder / "answered").touch()
        sys.exit(0)
    signal.signal(signal.SIGTERM, heard)
    (folder / "answering").touch()
    time.sleep(300)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
(folder / "deaf").touch()
time.sleep(300)
"""


@pytest.fixture
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_web_process_that_still_loads_stops_at_once(tmp_path: Path) -> None:
    (tmp_path / "slow_program.py").write_text(SLOW.format(folder=str(tmp_path)))
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(free_port())]
    command += ["--workers", "1", "--workers-kill-timeout", "200", "--working-dir", str(tmp_path), "slow_program:none"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_for((tmp_path / "loading").exists, 60, "the program to load")
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=60)
    finally:
        supervisor.kill_group(server.pid)
    assert (server.returncode, b"Killing" in said) == (0, False)


def test_one_that_was_asked_before_it_could_hear_ends_too(handler: None) -> None:
    class Parent(SimpleNamespace):
        def heard(self, *_: object) -> None:
            self.interrupt_signal = True

    parent = Parent(interrupt_signal=False)
    signal.signal(signal.SIGTERM, parent.heard)
    stop_while_loading()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    signal.signal(signal.SIGTERM, parent.heard)
    parent.heard()
    with pytest.raises(SystemExit):
        stop_while_loading()


def test_before_a_deaf_process_is_killed_its_children_are_asked(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", DEAF, str(tmp_path)], start_new_session=True)
    for sign in ("answering", "deaf"):
        wait_for(lambda sign=sign: (tmp_path / sign).exists(), 30, sign)  # type: ignore[misc]
    supervisor.end(process, signal.SIGTERM, patience=0.1)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "answered").exists()
