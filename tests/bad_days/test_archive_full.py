"""The disk of the archive is full: it says so, keeps what it has, loses nothing, and goes on once there is room."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from tests.bad_days.conftest import Key, Worked
from tests.bad_days.machines import Machine, at_work

from tinhso.config import embedded
from tinhso.config.backup import archiving
from tinhso.config.backup.archiving import Archive
from tinhso.config.backup.rewinding import verify
from tinhso.config.backup.sealed import BackupError, check
from tinhso.config.backup.shelf import Shelf

pytestmark = [pytest.mark.bad_day, pytest.mark.slow]


class Disk:
    """A disk with so much room: what is sealed onto it counts, and what does not fit is written in part."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.room, self.sealed = 1 << 40, archiving.seal
        patch.setattr(archiving, "seal", self.seal)

    def seal(self, path: Path, source: IO[bytes], keys: list[Any]) -> Any:
        if self.room <= 0:
            path.write_bytes(os.urandom(4096))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = self.sealed(path, source, keys)
        self.room -= part.size
        return part


def _archived(machine: Machine, archive: Path, key: Key) -> Any:
    return Archive(archive, [key.public], machine.home / "incoming-log").once(timedelta(days=7))


def _write(machine: Machine, word: str) -> None:
    with psycopg.connect(embedded.embedded_url(machine.home), autocommit=True) as connection:
        connection.execute("create table if not exists said (word text)")
        connection.execute("insert into said values (%s)", [word])


def _said(home: Path) -> list[str]:
    with psycopg.connect(embedded.embedded_url(home)) as connection:
        return [str(row[0]) for row in connection.execute("select word from said order by word")]


@pytest.mark.parametrize("room_for_base", [False, True], ids=["from the beginning", "after its base"])
def test_a_full_archive_keeps_what_it_has_and_goes_on_without_a_gap(
    room_for_base: bool, worked: Worked, key: Key, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    with at_work(tmp_path / "home", key.public, like=worked.home) as machine, pytest.MonkeyPatch.context() as patch:
        patch.setattr(archiving, "url", lambda: embedded.embedded_url(machine.home))
        patch.setattr(default_storage, "_wrapped", FileSystemStorage(machine.home / "files"))
        disk = Disk(patch)
        before = _archived(machine, archive, key) if room_for_base else None
        _write(machine, "khi đầy")
        disk.room = 0
        for _again in range(2):
            with pytest.raises(BackupError, match=r"cannot be written: No space left on device\. Make room\."):
                _archived(machine, archive, key)

        # Nothing half-written counts, and what was there before still leads to its moment.
        assert len(Shelf(archive).bases()) == int(room_for_base)
        assert not list(archive.glob(".base*"))
        if before is not None:
            assert verify(archive, before, key.file).reached_at == before

        # With room it goes on where it stood: the log of the time without room is in it.
        disk.room = 1 << 40
        _write(machine, "sau đó")
        reached = _archived(machine, archive, key)
        assert verify(archive, reached, key.file).reached_at == reached
        assert len(Shelf(archive).bases()) == 1
        assert _said(machine.home) == ["khi đầy", "sau đó"]


def test_a_piece_that_is_sent_again_leaves_the_kept_one_as_it_is(
    key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path / "archive", [key.public], tmp_path / "incoming-log")
    archive.shelf.prepare()
    archive.incoming.mkdir()
    piece = archive.incoming / "000000010000000000000002"
    piece.write_bytes(b"log" * 1000)
    archive._keep_pieces()
    kept = archive.shelf.kept().pieces[piece.name]
    Disk(monkeypatch).room = 0
    piece.write_bytes(b"log" * 1000)
    archive._keep_pieces()
    check(archive.shelf.wal / kept.name, kept)
    assert not piece.exists()
