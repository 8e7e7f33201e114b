"""Making a backup: one moment of the database, every file that moment knows, and what both add up to."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tinhso.config.backup import figures as counting
from tinhso.config.backup.programs import program, url
from tinhso.config.backup.sealed import BackupError, Part, fed, recipients, seal

FORMAT = 1
DATABASE, FILES, MANIFEST = "database.dump.age", "files.tar.age", "manifest.json"
Say = Callable[[str], None]


def make(folder: Path, keys: list[str], *, at: datetime | None = None, say: Say = print) -> Path:
    """Write a backup into a folder of its own below ``folder`` and return that; a broken-off one leaves nothing.

    Raises BackupError: no key, no room, a program failed.
    """
    known = recipients(keys)
    moment = at or datetime.now(UTC)
    target = folder / f"tinhso-{moment:%Y%m%d-%H%M%S}"
    partial = folder / f".{target.name}.partial"
    try:
        if target.exists():
            raise BackupError(f"{target} is there already.")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        _fill(partial, known, moment, say)
        partial.rename(target)
    except OSError as problem:
        raise BackupError(
            f"The backup could not be written to {folder}: {problem.strerror or problem}."
            " Nothing incomplete was left there. Make room or choose another folder."
        ) from problem
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _fill(folder: Path, keys: list[Any], moment: datetime, say: Say) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("set local idle_in_transaction_session_timeout = 0")
        cursor.execute("select pg_export_snapshot(), pg_current_wal_lsn()::text, current_setting('server_version')")
        snapshot, position, server = cursor.fetchone()
        say("Database …")
        parts = [_dump(folder / DATABASE, keys, snapshot)]
        known = counting.figures()
        cursor.execute("select sha256, path from files_blob order by id")
        blobs = cursor.fetchall()
    say(f"{len(blobs):,} files …")
    parts.append(_collect(folder / FILES, keys, blobs))
    manifest = {
        "format": FORMAT,
        "made_at": moment.isoformat(),
        "postgresql": server,
        "position": position,
        "parts": [asdict(part) for part in parts],
        "figures": known,
        "fingerprint": counting.fingerprint(known),
        "migrations": _migrations(),
        "files": len(blobs),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))


def _dump(path: Path, keys: list[Any], snapshot: str) -> Part:
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", url()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            part = seal(path, running.stdout, keys)
        except BaseException:
            running.kill()
            raise
        said = running.stderr.read().decode(errors="replace").strip()
    if running.returncode:
        raise BackupError(f"pg_dump failed: {said.splitlines()[-1] if said else running.returncode}")
    return part


def _collect(path: Path, keys: list[Any], blobs: list[tuple[str, str]]) -> Part:
    """All contents as a tar whose member names are their fingerprints."""
    from django.core.files.storage import default_storage

    def feed(target: IO[bytes]) -> None:
        with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for sha256, key in blobs:
                member = tarfile.TarInfo(sha256)
                member.size = default_storage.size(key)
                member.pax_headers = {"TINHSO.path": key}
                with default_storage.open(key) as file:
                    tar.addfile(member, file)

    stream = fed(feed)
    with stream as plain:
        return seal(path, plain, keys)


def _migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
