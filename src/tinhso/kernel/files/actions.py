"""Bringing a content into the store: the file first, its row after, so that no row is ever without its file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import ProtectedError

from tinhso.kernel.files import inspection, outage, rules
from tinhso.kernel.files.models import Attachment, Blob

CHUNK = 256 * 1024
STORE_DOWN = "Kho tệp tạm thời không nhận được. Những gì bạn đã lưu vẫn còn; gửi lại tệp này sau ít phút."
INCOMING = "incoming"


def store(
    stream: Any,
    *,
    name: str,
    by_account_id: int | None,
    purpose: str,
    limit: int | None = None,
    allowed: frozenset[str] = rules.USUAL,
) -> Attachment:
    """Keep an uploaded content under ``name``; refused when it is empty, too big, not allowed or not what it says.

    ``stream`` is anything with ``chunks()`` or ``read(size)``; ``limit`` is in bytes (usual: the deployment's).
    Until the surrounding transaction is committed the content is protected from the sweep.
    """
    shown = rules.clean_name(name)
    with _Received(stream, limit or settings.MAX_UPLOAD_BYTES) as received:
        rules.check_size(shown, received.size, received.limit)
        media_type, shown = inspection.judge(received.path, name=shown, allowed=allowed)
        with transaction.atomic():
            blob = _keep(received, media_type)
            return Attachment.objects.create(blob=blob, name=shown, owner_id=by_account_id, purpose=purpose)


def store_made(content: bytes, *, name: str, purpose: str, media_type: str = rules.PDF) -> Attachment:
    """Keep a content the platform made itself (a printed paper, a signed result): no owner, nothing to distrust."""
    return store_stream(iter([content]), size=len(content), name=name, purpose=purpose, media_type=media_type)


def store_stream(stream: Any, *, size: int, name: str, purpose: str, media_type: str = rules.ZIP) -> Attachment:
    """As ``store_made``, for a content of at most ``size`` bytes that is not held in memory."""
    with _Received(stream, size) as received, transaction.atomic():
        blob = _keep(received, media_type)
        return Attachment.objects.create(blob=blob, name=rules.clean_name(name), owner_id=None, purpose=purpose)


def use_again(attachment: Attachment, *, purpose: str, name: str | None = None) -> Attachment:
    """A further use of the same content, such as a paper of the vault filed with a dossier."""
    return Attachment.objects.create(
        blob_id=attachment.blob_id,
        name=rules.clean_name(name or attachment.name),
        owner_id=attachment.owner_id,
        purpose=purpose,
    )


def let_go(attachment_ids: Iterable[int]) -> int:
    """Forget these uses of contents, except those that something still points to; returns how many went.

    A content that nobody uses any more is swept from the store within days (``jobs.sweep``)."""
    gone = 0
    for one in Attachment.objects.filter(pk__in=set(attachment_ids)).order_by("pk"):
        try:
            with transaction.atomic():
                one.delete()
        except ProtectedError:
            continue
        gone += 1
    return gone


def _keep(received: _Received, media_type: str) -> Blob:
    """The row for this content, after its file is in place."""
    hold_against_sweep(received.sha256)
    key = rules.key_of(received.sha256)
    with outage.told("files.store_down", STORE_DOWN):
        if not _is_in_place(key, received.size):
            _place(received.path, key)
    row = Blob(sha256=received.sha256, size=received.size, media_type=media_type, path=key)
    Blob.objects.bulk_create([row], ignore_conflicts=True)
    return Blob.objects.get(sha256=received.sha256)


def hold_against_sweep(sha256: str) -> None:
    """Shared among those who store, exclusive for the sweep; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [lock_number(sha256)])


def lock_number(sha256: str) -> int:
    return int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)


def _is_in_place(key: str, size: int) -> bool:
    return default_storage.exists(key) and default_storage.size(key) == size


def _place(path: Path, key: str) -> None:
    """Put the complete file under its key, in one step: nobody ever reads half a file."""
    if local := local_path(key):
        local.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o640)
        path.replace(local)
        _flush_folder(local.parent)
        return
    with path.open("rb") as file:
        kept = default_storage.save(key, File(file, name=key))
    if kept != key:  # somebody else placed the same content in between
        default_storage.delete(kept)


def _flush_folder(folder: Path) -> None:
    """So that the new name survives a power cut, as the content does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def local_path(key: str) -> Path | None:
    """The path on this machine, or None where the store is elsewhere (S3)."""
    try:
        return Path(default_storage.path(key))
    except NotImplementedError:
        return None


class _Received:
    """An upload on its way in: a temporary file beside the store, its size and fingerprint; gone after the block."""

    def __init__(self, stream: Any, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.sha256 = ""
        self._stream = stream

    def __enter__(self) -> _Received:
        with outage.told("files.store_down", STORE_DOWN):
            folder = local_path(INCOMING)
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
            descriptor, path = tempfile.mkstemp(prefix="upload-", dir=folder)
            self.path = Path(path)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    self._copy_into(file)
            except BaseException:
                self.path.unlink(missing_ok=True)
                raise
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)

    def _copy_into(self, file: Any) -> None:
        fingerprint = hashlib.sha256()
        for chunk in _chunks(self._stream):
            self.size += len(chunk)
            if self.size > self.limit:
                break  # what is too big is not read to its end
            fingerprint.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        self.sha256 = fingerprint.hexdigest()


def _chunks(stream: Any) -> Iterator[bytes]:
    if hasattr(stream, "chunks"):
        yield from stream.chunks(CHUNK)
    elif hasattr(stream, "read"):
        while chunk := stream.read(CHUNK):
            yield chunk
    else:
        yield from stream
