"""Keeping an archive: a base backup now and then, and everything that is written after it, within a minute.

The server's write-ahead log is received as a replica would receive it, so nothing is set up on the server: the user
needs the right REPLICATION and may switch the log. A replication slot makes the server keep what was not received yet.
"""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from tinhso.config.backup.making import Say
from tinhso.config.backup.programs import environment, program, url
from tinhso.config.backup.sealed import BackupError, Part, fed, recipients, seal
from tinhso.config.backup.shelf import BASE, SEGMENT, Base, Shelf, segment
from tinhso.config.lifeline import die_with_parent

SLOT = "tinhso_archive"
LOOK_EVERY_SECONDS = 0.1
RECEIVE_WITHIN_SECONDS = 120.0
OVERLAP = 10_000  # ids are given before they are seen, so the newest files are looked at again


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server's log stands."""

    at: datetime
    position: int
    timeline: str
    segment_bytes: int
    system: str
    version: int

    @property
    def name(self) -> str:
        return segment(self.position, self.timeline, self.segment_bytes)


_PLACE = """
select clock_timestamp(), pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
       substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
       (select setting::bigint from pg_settings where name = 'wal_segment_size'),
       (select system_identifier::text from pg_control_system()), current_setting('server_version_num')::int
"""


class Archive:
    """Keeps one archive of one server."""

    def __init__(self, folder: Path, keys: list[str], incoming: Path, *, say: Say = print) -> None:
        self.shelf, self.keys, self.incoming, self.say = Shelf(folder), recipients(keys), incoming, say
        self.seen_files = 0

    def once(self, base_every: timedelta) -> datetime:
        """Bring the archive up to date and return the moment it reaches. Raises BackupError."""
        with self._receiving(base_every):
            return self._advance()

    def keep(self, base_every: timedelta, keep: timedelta, every: float, stop: threading.Event) -> None:
        """Go on until asked to stop: up to date every ``every`` seconds, a new base in time, old ones forgotten."""
        with self._receiving(base_every) as receiver:
            while not stop.is_set():
                self._advance()
                if self._wants_base(base_every):
                    self._make_base()
                    for gone in self.shelf.forget(datetime.now(UTC) - keep):
                        self.say(f"forgotten: {gone}")
                if receiver.poll() is not None:
                    raise BackupError(f"pg_receivewal ended with code {receiver.returncode}.")
                stop.wait(every)

    @contextmanager
    def _receiving(self, base_every: timedelta) -> Iterator[subprocess.Popen[bytes]]:
        try:
            self.shelf.prepare()
            self.incoming.mkdir(parents=True, mode=0o700, exist_ok=True)
            self._prepare_slot()
            with _receiver(self.incoming) as receiver:
                if self._wants_base(base_every):
                    self._make_base()
                yield receiver
        except OSError as problem:
            reason = problem.strerror or problem
            raise BackupError(f"The archive {self.shelf.folder} cannot be written: {reason}. Make room.") from problem

    def _prepare_slot(self) -> None:
        """Make the slot; one that fell too far behind was given up by the server and begins anew."""
        lost = _ask(f"select 1 from pg_replication_slots where slot_name = '{SLOT}' and wal_status = 'lost'")  # noqa: S608
        if lost:
            self.say("The server gave the archive up because it was away too long; a new base begins.")
            _ask(f"select pg_drop_replication_slot('{SLOT}')")
        fresh = not _ask(f"select 1 from pg_replication_slots where slot_name = '{SLOT}'")  # noqa: S608
        if fresh:
            shutil.rmtree(self.incoming)
            self.incoming.mkdir(mode=0o700)
            _ask(f"select pg_create_physical_replication_slot('{SLOT}', true)")

    def _wants_base(self, every: timedelta) -> bool:
        """Whether none fits: too old, another server or timeline, or a gap in the log after it."""
        place, bases = self.place(), self.shelf.bases()
        if not bases:
            return True
        newest = bases[-1]
        if newest.system != place.system:
            raise BackupError(f"{self.shelf.folder} belongs to another database server. Choose an empty folder.")
        if newest.timeline != place.timeline or newest.ended_at < datetime.now(UTC) - every:
            return True
        try:
            self.shelf.way(None)
        except BackupError as gap:
            self.say(str(gap))
            return True
        return False

    def place(self) -> Place:
        [row] = _ask(_PLACE)
        return Place(row[0], int(row[1]), *row[2:])

    def _advance(self) -> datetime:
        """Close the running piece of log, wait for it and put everything away; files first, so that none is missing."""
        place = self.place()
        _ask("select pg_logical_emit_message(false, 'tinhso', 'archive')")  # an empty piece would not be closed
        _ask("select pg_switch_wal()")
        end = time.monotonic() + RECEIVE_WITHIN_SECONDS
        while not (self.incoming / place.name).exists():
            if time.monotonic() > end:
                raise BackupError(f"The server did not send {place.name}; see its log.")
            time.sleep(LOOK_EVERY_SECONDS)
        self._keep_files()
        self._keep_pieces()
        self.shelf.note_reached(place.timeline, place.at)
        return place.at

    def _keep_pieces(self) -> None:
        """Each closed piece once: what the server sends again after a break is kept already, and stays."""
        arrived = sorted(path for path in self.incoming.iterdir() if SEGMENT.fullmatch(path.name))
        kept = self.shelf.kept().pieces if arrived else {}
        for path in arrived:
            if path.name not in kept:
                target = self.shelf.wal / f"{path.name}.gz.age"
                partial = target.with_suffix(".partial")
                partial.unlink(missing_ok=True)
                part = _pack(path, partial, self.keys)
                partial.rename(target)
                self.shelf.note_piece(replace(part, name=target.name))
            path.unlink()

    def _keep_files(self) -> None:
        """Contents that are not there yet. They never change, so each is kept once."""
        from django.core.files.storage import default_storage

        rows = _ask("select id, sha256, path from files_blob where id > %s order by id", [self.seen_files - OVERLAP])
        for number, sha256, path in rows:
            target = self.shelf.files / f"{sha256}.age"
            if not target.exists() and default_storage.exists(path):
                partial = target.with_suffix(".partial")
                partial.unlink(missing_ok=True)
                with default_storage.open(path) as content:
                    seal(partial, content, self.keys)
                partial.rename(target)
            self.seen_files = max(self.seen_files, number)

    def _make_base(self) -> None:
        place, moment = self.place(), datetime.now(UTC)
        partial = self.shelf.folder / ".base.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        try:
            self.say("Base backup …")
            part = _picture(partial / BASE, self.keys)
            name = f"base-{moment:%Y%m%d-%H%M%S}"
            ended = self.place().at
            base = Base(name, ended, place.name, place.segment_bytes, place.version, place.system, part)
            self.shelf.write_base(partial, base)
            partial.rename(self.shelf.folder / name)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        self.seen_files = 0
        for (sha256,) in _ask("select sha256 from files_blob"):
            path = self.shelf.files / f"{sha256}.age"
            if path.exists():
                os.utime(path)


