"""Looks into an uploaded file without unpacking it, and lets the rules judge what was seen."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import rules

ENDS_OF_PDF = 64 * 1024  # at one of its ends a PDF says that it is encrypted


def judge(path: Path, *, name: str, allowed: frozenset[str]) -> tuple[str, str]:
    """The media type and the name to keep, or a refusal. ``path`` is a complete, non-empty file."""
    with path.open("rb") as file:
        head = file.read(rules.HEAD_BYTES)
    entries = _entries(path, name) if head.startswith(b"PK") else []
    media_type = rules.sniff(head, name, entries)
    if media_type in rules.ARCHIVES:
        rules.check_archive(name, entries)
    if media_type:
        name = rules.agreed_name(name, media_type)
    rules.check_type(name, media_type, allowed)
    if media_type in rules.PICTURES - {rules.HEIC}:
        rules.check_picture(name, *_measure(path, name))
    if media_type == rules.PDF and _asks_for_a_password(path):
        raise rules.locked(name)
    return media_type, name


def _entries(path: Path, name: str) -> list[rules.Entry]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [rules.Entry(info.filename, info.compress_size, info.file_size) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as broken:
        raise rules.damaged(name) from broken


def _asks_for_a_password(path: Path) -> bool:
    """Whether a PDF opens with a password only. Those that merely forbid printing or copying open without one."""
    with path.open("rb") as file:
        ends = file.read(ENDS_OF_PDF)
        file.seek(max(0, path.stat().st_size - ENDS_OF_PDF))
        ends += file.read()
        return b"/Encrypt" in ends and not _opens(file)


def _opens(file: BinaryIO) -> bool:
    """Whether an encrypted PDF opens without a password; what the reader cannot make out is left to people's eyes."""
    from pyhanko.pdf_utils.crypt import AuthStatus
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(file, strict=False)
        return not reader.encrypted or reader.decrypt("").status != AuthStatus.FAILED
    except Exception:  # the reader meets hostile bytes
        return True


def _measure(path: Path, name: str) -> tuple[int, int]:
    """Width and height in pixels, from the head of the picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                return picture.size
    except Image.DecompressionBombError as bomb:
        raise Refusal(
            "files.image_bomb",
            f"Ảnh “{name}” quá lớn. Chụp hoặc quét lại ở độ phân giải thấp hơn.",
            field="file",
        ) from bomb
    except Exception as broken:  # the reader meets hostile bytes: whatever it stumbles over, the picture is unusable
        raise rules.damaged(name) from broken
