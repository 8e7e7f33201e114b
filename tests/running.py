"""The real platform in its own processes: ``tinhso up`` on a free port with a folder of its own, stopped at the end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
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
from typing import Any

import psutil

MARKS = {"web": "granian", "worker": "tinhso.config.worker", "database": "bin/postgres"}
TINHSO = ("-m", "tinhso.config.cli")
BARE = "bare"
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # it need not outlive the machine


def wait_for(truth: Callable[[], object], seconds: float, what: str = "it") -> float:
    """Seconds until it became true; fails when it did not."""
    begin = time.monotonic()
    while not truth():
        assert time.monotonic() - begin < seconds, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)
    return time.monotonic() - begin


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    process: Any
    port: int
    home: Path
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def status(self, path: str = "/khoe/san-sang") -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def child(self, name: str) -> psutil.Process | None:
        """The process called ``web``, ``worker`` or ``database`` that this platform started."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if MARKS[name] in " ".join(child.cmdline()):
                    return child
        return None

    def run(self, *command: str) -> str:
        """What a program says that runs beside the platform, on the same data."""
        done = subprocess.run(
            [sys.executable, *command], env=self.environment, capture_output=True, text=True, check=False, timeout=400
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def stage(self, *what: str) -> dict[str, Any]:
        """Put the small world of ``tests.world`` into the platform's database; its names and numbers."""
        found: dict[str, Any] = json.loads(self.run("-m", "tests.stage", *what).strip().splitlines()[-1])
        return found

    def log(self) -> str:
        return (self.home / "up.out").read_text()

    def wait(self, seconds: float = 120) -> None:
        """Until it serves; fails with its log when it ended instead."""
        wait_for(lambda: self.status() == 200 or self.process.poll() is not None, seconds, "the platform")
        assert self.process.poll() is None, self.log()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def found(home: Path) -> Path:
    """Fill a folder with a database that has all tables and nothing in them, to be copied by many (``like``).

    Beside it stands ``BARE``, as the migrations alone leave it: what tests of one process begin with.
    """
    import psycopg

    from tinhso.config import embedded

    home.mkdir(exist_ok=True)
    with embedded.running(home, **CARELESS):
        platform = Running(None, 0, home, _environment(home, 0))
        platform.run(*TINHSO, "manage", "migrate", "--verbosity=0")
        with psycopg.connect(embedded.embedded_url(home, "postgres"), autocommit=True) as server:
            server.execute(f"create database {BARE} template {embedded.DATABASE}")
        platform.run(*TINHSO, "prepare")
    return home


def copy(like: Path, home: Path) -> None:
    """Begin with what another home holds; who owns the files stays as it is."""
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{like}/.", str(home)], check=True)
    shutil.rmtree(home / "postgres-run", ignore_errors=True)


def start(home: Path, *options: str, port: int | None = None, **more: str) -> Running:
    """``tinhso up`` on a folder; whoever starts it stops it."""
    port = port or free_port()
    environment = _environment(home, port) | more
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.out").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *TINHSO, "up", *options], env=environment, stdout=out, stderr=out, start_new_session=True
        )
    return Running(process, port, home, environment)


@contextlib.contextmanager
def running(
    home: Path, *, like: Path | None = None, options: tuple[str, ...] = ("--no-demo",), **more: str
) -> Iterator[Running]:
    """The platform with an empty database, ready to serve. ``like`` spares it the making of its tables."""
    if like is not None:
        copy(like, home)
    platform = start(home, *options, **more)
    try:
        platform.wait()
        yield platform
    finally:
        platform.stop()


def _environment(home: Path, port: int) -> dict[str, str]:
    root = Path(__file__).resolve().parents[1]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"TINHSO_HOME": str(home), "TINHSO_PORT": str(port), "TINHSO_LOG_LEVEL": "WARNING"}
    return environment | {"PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]), "TINHSO_TEST_FOLDER": ""}
