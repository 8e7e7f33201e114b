"""A machine is destroyed and comes back as of any moment: before the mistake, after the last good work."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from tests.bad_days.conftest import Key, Worked
from tests.bad_days.machines import Machine, at_work
from tests.running import wait_for

from tinhso.config import embedded
from tinhso.config.backup import archiving
from tinhso.config.backup.archiving import Archive
from tinhso.config.backup.rewinding import rewind, unpack, verify
from tinhso.config.backup.sealed import BackupError, Part
from tinhso.config.backup.shelf import BASE, Base, Shelf, following, segment

Count = Callable[[Machine], str]
pytestmark = [pytest.mark.bad_day, pytest.mark.slow]

SIXTEEN = 16 * 1024 * 1024


@dataclass
class Story:
    """What was archived: a day's work until ``moment``, then a mistake. The machine itself is gone."""

    archive: Path
    key: Path
    moment: datetime
    good: str
    spoilt: str
    files: dict[Path, bytes]


def _files(home: Path) -> dict[Path, bytes]:
    there = home / "files"
    return {path.relative_to(there): path.read_bytes() for path in there.rglob("*") if path.is_file()}


def _sql(machine: Machine, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(embedded.embedded_url(machine.home), autocommit=True) as connection:
        done = connection.execute(statement)
        return done.fetchall() if done.description else []


def _archived(machine: Machine, archive: Path, key: Key) -> datetime:
    """Bring the archive up to date as ``tinhso archive --once`` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archiving, "url", lambda: embedded.embedded_url(machine.home))
        patch.setattr(default_storage, "_wrapped", FileSystemStorage(machine.home / "files"))
        return Archive(archive, [key.public], machine.home / "incoming-log").once(timedelta(days=7))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, worked: Worked, key: Key, figures: Count) -> Story:
    archive = tmp_path_factory.mktemp("archive")
    with at_work(tmp_path_factory.mktemp("doomed"), key.public, like=worked.home) as machine:
        _archived(machine, archive, key)
        done = machine.run("tests.journeys.behind", f"resolve:{worked.told['dossiers']['filed']}")
        assert done.returncode == 0, done.stderr[-2000:]
        [(moment,)] = _sql(machine, "select clock_timestamp()")
        assert isinstance(moment, datetime)
        good, files = figures(machine), _files(machine.home)
        _sql(machine, "delete from notices_notice")
        spoilt = figures(machine)
        assert _archived(machine, archive, key) > moment
        home = machine.home
    shutil.rmtree(home)
    return Story(archive, key.file, moment, good, spoilt, files)


def test_a_destroyed_machine_comes_back_as_it_was_before_the_mistake(
    story: Story, tmp_path: Path, key: Key, figures: Count
) -> None:
    machine = Machine(tmp_path / "fresh", key.public)
    restore = ("restore", str(story.archive), "--key", str(story.key))
    said = machine.tinhso(*restore, "--until", story.moment.isoformat())
    assert said == "Restored; journal and files are whole.\n"
    assert _files(machine.home) == story.files
    copy = tmp_path / "archive"
    shutil.copytree(story.archive, copy)
    with at_work(machine.home):
        assert figures(machine) == story.good != story.spoilt
        # It goes on in the same archive, from a base of its own; what came before can still be gone back to.
        _archived(machine, copy, key)
    bases = Shelf(copy).bases()
    assert [base.timeline for base in bases] == ["00000001", "00000002"]
    assert Shelf(copy).way(None).base == bases[1]
    assert Shelf(copy).way(story.moment).base == bases[0]
    assert "Use --replace" in machine.refusal(*restore, "--until", "latest")


def test_the_newest_state_is_that_of_the_last_minute(
    story: Story, tmp_path: Path, figures: Count, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", FileSystemStorage(tmp_path / "files"))
    with django_db_blocker.unblock():
        assert rewind(tmp_path, story.archive, story.key, None) == ""
    with at_work(tmp_path) as machine:
        assert figures(machine) == story.spoilt


def test_another_servers_folder_is_filled_and_left_to_it(story: Story, tmp_path: Path) -> None:
    way = unpack(story.archive, story.key, tmp_path / "main", story.moment)
    assert (tmp_path / "main" / "recovery.signal").exists()
    said = (tmp_path / "main" / "postgresql.auto.conf").read_text()
    assert f"recovery_target_time = '{story.moment.astimezone(UTC).isoformat(sep=' ')}'" in said
    assert len(list((tmp_path / "main-wal").glob("*.gz"))) == len(way.pieces)
    with pytest.raises(BackupError, match="is not empty"):
        unpack(story.archive, story.key, tmp_path / "main", None)


def test_nothing_in_the_archive_can_be_read_without_the_key(story: Story, tmp_path: Path) -> None:
    for path in story.archive.rglob("*.age"):
        assert path.read_bytes().startswith(b"age-encryption.org/v1")
    plain = [path.name for path in story.archive.rglob("*") if path.is_file() and path.suffix != ".age"]
    assert sorted(set(plain)) == ["kept.jsonl", "manifest.json"]
    import pyrage

    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(BackupError, match="Is this the key it was made for"):
        verify(story.archive, None, other)
    assert verify(story.archive, None, story.key).pieces


def _flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def _last_piece(archive: Path) -> Path:
    shelf = Shelf(archive)
    return shelf.wal / shelf.way(None).pieces[-1].name


def _hole(archive: Path) -> None:
    log = archive / "wal" / "kept.jsonl"
    first = Shelf(archive).way(None).pieces[0].name
    log.write_text("".join(line for line in log.read_text().splitlines(keepends=True) if first not in line))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda archive: _flip(_last_piece(archive)), "was altered since it was written"),
        (lambda archive: _last_piece(archive).unlink(), "cannot be read"),
        (_hole, "The log has a gap"),
        (lambda archive: _flip(next(archive.glob("base-*")) / BASE), "was altered since it was written"),
        (lambda archive: (next(archive.glob("base-*")) / "manifest.json").unlink(), "is no whole base backup"),
        (lambda archive: shutil.rmtree(next(archive.glob("base-*"))), "it holds no base backup"),
    ],
)
def test_a_damaged_archive_is_refused_with_its_reason(
    story: Story, tmp_path: Path, harm: Callable[[Path], None], reason: str
) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(story.archive, copy)
    harm(copy)
    with pytest.raises(BackupError, match=reason):
        verify(copy, None)


@pytest.mark.parametrize(
    ("away", "reason"), [(timedelta(days=-1), "does not go back to that moment"), (timedelta(days=1), "reaches to")]
)
def test_moments_the_archive_does_not_know_are_refused(story: Story, away: timedelta, reason: str) -> None:
    with pytest.raises(BackupError, match=reason):
        verify(story.archive, story.moment + away)


def test_an_archive_that_was_killed_goes_on_without_a_gap_and_another_server_is_refused(
    tmp_path: Path, founded: Path, key: Key
) -> None:
    archive = tmp_path / "archive"
    with at_work(tmp_path / "home", key.public, like=founded) as machine:
        command = [sys.executable, "-m", "tinhso.config.cli", "archive", str(archive), "--seconds", "0.2"]
        running = subprocess.Popen(command, env=machine.environment())
        reached = lambda: Shelf(archive).kept().reached.get("00000001")  # noqa: E731
        wait_for(lambda: reached() and len(Shelf(archive).kept().pieces) >= 3, 60, "three pieces of log")
        running.send_signal(signal.SIGKILL)
        running.wait()
        before = reached()
        assert before is not None
        _sql(machine, "create table said as select 'còn' as word")
        moment = datetime.now(UTC)
        assert _archived(machine, archive, key) == reached() > moment > before
        assert len(Shelf(archive).bases()) == 1
        verify(archive, moment, key.file)

        # Another server's log would not fit.
        manifest = next(archive.glob("base-*")) / "manifest.json"
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"system": "1"}))
        with pytest.raises(BackupError, match="belongs to another database server"):
            _archived(machine, archive, key)


def _shelf(folder: Path, days: list[int], now: datetime) -> Shelf:
    """An archive with a base so many days ago each, two pieces of log after each and a file known at that time."""
    shelf = Shelf(folder)
    shelf.prepare()
    for number, day in enumerate(days):
        start = segment(number * 2 * SIXTEEN, "00000001", SIXTEEN)
        place, at = folder / f"base-{number}", now - timedelta(days=day)
        place.mkdir()
        shelf.write_base(place, Base(place.name, at, start, SIXTEEN, 180000, "1", Part(BASE, 0, "")))
        for name in (start, following(start, SIXTEEN)):
            (shelf.wal / f"{name}.gz.age").touch()
            shelf.note_piece(Part(f"{name}.gz.age", 0, ""))
        (shelf.files / f"{number}.age").touch()
        os.utime(shelf.files / f"{number}.age", (at.timestamp(), at.timestamp()))
    return shelf


def test_what_serves_no_moment_any_more_is_forgotten_and_the_newest_base_never(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    shelf = _shelf(tmp_path, [60, 50, 40, 3], now)
    shelf.note_reached("00000001", now)
    shelf.forget(now - timedelta(days=35))
    # The base of 40 days ago still leads to the days after it.
    assert [base.name for base in shelf.bases()] == ["base-2", "base-3"]
    assert len(shelf.kept().pieces) == len(list(shelf.wal.glob("*.age"))) == 4
    assert sorted(path.name for path in shelf.files.iterdir()) == ["2.age", "3.age"]
    assert shelf.way(now - timedelta(days=39)).base.name == "base-2"
    shelf.forget(now)
    assert [base.name for base in shelf.bases()] == ["base-3"]


def test_names_of_pieces_follow_one_another_over_the_end_of_a_log() -> None:
    assert following("0000000100000000000000FE", SIXTEEN) == "0000000100000000000000FF"
    assert following("0000000100000000000000FF", SIXTEEN) == "000000010000000100000000"
    assert segment(0x1_0200_0000, "00000002", SIXTEEN) == "000000020000000100000002"


def test_a_note_cut_short_by_a_crash_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    shelf = _shelf(tmp_path, [1], datetime.now(UTC))
    with (shelf.wal / "kept.jsonl").open("a") as log:
        log.write('{"name": "00000001')
    assert len(shelf.kept().pieces) == 2
    shelf.prepare()
    shelf.note_piece(Part("000000010000000000000002.gz.age", 0, ""))
    assert len(shelf.kept().pieces) == 3
