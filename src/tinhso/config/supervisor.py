"""Keeps a deployment's processes alive: starts them in order, restarts one that dies, stops them in reverse order."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tinhso.config.lifeline import die_with_parent

LOOK_EVERY_SECONDS = 0.1
LONG_ENOUGH_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 10.0
LAST_WORDS_SECONDS = 3.0
LOG_BYTES = 20 * 1024 * 1024

Say = Callable[[str, str], None]


def pause_before_restart(deaths: int) -> float:
    """Seconds to wait: none after the first death, then a quarter of a second, doubling up to ten seconds."""
    return 0.0 if deaths <= 1 else min(0.25 * 2 ** (deaths - 2), LONGEST_PAUSE_SECONDS)


def spawn(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a child that leads its own group, so that Ctrl-C in a terminal reaches the supervisor alone."""
    return subprocess.Popen(  # noqa: S603
        list(command),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, takes no lock
    )


@dataclass
class Service:
    """One process to keep alive. ``stop_signal`` asks it to end; after ``patience`` seconds it is killed.

    ``renew_signal`` asks it to go on with the program that is on disk now; without one it is never renewed.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 20.0
    renew_signal: signal.Signals | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0


@dataclass
class Supervisor:
    """Runs services until ``stop`` is asked for. Order of ``services``: what others need comes first."""

    log_folder: Path
    say: Say
    services: list[Service] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def add(self, service: Service) -> None:
        """Start a service and watch it from now on."""
        self.services.append(service)
        self._start(service)

    def ask_to_stop(self, *_: object) -> None:
        self._stopping.set()

    def watch(self) -> None:
        """Look after the services until somebody asks to stop."""
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            self.look_once()

    def renew(self, before: Callable[[], bool]) -> None:
        """Have each service begin anew without a gap: told by its ``renew_signal``; one that ends is started again.

        ``before`` prepares what the new program needs; when it says False, everything stays as it is.
        """
        if not before():
            return
        for service in self.services:
            if service.process is not None and service.renew_signal is not None:
                self.say(service.name, "renewing")
                service.process.send_signal(service.renew_signal)

    def look_once(self) -> None:
        now = time.monotonic()
        for service in self.services:
            if service.process is None:
                if now >= service.start_at:
                    self._start(service)
            elif (code := service.process.poll()) is not None:
                self._note_death(service, code, now)

    def stop_all(self) -> None:
        """End the services, last started first; each is killed when it does not end in time."""
        for service in reversed(self.services):
            if service.process is not None:
                end(service.process, service.stop_signal, service.patience)
                self.say(service.name, "stopped")

    def _start(self, service: Service) -> None:
        service.process = service.start()
        service.started_at = time.monotonic()
        if service.process.stdout is not None:
            reader = (service.name, service.process.stdout)
            threading.Thread(target=self._copy_log, args=reader, daemon=True).start()

    def _note_death(self, service: Service, code: int, now: float) -> None:
        assert service.process is not None
        kill_group(service.process.pid)
        if now - service.started_at > LONG_ENOUGH_SECONDS:
            service.deaths = 0
        service.deaths += 1
        pause = pause_before_restart(service.deaths)
        service.process, service.start_at = None, now + pause
        self.say(service.name, f"ended with code {code}; starting again" + (f" in {pause:g} s" if pause else ""))

    def _copy_log(self, name: str, stream: IO[bytes]) -> None:
        self.log_folder.mkdir(parents=True, exist_ok=True)
        path = self.log_folder / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab", buffering=0) as log, suppress(ValueError):
            for line in stream:
                log.write(line)
                self.say(name, line.decode(errors="replace").rstrip())


def kill_group(pid: int) -> None:
    """Kill what a dead leader left behind: its own children would keep the port."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end(process: subprocess.Popen[bytes], how: signal.Signals, patience: float) -> None:
    """Ask a process to end; kill it and its group when it does not within ``patience`` seconds.

    Before that its children are asked themselves: a web server that is just renewing hears nothing for so long as it
    waits for its new processes, and what they are answering would be cut off."""
    if process.poll() is None:
        process.send_signal(how)
        _wait(process, patience)
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, how)
        _wait(process, LAST_WORDS_SECONDS)
    if process.poll() is None:
        process.kill()
        process.wait()
    kill_group(process.pid)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
