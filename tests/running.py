"""The real platform in its own processes: ``tinhso up`` on a free port with a folder of its own, stopped at the end."""

from __future__ import annotations

import contextlib
import json
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
from typing import Any

import psutil

MARKS = {"web": "granian", "worker": "tinhso.config.worker", "database": "bin/postgres"}


def wait_for(truth: Callable[[], object], seconds: float, what: str = "it") -> float:
    """Seconds until it became true; fails when it did not."""
    begin = time.monotonic()
    while not truth():
        assert time.monotonic() - begin < seconds, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)
    return time.monotonic() - begin


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    process: subprocess.Popen[bytes]
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
            [sys.executable, *command], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def stage(self, *what: str) -> dict[str, Any]:
        """Put the small world of ``tests.world`` into the platform's database; its names and numbers."""
        found: dict[str, Any] = json.loads(self.run("-m", "tests.stage", *what).strip().splitlines()[-1])
        return found

    def log(self) -> str:
        return (self.home / "up.out").read_text()


@contextlib.contextmanager
def running(home: Path, **more: str) -> Iterator[Running]:
    """The platform with an empty database, ready to serve."""
    port = _free_port()
    root = Path(__file__).resolve().parents[1]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"TINHSO_HOME": str(home), "TINHSO_PORT": str(port), "TINHSO_LOG_LEVEL": "WARNING", **more}
    environment |= {"PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]), "TINHSO_TEST_FOLDER": ""}
    with (home / "up.out").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tinhso.config.cli", "up", "--no-demo"],
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    platform = Running(process, port, home, environment)
    try:
        wait_for(lambda: platform.status() == 200 or process.poll() is not None, 120, "the platform")
        assert process.poll() is None, platform.log()
        yield platform
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
