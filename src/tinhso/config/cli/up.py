"""``tinhso up``: the whole platform on one machine, kept alive until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from tinhso.config import embedded
from tinhso.config.cli import ready, statics
from tinhso.config.environment import env
from tinhso.config.supervisor import Service, Supervisor, spawn

DEMONSTRATION_PASSWORD_KEY = "DEMONSTRATION_PASSWORD"  # noqa: S105


@click.command()
@click.option("--demo/--no-demo", "with_demo", default=True, help="Fill an empty database with the demonstration.")
@click.option("--seed", default=1, show_default=True, help="Seed of the demonstration.")
@click.option("--only", type=click.Choice(["web", "worker"]), help="One of several machines on one DATABASE_URL.")
def up(with_demo: bool, seed: int, only: str | None) -> None:
    """Start database, web and worker; restart what dies; Ctrl-C stops all."""
    home = env.home.resolve()
    if only:
        return _one_of_several(home, only)
    with only_one(home):
        _ask_for_port()
        supervisor = Supervisor(home / "log", _say)
        try:
            _on_signals(_interrupt)
            _start_database(supervisor, home)
            _prepare(with_demo and not env.production, seed)
            _on_signals(supervisor.ask_to_stop)
            supervisor.add(_worker_service())
            supervisor.add(_web_service())
            if env.archive:
                supervisor.add(Service("archive", _archive, patience=40))
            _renew_when_asked(supervisor)
            _welcome()
            supervisor.watch()
        finally:
            _on_signals(supervisor.ask_to_stop)
            supervisor.stop_all()


def _one_of_several(home: Path, only: str) -> None:
    """Web or worker alone. The database is brought up to date by ``tinhso manage migrate``, once, by one machine."""
    if not env.database_url:
        raise click.ClickException("--only needs DATABASE_URL: an embedded database serves one machine.")
    with only_one(home, f"up-{only}.lock"):
        supervisor = Supervisor(home / "log", _say)
        try:
            _on_signals(_interrupt)
            if only == "web":
                _ask_for_port()
            ready.django()
            _wait_for_migrations()
            statics.collect()
            ready.close_connections()
            _on_signals(supervisor.ask_to_stop)
            supervisor.add({"web": _web_service, "worker": _worker_service}[only]())
            _renew_when_asked(supervisor)
            supervisor.watch()
        finally:
            _on_signals(supervisor.ask_to_stop)
            supervisor.stop_all()


def _wait_for_migrations() -> None:
    """A new program waits for its tables; an old one finds nothing missing and goes on."""
    said = False
    while waiting := ready.waiting_migrations():
        if not said:
            _say("setup", f"{len(waiting)} migrations wait; run “tinhso manage migrate” on one machine")
        said = True
        time.sleep(1)


@contextmanager
def only_one(home: Path, name: str = "up.lock") -> Iterator[None]:
    """Refuse to start twice on the same data folder. The lock goes with the process, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"Already running on {home}. Stop that one first, or set TINHSO_HOME.") from None
        yield


def _ask_for_port() -> None:
    """Say now that the port is taken, rather than let the web server fail again and again."""
    family = socket.AF_INET6 if ":" in env.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((env.host, env.port))
        except OSError as problem:
            sentence = f"{env.host}:{env.port} cannot be used: {problem.strerror}. Choose another: PORT=8001 make run"
            raise click.ClickException(sentence) from None


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, handler)


def _interrupt(*_: object) -> None:
    """While preparing: stop at once; what was begun in a transaction is undone."""
    raise KeyboardInterrupt


def _start_database(supervisor: Supervisor, home: Path) -> None:
    if env.database_url:
        return
    embedded.prepare(home)
    embedded.stop_orphan(home)
    supervisor.add(Service("database", lambda: embedded.spawn(home), stop_signal=signal.SIGINT, patience=40))
    embedded.wait_until_ready(home)