def _ask(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    import psycopg

    try:
        with psycopg.connect(url(), autocommit=True, connect_timeout=10) as connection:
            return connection.execute(statement, values).fetchall()
    except psycopg.Error as problem:
        raise BackupError(f"The database server refuses: {str(problem).strip().splitlines()[0]}") from problem


@contextmanager
def _receiver(incoming: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [program("pg_receivewal"), f"--directory={incoming}", f"--slot={SLOT}", f"--dbname={url()}"]
    running = subprocess.Popen(  # noqa: S603
        [*command, "--status-interval=2", "--no-password"],
        env=environment(),
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one system call, takes no lock
    )
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _pack(path: Path, target: Path, keys: list[Any]) -> Part:
    def feed(stream: IO[bytes]) -> None:
        with path.open("rb") as plain, gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed:
            shutil.copyfileobj(plain, packed, 1024 * 1024)

    with fed(feed) as plain:
        return seal(target, plain, keys)


def _picture(target: Path, keys: list[Any]) -> Part:
    """The whole cluster as one tar, with the log that makes it consistent."""
    command = [program("pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"]
    with subprocess.Popen(  # noqa: S603
        [*command, "--no-password", f"--dbname={url()}"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        source = running.stdout

        def feed(stream: IO[bytes]) -> None:
            with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed:
                shutil.copyfileobj(source, packed, 1024 * 1024)

        try:
            with fed(feed) as plain:
                part = seal(target, plain, keys)
        except BaseException:
            running.kill()
            raise
        said = running.stderr.read().decode(errors="replace").strip()
    if running.returncode:
        raise BackupError(f"pg_basebackup failed: {said.splitlines()[-1] if said else running.returncode}")
    return part
