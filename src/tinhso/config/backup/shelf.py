"""An archive's folder: base backups, every piece of write-ahead log since the oldest of them, and all files.

``base-…/``  one encrypted picture of the cluster each, with its manifest
``wal/``     encrypted pieces of the log; ``kept.jsonl`` names each with size and SHA-256, and how far the log reaches
``files/``   encrypted contents of uploaded files, named by their SHA-256
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from tinhso.config.backup.sealed import BackupError, Part, check

FORMAT = 1
BASE, MANIFEST = "base.tar.gz.age", "manifest.json"
SEGMENT = re.compile(r"[0-9A-F]{24}")
_LOG_BYTES = 2**32
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Base:
    """One picture of the cluster, for every moment from ``ended_at`` on; ``start`` names the first piece it needs."""

    name: str
    ended_at: datetime
    start: str
    segment_bytes: int
    postgresql: int
    system: str
    part: Part

    @property
    def timeline(self) -> str:
        return self.start[:8]


@dataclass(frozen=True, slots=True)
class Way:
    """How to come to a moment: a base and the pieces of log after it, in their order."""

    base: Base
    pieces: list[Part]
    reached_at: datetime


@dataclass(slots=True)
class Kept:
    """What ``wal/kept.jsonl`` says: pieces by their name, and by timeline the moment up to which all is there."""

    pieces: dict[str, Part] = field(default_factory=dict)
    reached: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Shelf:
    """An archive's folder."""

    folder: Path

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @cached_property
    def _log(self) -> Path:
        return self.wal / "kept.jsonl"

    def prepare(self) -> None:
        """Make the folders; a note that a crash cut short goes, so that the next one begins on a line of its own."""
        for one in (self.folder, self.wal, self.files):
            one.mkdir(parents=True, mode=0o700, exist_ok=True)
        if self._log.exists():
            said = self._log.read_bytes()
            os.truncate(self._log, said.rfind(b"\n") + 1)

    def bases(self) -> list[Base]:
        """All whole base backups, oldest first. Raises BackupError when one's manifest cannot be read."""
        return sorted(map(_base, self.folder.glob("base-*")), key=lambda one: one.ended_at)

    def write_base(self, folder: Path, base: Base) -> None:
        said = {"format": FORMAT, **asdict(base), "ended_at": base.ended_at.isoformat()}
        (folder / MANIFEST).write_text(json.dumps(said, indent=1))

    def kept(self) -> Kept:
        """What was noted; a last line cut short by a crash is as if it were not there."""
        found = Kept()
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
            except ValueError:
                if number == len(lines):
                    break
                raise BackupError(f"{self._log} is damaged in line {number}.") from None
            if "reached" in said:
                found.reached[said["timeline"]] = datetime.fromisoformat(said["reached"])
            else:
                found.pieces[said["name"].partition(".")[0]] = Part(**said)
        return found

    def note_piece(self, part: Part) -> None:
        self._note(asdict(part))

    def note_reached(self, timeline: str, at: datetime) -> None:
        self._note({"timeline": timeline, "reached": at.isoformat()})

    def _note(self, said: dict[str, Any]) -> None:
        with self._log.open("a") as log:
            log.write(json.dumps(said) + "\n")
            log.flush()
            os.fsync(log.fileno())

    def way(self, until: datetime | None) -> Way:
        """How to come to ``until`` (None: as far as it goes). Raises BackupError when nothing leads there."""
        bases = [one for one in self.bases() if until is None or one.ended_at <= until]
        if not bases:
            first = next(iter(self.bases()), None)
            reason = f"it begins at {first.ended_at.isoformat()}" if first else "it holds no base backup"
            raise BackupError(f"{self.folder} does not go back to that moment: {reason}.")
        base, kept = bases[-1], self.kept()
        pieces = list(unbroken(base, kept.pieces))
        reached = max(kept.reached.get(base.timeline, base.ended_at), base.ended_at)
        beyond = [name for name in kept.pieces if name[:8] == base.timeline and name > _after(base, pieces)]
        if beyond:
            raise BackupError(f"The log has a gap: {_after(base, pieces)} is missing, {min(beyond)} is there.")
        if until is not None and until > reached:
            raise BackupError(f"The archive reaches to {reached.isoformat()}, not to {until.isoformat()}.")
        return Way(base, pieces, reached)

    def verify(self, way: Way) -> None:
        """Compare everything on the way, byte by byte, with what was noted when it was written."""
        check(self.folder / way.base.name / BASE, way.base.part)
        for piece in way.pieces:
            check(self.wal / piece.name, piece)

    def forget(self, before: datetime) -> list[str]:
        """Take away what serves only moments before ``before``; the newest base always stays. Says what went."""
        bases = self.bases()
        old = [one for one, next_one in pairwise(bases) if next_one.ended_at <= before]
        if not old:
            return []
        first, gone = bases[len(old)], []
        for one in old:
            shutil.rmtree(self.folder / one.name)
            gone.append(one.name)
        kept = self.kept()
        for name in [name for name in kept.pieces if name < first.start]:
            gone.append(kept.pieces.pop(name).name)
        self._write(kept)
        for name in gone[len(old) :]:
            (self.wal / name).unlink(missing_ok=True)
        # Each base touches the files it knows; what none of the kept ones knew is needed by no moment left.
        limit = first.ended_at.timestamp() - _DAY_SECONDS
        for path in [path for path in self.files.iterdir() if path.stat().st_mtime < limit]:
            path.unlink()
            gone.append(path.name)
        return gone

    def _write(self, kept: Kept) -> None:
        """The log anew, in the place of the old one in one step."""
        lines: list[dict[str, Any]] = [asdict(one) for one in kept.pieces.values()]
        lines += [{"timeline": name, "reached": at.isoformat()} for name, at in kept.reached.items()]
        fresh = self._log.with_suffix(".new")
        fresh.write_text("".join(json.dumps(line) + "\n" for line in lines))
        fresh.replace(self._log)


def _base(folder: Path) -> Base:
    try:
        said = json.loads((folder / MANIFEST).read_text())
        if said.pop("format") != FORMAT:
            raise BackupError(f"{folder.name} has another format; use the version that wrote it.")
        part = Part(**said.pop("part"))
        return Base(**said | {"part": part, "ended_at": datetime.fromisoformat(said["ended_at"])})
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BackupError(f"{folder} is no whole base backup: {MANIFEST} is missing or damaged.") from problem


def segment(position: int, timeline: str, size: int) -> str:
    """The name of the piece of log that holds a position (bytes since the beginning)."""
    number = position // size
    return f"{timeline}{number // (_LOG_BYTES // size):08X}{number % (_LOG_BYTES // size):08X}"


def following(name: str, size: int) -> str:
    """The name of the next piece."""
    number = int(name[8:16], 16) * (_LOG_BYTES // size) + int(name[16:], 16) + 1
    return segment(number * size, name[:8], size)


def unbroken(base: Base, pieces: dict[str, Part]) -> Iterator[Part]:
    """The pieces from the base's start on, as far as they follow one another."""
    name = base.start
    while name in pieces:
        yield pieces[name]
        name = following(name, base.segment_bytes)


def _after(base: Base, pieces: list[Part]) -> str:
    return following(pieces[-1].name.partition(".")[0], base.segment_bytes) if pieces else base.start