def _prepare(with_demo: bool, seed: int) -> None:
    from django.core.management import call_command
    from django.db import transaction

    ready.django()
    if waiting := ready.waiting_migrations():
        _say("setup", f"bringing the database up to date ({len(waiting)} steps) …")
        ready.be_patient()
        call_command("migrate", verbosity=0, interactive=False)
    if statics.collect():
        _say("setup", "static files collected")
    if with_demo and ready.is_empty():
        from tinhso.config.cli.demo import load

        _say("setup", "loading the demonstration province; this happens once …")
        with transaction.atomic():
            load("small", seed)
    ready.close_connections()


def _web() -> subprocess.Popen[bytes]:
    options = {
        "--interface": "wsgi",
        "--host": env.host,
        "--port": str(env.port),
        "--workers": str(env.workers),
        "--blocking-threads": "2",
        "--respawn-interval": str(env.renewal_seconds),
        "--workers-kill-timeout": "20",
        "--log-level": "warning",
    }
    command = [sys.executable, "-m", "granian", "--respawn-failed-workers", "--no-ws"]
    command += [part for pair in options.items() for part in pair]
    return spawn([*command, "tinhso.config.wsgi:application"], {"PYTHONUNBUFFERED": "1", **_counting()})


def _counting() -> dict[str, str]:
    """A fresh folder where the web processes add up what they count, when somebody wants to read it."""
    if not env.metrics_token:
        return {}
    folder = env.home.resolve() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _worker() -> subprocess.Popen[bytes]:
    return spawn([sys.executable, "-m", "tinhso.config.worker"], {"PYTHONUNBUFFERED": "1"})


def _web_service() -> Service:
    return Service("web", _web, patience=25, renew_signal=signal.SIGHUP)


def _worker_service() -> Service:
    return Service("worker", _worker, patience=40, renew_signal=signal.SIGTERM)


def _renew_when_asked(supervisor: Supervisor) -> None:
    """SIGUSR2: take up the program that is on disk now, one process after the other, once its tables are there."""

    def prepared() -> bool:
        done = subprocess.run([sys.executable, "-m", "tinhso.config.cli", "prepare"], check=False)
        if done.returncode:
            _say("setup", "not renewed: the new program could not be prepared")
        return done.returncode == 0

    def renew(*_: object) -> None:
        threading.Thread(target=supervisor.renew, args=(prepared,), daemon=True).start()

    signal.signal(signal.SIGUSR2, renew)


@click.command(hidden=True)
def prepare() -> None:
    """Wait for the tables this program needs and collect its static files; what ``up`` asks of a new program."""
    ready.django()
    _wait_for_migrations()
    statics.collect()
    ready.close_connections()


def _archive() -> subprocess.Popen[bytes]:
    return spawn([sys.executable, "-m", "tinhso.config.cli", "archive", str(env.archive)], {"PYTHONUNBUFFERED": "1"})


def _welcome() -> None:
    from django.conf import settings

    lines = ["", f"  {click.style('Tỉnh Số', bold=True)}  {settings.BASE_URL}", ""]
    password = getattr(settings, DEMONSTRATION_PASSWORD_KEY, "")
    accounts = [] if env.production else _demonstration_accounts()
    if accounts and password:
        lines.append(f"  Demonstration accounts, password {click.style(password, bold=True)}:")
        lines += [f"    {username:<24} {name}" for username, name in accounts]
    lines += ["", f"  Data: {env.home.resolve()}   Stop: Ctrl-C", ""]
    click.echo("\n".join(lines))


def _demonstration_accounts() -> list[tuple[str, str]]:
    from tinhso.kernel.people.models import Account

    known = Account.objects.filter(is_demonstration=True, is_active=True).order_by("-is_official", "id")
    rows = list(known.values_list("username", "display_name")[:12])
    ready.close_connections()
    return rows


_COLOURS = {"web": "cyan", "worker": "magenta", "database": "blue", "setup": "green"}


def _say(name: str, line: str) -> None:
    """One line on the console; a closed console must not stop the platform."""
    try:
        click.echo(f"{click.style(f'{name:<8}', fg=_COLOURS.get(name))} {line}")
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
