"""Servers to measure, and how much processor time they and the database's own processes have used."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
WORKERS, THREADS = 2, 2  # as ``tinhso up`` starts them


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running web server: its port, and the process above its workers."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        return children(self.pid)

    def cpu(self) -> float:
        """Seconds of processor time its processes have used."""
        return sum(used(pid) for pid in (self.pid, *self.workers()))

    def memory(self) -> list[float]:
        """MiB resident of each worker."""
        return [_resident(pid) for pid in self.workers()]


@contextlib.contextmanager
def serving(application: str, environment: Mapping[str, str], log: Path, ready: str) -> Iterator[Server]:
    """Granian with this program as long as the block lasts; ``ready`` is a path that answers 200."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning", application,
    ]  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(process, port, ready, log)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, path: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once, see {log}")
        with contextlib.suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the server did not answer within {seconds:.0f} s, see {log}")


def children(pid: int) -> list[int]:
    """All processes below this one."""
    found = [
        int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
    ]
    return [below for one in found for below in (one, *children(one))]


def used(pid: int) -> float:
    """Seconds of processor time; 0 for a process that has ended."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) * TICK


def postgres_cpu(postmaster: int) -> float:
    """Seconds used by the processes that serve connections; writers in the background are not counted."""
    return sum(used(pid) for pid in children(postmaster) if b"[local]" in _title(pid))


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
