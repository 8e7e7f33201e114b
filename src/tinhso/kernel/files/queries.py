"""Reading what is kept."""

from __future__ import annotations

import hashlib

from django.core.files import File
from django.core.files.storage import default_storage

from tinhso.kernel.files import outage
from tinhso.kernel.files.models import Attachment, Blob

UNREADABLE = "Tạm thời chưa mở được tệp này. Tệp vẫn được giữ; thử lại sau ít phút hoặc gọi 1022."


def open_attachment(attachment: Attachment) -> File:
    """The content, open for reading; the caller closes it (``with``)."""
    return open_blob(attachment.blob)


def open_blob(blob: Blob) -> File:
    """The content, open for reading. Raises Unavailable when the store does not have it or does not answer."""
    with outage.told("files.unreadable", UNREADABLE):
        return default_storage.open(blob.path, "rb")


def content(attachment: Attachment) -> bytes:
    """All bytes at once; for papers of a few megabytes, not for large files."""
    with outage.told("files.unreadable", UNREADABLE), open_attachment(attachment) as file:
        return file.read()


def is_intact(blob: Blob) -> bool:
    """Whether what lies in the store still has the fingerprint it came with."""
    fingerprint = hashlib.sha256()
    with open_blob(blob) as file:
        for chunk in file.chunks(256 * 1024):
            fingerprint.update(chunk)
    return fingerprint.hexdigest() == blob.sha256
