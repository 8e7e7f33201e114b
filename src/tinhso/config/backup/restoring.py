"""Restoring: all bytes are checked, a new database is filled and counted, and only then does it take the place."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tinhso.config.backup import figures as counting
from tinhso.config.backup.making import DATABASE, FILES, FORMAT, MANIFEST, Say
from tinhso.config.backup.programs import database_name, program, url
from tinhso.config.backup.sealed import CHUNK, BackupError, Part, check, identity, opened

_SHA256_LENGTH = 64


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises BackupError."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        known = manifest["format"], [Part(**part) for part in manifest["parts"]], manifest["figures"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BackupError(f"{folder} is no whole backup: {MANIFEST} is missing or damaged.") from problem
    if known[0] != FORMAT:
        raise BackupError(f"This backup has format {known[0]}; this version reads {FORMAT}. Use the version it names.")
    if counting.fingerprint(manifest["figures"]) != manifest.get("fingerprint"):
        raise BackupError(f"{MANIFEST} was altered: its figures do not fit their fingerprint. Use another backup.")
    return dict(manifest)


def verify(folder: Path, key_file: Path | None = None) -> dict[str, Any]:
    """Check a backup byte by byte, with the key also that it can be read to its end; changes nothing."""
    manifest = read_manifest(folder)
    parts = {part["name"]: Part(**part) for part in manifest["parts"]}
    for name in (DATABASE, FILES):
        if name not in parts:
            raise BackupError(f"{MANIFEST} does not name {name}: the backup is damaged.")
        check(folder / name, parts[name])
    if key_file is not None:
        key = identity(key_file)
        for name in (DATABASE, FILES):
            with opened(folder / name, key) as plain:
                while plain.read(CHUNK):
                    continue
    return manifest


def restore(folder: Path, key_file: Path, *, replace: bool = False, say: Say = print) -> str:
    """Put a backup in the place of the database; returns the name under which the former one is kept (or empty).

    Raises BackupError: damaged, key does not fit, not empty and not ``replace``, figures differ. Then nothing changed.
    """
    say("Checking …")
    manifest = verify(folder, key_file)
    key, name, is_empty = identity(key_file), database_name(), _is_empty()
    if not replace and not is_empty:
        raise BackupError(
            f"The database {name} is not empty. Use --replace to keep it aside and take the backup's place."
        )
    with _filled(folder, key, manifest, say) as fresh:
        say(f"{manifest['files']:,} files …")
        _place(folder / FILES, key)
        return _swap(name, fresh, is_empty=is_empty)


def rehearse(folder: Path, key_file: Path, *, say: Say = print) -> float:
    """Do all of it beside the present database but take no place; returns the seconds it took. Raises BackupError."""
    begin = time.monotonic()
    say("Checking …")
    manifest = verify(folder, key_file)
    with _filled(folder, identity(key_file), manifest, say):
        return time.monotonic() - begin


@contextmanager
def _filled(folder: Path, key: Any, manifest: dict[str, Any], say: Say) -> Iterator[str]:
    """The name of a new database that holds what the backup held; it goes again unless it got another name."""
    fresh = f"{database_name()}_restoring"
    with _maintenance() as connection:
        connection.execute(f'drop database if exists "{fresh}" with (force)')
        connection.execute(f"create database \"{fresh}\" template template0 encoding 'UTF8' locale 'C.UTF-8'")
    try:
        say("Database …")
        _load(folder / DATABASE, key, fresh)
        say("Comparing figures …")
        _compare(manifest["figures"], fresh)
        yield fresh
    finally:
        with _maintenance() as connection:
            connection.execute(f'drop database if exists "{fresh}" with (force)')


def _is_empty() -> bool:
    import psycopg

    try:
        with psycopg.connect(url(), connect_timeout=10) as connection:
            found = connection.execute(
                "select 1 from information_schema.tables where table_schema = 'public' limit 1"
            ).fetchone()
            return found is None
    except psycopg.OperationalError as problem:
        if "does not exist" in str(problem):
            return True
        raise BackupError(f"The database server does not answer: {str(problem).strip().splitlines()[0]}") from problem


@contextmanager
def _maintenance() -> Iterator[Any]:
    import psycopg

    with psycopg.connect(url("postgres"), autocommit=True, connect_timeout=10) as connection:
        yield connection


def _load(path: Path, key: Any, database: str) -> None:
    command = [program("pg_restore"), "--exit-on-error", "--no-owner", "--no-acl", f"--dbname={url(database)}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        assert running.stdin is not None
        assert running.stderr is not None
        with opened(path, key) as plain:
            try:
                while data := plain.read(CHUNK):
                    running.stdin.write(data)
                running.stdin.close()
            except BrokenPipeError:
                pass  # it says itself why it stopped
        said = running.stderr.read().decode(errors="replace").strip()
    if running.returncode:
        raise BackupError(f"pg_restore failed: {said.splitlines()[-1] if said else running.returncode}")


def _place(path: Path, key: Any) -> None:
    """Put contents where they belong; one that is there already is left alone. Contents are named by their hash."""
    with opened(path, key) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        for member in tar:
            source = tar.extractfile(member)
            if source is None or len(member.name) != _SHA256_LENGTH:
                raise BackupError(f"The files hold something that is no content: {member.name[:80]!r}.")
            keep_content(member.name, member.pax_headers.get("TINHSO.path", ""), source)


def keep_content(sha256: str, key: str, source: IO[bytes]) -> None:
    """Put one content in its place unless it is there. Raises BackupError: it is not what its name says."""
    from django.core.files.base import File
    from django.core.files.storage import default_storage

    if sha256 not in key or ".." in key or key.startswith("/"):
        raise BackupError(f"A file would land outside its place: {key[:80]!r}.")
    if default_storage.exists(key):
        return
    import tempfile

    with tempfile.TemporaryFile() as kept:
        found = hashlib.sha256()
        while data := source.read(CHUNK):
            found.update(data)
            kept.write(data)
        if found.hexdigest() != sha256:
            raise BackupError(f"The content {sha256[:12]}… came out changed: the backup is damaged.")
        kept.seek(0)
        default_storage.save(key, File(kept))


@contextmanager
def looking_at(**where: str) -> Iterator[None]:
    """Let the platform's own connection look elsewhere meanwhile: ``NAME``, ``HOST`` … as in Django's settings."""
    from django.db import connections

    connection = connections["default"]
    kept = dict(connection.settings_dict)
    try:
        _let_go(connection)
        connection.settings_dict.update(where)
        yield
    finally:
        _let_go(connection)
        connection.settings_dict.update(kept)


def _let_go(connection: Any) -> None:
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def _compare(expected: counting.Figures, database: str) -> None:
    """Count in the new database what was counted when the backup was made."""
    with looking_at(NAME=database):
        found = counting.figures()
    wrong = counting.differences(expected, found)
    if wrong:
        raise BackupError(
            f"The restored figures differ in {len(wrong)} places, first {wrong[0]}. Nothing was replaced."
        )


def _swap(name: str, fresh: str, *, is_empty: bool) -> str:
    """Both names change in one transaction; who is connected to the former database is sent away, an empty one goes."""
    import psycopg

    former = f"{name}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    with _maintenance() as connection:
        there = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None
        for database in (name, fresh):
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database])
        try:
            with connection.transaction():
                if there:
                    connection.execute(f'alter database "{name}" rename to "{former}"')
                connection.execute(f'alter database "{fresh}" rename to "{name}"')
        except psycopg.errors.ObjectInUse as busy:
            raise BackupError("Somebody is still connected. Stop web and worker processes, then try again.") from busy
        if there and is_empty:
            connection.execute(f'drop database "{former}"')
    return former if there and not is_empty else ""
