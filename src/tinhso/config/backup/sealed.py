"""Parts of a backup: encrypted while they are written, checked before they are believed."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made or used; the message says why and what to do next."""


@dataclass(frozen=True, slots=True)
class Part:
    """An encrypted file of a backup: its name, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


def recipients(texts: list[str]) -> list[Any]:
    """Public keys. Raises BackupError when there is none or one cannot be read."""
    import pyrage

    if not texts:
        raise BackupError(
            "No key to encrypt for. Make one with “tinhso backup-key FILE”, keep FILE away from this machine,"
            " and set TINHSO_BACKUP_RECIPIENTS to what the command prints."
        )
    try:
        return [pyrage.x25519.Recipient.from_str(text.strip()) for text in texts]
    except pyrage.RecipientError as wrong:
        raise BackupError("TINHSO_BACKUP_RECIPIENTS holds something that is no age public key (age1…).") from wrong


def identity(path: Path) -> Any:
    """The secret key in a file. Raises BackupError."""
    import pyrage

    try:
        text = next(line for line in path.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
        return pyrage.x25519.Identity.from_str(text.strip())
    except (OSError, UnicodeDecodeError, StopIteration, pyrage.IdentityError) as wrong:
        raise BackupError(f"{path} holds no age secret key (AGE-SECRET-KEY-…).") from wrong


class _Counting:
    """Writes on, and remembers length and hash of what passed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size, self.hash = file, 0, hashlib.sha256()
        self.problem: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self.file.write(data)
        except OSError as problem:
            self.problem = problem  # what encrypts tells only that something went wrong
            raise
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        self.file.flush()


def seal(path: Path, source: IO[bytes], keys: list[Any]) -> Part:
    """Encrypt a stream into a new file that is safely on disk when this returns, then read it again to be sure."""
    import pyrage

    with path.open("xb") as file:
        counting = _Counting(file)
        try:
            pyrage.encrypt_io(source, counting, keys)
        except pyrage.EncryptError as failed:
            raise counting.problem or failed from failed
        file.flush()
        os.fsync(file.fileno())
    part = Part(path.name, counting.size, counting.hash.hexdigest())
    check(path, part)
    return part


def check(path: Path, part: Part) -> None:
    """Compare a file with what is known of it. Raises BackupError."""
    try:
        size = path.stat().st_size
        if size != part.size:
            raise BackupError(f"{part.name} has {size:,} bytes instead of {part.size:,}: the backup is damaged.")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise BackupError(f"{part.name} cannot be read ({problem.strerror}): the backup is damaged.") from problem
    if found != part.sha256:
        raise BackupError(f"{part.name} was altered since it was written: the backup is damaged. Use another one.")


@contextmanager
def opened(path: Path, key: Any) -> Iterator[IO[bytes]]:
    """The plain content of a part as a stream. Raises BackupError when the key does not fit or the content is bad."""
    import pyrage

    problems: list[Exception] = []
    read_end, write_end = os.pipe()

    def decrypt() -> None:
        with path.open("rb") as sealed, os.fdopen(write_end, "wb") as plain:
            try:
                pyrage.decrypt_io(sealed, plain, [key])
            except (pyrage.DecryptError, OSError) as problem:
                problems.append(problem)

    thread = threading.Thread(target=decrypt, daemon=True)
    thread.start()
    with os.fdopen(read_end, "rb") as plain:
        try:
            yield plain
        finally:
            while plain.read(CHUNK):
                continue
            thread.join()
    if problems:
        raise BackupError(f"{path.name} cannot be decrypted ({problems[0]}). Is this the key it was made for?")


def fed(feed: Callable[[IO[bytes]], None]) -> _Fed:
    """A stream to read from, filled by ``feed(stream to write to)`` in a thread."""
    return _Fed(feed)


class _Fed:
    def __init__(self, feed: Callable[[IO[bytes]], None]) -> None:
        self.feed, self.problem = feed, None

    problem: Exception | None

    def __enter__(self) -> IO[bytes]:
        read_end, write_end = os.pipe()
        self.plain = os.fdopen(read_end, "rb")

        def run() -> None:
            try:
                with os.fdopen(write_end, "wb") as target:
                    self.feed(target)
            except Exception as problem:
                self.problem = problem

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        return self.plain

    def __exit__(self, *_: object) -> None:
        self.plain.close()
        self.thread.join()
        if self.problem is not None and not isinstance(self.problem, BrokenPipeError):
            raise self.problem
