"""Clearing away what uploads that were broken off have left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.files import rules
from tinhso.kernel.files.actions import INCOMING, local_path, lock_number
from tinhso.kernel.files.models import Blob

AGE = timedelta(days=1)
SHELVES = [f"{number:02x}" for number in range(256)]


@app.periodic(cron="17 * * * *", periodic_id="files.sweep")
@app.task(name="files.sweep", queueing_lock="files.sweep", retry=3)
def sweep_next_shelf(timestamp: int) -> None:
    """One of the 256 shelves each hour: the whole store in under eleven days, never a long run."""
    sweep(SHELVES[timestamp // 3600 % 256], at=timezone.now())


def sweep(shelf: str, *, at: datetime) -> int:
    """Remove contents nobody uses and files without a row, older than a day; returns how many were removed."""
    before = at - AGE
    _clear_incoming(before)
    unused = Blob.objects.filter(path__startswith=f"files/{shelf}/", attachments=None, created_at__lt=before)
    removed = sum(_remove(sha256, before) for sha256 in unused.values_list("sha256", flat=True)[:10_000])
    return removed + sum(_remove(sha256, before) for sha256 in list(_fingerprints_on(shelf)))


def _remove(sha256: str, before: datetime) -> bool:
    """Whether the content went; never while somebody stores the same or uses it."""
    key = rules.key_of(sha256)
    with transaction.atomic():
        if not _alone_with(sha256):
            return False
        if (blob := Blob.objects.filter(sha256=sha256).first()) is not None:
            if blob.created_at >= before:
                return False
            try:
                with transaction.atomic():
                    blob.delete()
            except ProtectedError:
                return False
        if default_storage.exists(key) and default_storage.get_modified_time(key) < before:
            default_storage.delete(key)
            return True
        return blob is not None


def _alone_with(sha256: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_number(sha256)])
        return bool(cursor.fetchone()[0])


def _fingerprints_on(shelf: str) -> Iterator[str]:
    """Fingerprints whose file has no row."""
    for box in _folders(f"files/{shelf}"):
        names = _names(f"files/{shelf}/{box}")
        known = set(Blob.objects.filter(sha256__in=names).values_list("sha256", flat=True))
        yield from (name for name in names if name not in known and len(name) == 64)


def _folders(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []


def _names(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[1]
    except FileNotFoundError:
        return []


def _clear_incoming(before: datetime) -> None:
    folder = local_path(INCOMING)
    for path in folder.glob("upload-*") if folder and folder.exists() else ():
        if Path(path).stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
