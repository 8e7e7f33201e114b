"""Restoring from an archive: a server as of any moment since the first base backup that is kept.

``unpack`` puts a data folder down that any PostgreSQL of the same version brings to the moment by itself when it is
started. ``rewind`` does all of it for the embedded server, beside the present one, and changes places only when journal
and files are whole.
"""

from __future__ import annotations

import gzip
import os
import pwd
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinhso.config import embedded
from tinhso.config.backup.making import Say
from tinhso.config.backup.restoring import keep_content, looking_at
from tinhso.config.backup.sealed import CHUNK, BackupError, identity, opened
from tinhso.config.backup.shelf import BASE, Shelf, Way

RECOVER_WITHIN_SECONDS = 4 * 3600
_SETTINGS = ("restore_command", "recovery_target_time", "recovery_target_action", "recovery_target_timeline")


def verify(folder: Path, until: datetime | None, key_file: Path | None = None) -> Way:
    """Check all that leads to a moment; with the key also that it can be read to its end. Raises BackupError."""
    shelf = Shelf(folder)
    way = shelf.way(until)
    shelf.verify(way)
    if key_file is not None:
        key = identity(key_file)
        for path in [folder / way.base.name / BASE, *(shelf.wal / one.name for one in way.pieces)]:
            with opened(path, key) as plain:
                while plain.read(CHUNK):
                    continue
    return way


def unpack(folder: Path, key_file: Path, data: Path, until: datetime | None, *, say: Say = print) -> Way:
    """Fill ``data`` and, beside it, ``<data>-wal``; the server does the rest at its next start."""
    say("Checking …")
    way, key, log = verify(folder, until), identity(key_file), data.with_name(f"{data.name}-wal")
    if data.exists() and any(data.iterdir()):
        raise BackupError(f"{data} is not empty. Move it aside first, or name another folder.")
    for one in (data, log):
        one.mkdir(parents=True, mode=0o700, exist_ok=True)
    say(f"Base backup of {way.base.ended_at.isoformat()} …")
    with (
        opened(folder / way.base.name / BASE, key) as packed,
        gzip.GzipFile(fileobj=packed, mode="rb") as plain,
        tarfile.open(fileobj=plain, mode="r|") as tar,
    ):
        tar.extractall(data, filter="tar")
    say(f"{len(way.pieces):,} pieces of log …")
    for piece in way.pieces:
        with (
            opened(folder / "wal" / piece.name, key) as packed,
            (log / piece.name.removesuffix(".age")).open("wb") as to,
        ):
            shutil.copyfileobj(packed, to, CHUNK)
    _aim(data, log, until)
    return way


def _aim(data: Path, log: Path, until: datetime | None) -> None:
    """Tell the server where its log lies and where to stop."""
    lines = {
        "restore_command": f"test -f '{log}/%f.gz' && gzip -dc '{log}/%f.gz' > '%p'".replace("'", "''"),
        "recovery_target_action": "promote",
        "recovery_target_timeline": "current",
    }
    if until is not None:
        lines["recovery_target_time"] = until.astimezone(UTC).isoformat(sep=" ")
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.writelines(f"{name} = '{value}'\n" for name, value in lines.items())
    (data / "recovery.signal").touch(mode=0o600)


def rewind(
    home: Path, folder: Path, key_file: Path, until: datetime | None, *, replace: bool = False, say: Say = print
) -> str:
    """Bring the embedded server of ``home`` to a moment; returns where the former data folder is kept (or nothing).

    Raises BackupError, and then nothing has changed.
    """
    present, place = home / "postgres", home / "rewinding"
    if (present / "PG_VERSION").exists() and not replace:
        raise BackupError(f"{present} holds a database. Use --replace to keep it aside and take the archive's place.")
    shutil.rmtree(place, ignore_errors=True)
    try:
        unpack(folder, key_file, place / "postgres", until, say=say)
        say("Replaying …")
        with _recovered(place, until):
            say("Comparing …")
            with looking_at(HOST=str(embedded.socket_folder(place)), PORT="", NAME=embedded.DATABASE):
                _whole_journal()
                _place_files(Shelf(folder), identity(key_file))
        former = home / f"postgres_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
        there = present.exists()
        if there:
            present.rename(former)
        (place / "postgres").rename(present)
        return str(former) if there else ""
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _recovered(place: Path, until: datetime | None) -> Iterator[None]:
    """The server at the moment asked for, open for writing."""
    _give_to_owner(place)
    try:
        server = _start(place)
    except _NotStarted as problem:
        if until is None or "recovery ended before configured recovery target" not in str(problem):
            raise BackupError(f"The server could not replay the log: {problem}") from problem
        # Nothing was written between the moment and the end of what is kept, so the end is the moment.
        _drop_target(place / "postgres")
        server = _start(place)
    try:
        yield
    finally:
        embedded.stop(server)


class _NotStarted(Exception):
    """The server ended by itself; says its last words."""


def _give_to_owner(place: Path) -> None:
    embedded.prepare(place)
    if owner := embedded.owner():
        user = pwd.getpwnam(owner)
        for folder, _folders, files in os.walk(place):
            for name in ("", *files):
                os.chown(Path(folder) / name, user.pw_uid, user.pw_gid)


def _start(place: Path) -> subprocess.Popen[bytes]:
    """Start and wait until all is replayed."""
    import psycopg

    server, end = embedded.spawn(place), time.monotonic() + RECOVER_WITHIN_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            log = (place / "log" / "postgres.log").read_text(errors="replace").strip()
            raise _NotStarted(next((line for line in reversed(log.splitlines()) if "FATAL" in line), log[-300:]))
        with suppress(psycopg.OperationalError), _admin(place) as connection:
            row = connection.execute("select pg_is_in_recovery()").fetchone()
            if row == (False,):
                for name in _SETTINGS:
                    connection.execute(f"alter system reset {name}")
                return server
        time.sleep(0.1)
    embedded.stop(server)
    raise BackupError("The log could not be replayed in time.")


def _admin(place: Path) -> Any:
    import psycopg

    return psycopg.connect(embedded.embedded_url(place, "postgres"), autocommit=True, connect_timeout=5)


def _drop_target(data: Path) -> None:
    path = data / "postgresql.auto.conf"
    kept = [line for line in path.read_text().splitlines() if not line.startswith("recovery_target_time ")]
    path.write_text("\n".join(kept) + "\n")


def _whole_journal() -> None:
    from tinhso.kernel.cases import queries as cases
    from tinhso.kernel.journal import queries

    ends: dict[str, queries.End] = {}
    problems = [*queries.verify(ends), *cases.verify(ends)]
    if problems:
        raise BackupError(f"The journal is not whole at that moment: {problems[0]}. Nothing was replaced.")


def _place_files(shelf: Shelf, key: Any) -> None:
    """Every content the database knows at that moment; one that is not in its place comes from the archive."""
    from django.core.files.storage import default_storage
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select sha256, path from files_blob order by id")
        known = cursor.fetchall()
    for sha256, path in known:
        if default_storage.exists(path):
            continue
        sealed = shelf.files / f"{sha256}.age"
        if not sealed.exists():
            raise BackupError(f"The content {sha256[:12]}… is neither in the archive nor in its place.")
        with opened(sealed, key) as plain:
            keep_content(sha256, path, plain)
