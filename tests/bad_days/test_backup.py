"""A machine is destroyed and comes back from its backup with the same figures; what is damaged is refused."""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.bad_days.conftest import Key, Worked
from tests.bad_days.machines import Machine, at_work

from tinhso.config import embedded
from tinhso.config.backup.restoring import verify
from tinhso.config.backup.sealed import BackupError

Count = Callable[[Machine], str]
pytestmark = [pytest.mark.bad_day, pytest.mark.slow]


@dataclass
class Story:
    """A machine at work, its backup and the key that is kept elsewhere."""

    machine: Machine
    backup: Path
    key: Path
    figures: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, worked: Worked, key: Key, figures: Count) -> Iterator[Story]:
    with at_work(tmp_path_factory.mktemp("machine"), key.public, like=worked.home) as machine:
        backup = Path(machine.tinhso("backup", str(tmp_path_factory.mktemp("backups"))).strip())
        yield Story(machine, backup, key.file, figures(machine))


def test_a_destroyed_machine_comes_back_with_the_same_figures_and_files(
    story: Story, tmp_path: Path, figures: Count
) -> None:
    with at_work(tmp_path) as fresh:
        said = fresh.tinhso("restore", str(story.backup), "--key", str(story.key))
        assert said == "Restored; the figures are those of the backup.\n"
        assert figures(fresh) == story.figures
        kept = {
            path.relative_to(fresh.home): path.read_bytes()
            for path in (fresh.home / "files").rglob("*")
            if path.is_file()
        }
        there = story.machine.home / "files"
        assert kept
        assert kept == {path: (there / path.relative_to("files")).read_bytes() for path in kept}
        assert "The journal's chain is whole" in fresh.run("tinhso.config.cli", "doctor").stdout


def test_a_backup_says_that_it_is_whole_and_nobody_reads_it_without_the_key(story: Story) -> None:
    said = story.machine.tinhso("backup", "--check", str(story.backup), "--key", str(story.key))
    assert said.startswith("Whole: ")
    assert (story.backup / "database.dump.age").read_bytes().startswith(b"age-encryption.org/v1")
    everything = b"".join(path.read_bytes() for path in story.backup.iterdir())
    assert "Nguyễn Thị".encode() not in everything
    other = story.key.with_name("other.txt")
    story.machine.tinhso("backup-key", str(other))
    assert "Is this the key it was made for?" in story.machine.refusal(
        "backup", "--check", str(story.backup), "--key", str(other)
    )
    assert oct(other.stat().st_mode)[-3:] == "600"


def _flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def _shorten(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 100)


def _figures_altered(path: Path) -> None:
    said = json.loads(path.read_text())
    said["figures"]["rows cases_case"] = "0"
    path.write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("name", "harm", "reason"),
    [
        ("database.dump.age", _flip, "was altered since it was written"),
        ("files.tar.age", _flip, "was altered since it was written"),
        ("database.dump.age", _shorten, "bytes instead of"),
        ("files.tar.age", Path.unlink, "cannot be read"),
        ("manifest.json", Path.unlink, "is no whole backup"),
        ("manifest.json", _shorten, "is no whole backup"),
        ("manifest.json", _figures_altered, "do not fit their fingerprint"),
    ],
)
def test_a_damaged_backup_is_refused_with_its_reason(
    story: Story, tmp_path: Path, name: str, harm: Callable[[Path], None], reason: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(story.backup, copy)
    harm(copy / name)
    with pytest.raises(BackupError, match=reason):
        verify(copy, story.key)


def test_a_damaged_backup_is_not_even_begun_with(story: Story, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(story.backup, copy)
    _flip(copy / "database.dump.age")
    before = story.machine.database()
    said = story.machine.refusal("restore", str(copy), "--key", str(story.key), "--replace")
    assert "was altered since it was written" in said
    assert story.machine.database() == before


def test_a_rehearsal_fills_and_counts_and_leaves_everything_as_it_was(story: Story) -> None:
    before = story.machine.database()
    said = story.machine.tinhso("restore", str(story.backup), "--key", str(story.key), "--rehearse")
    assert said.startswith("Can be restored, in ")
    assert story.machine.database() == before
    with psycopg.connect(embedded.embedded_url(story.machine.home)) as connection:
        assert connection.execute("select count(*) from pg_database where datname like '%restoring'").fetchone() == (0,)


def test_a_database_that_is_not_empty_is_kept_unless_told_and_then_kept_aside(story: Story, figures: Count) -> None:
    machine = story.machine
    assert "is not empty" in machine.refusal("restore", str(story.backup), "--key", str(story.key))
    with psycopg.connect(embedded.embedded_url(machine.home)) as connection:
        connection.execute("delete from notices_notice")
    assert figures(machine) != story.figures
    said = machine.tinhso("restore", str(story.backup), "--key", str(story.key), "--replace")
    assert "Former database: tinhso_before_" in said
    assert figures(machine) == story.figures


def test_a_full_disk_leaves_no_half_backup_and_says_what_to_do(story: Story, tmp_path: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    said = story.machine.refusal("backup", str(tmp_path), before=little_room)
    assert "could not be written" in said
    assert "Make room or choose another folder" in said
    assert list(tmp_path.iterdir()) == []


def test_without_a_key_no_backup_is_made(story: Story, tmp_path: Path) -> None:
    without = Machine(story.machine.home, "")
    assert "tinhso backup-key" in without.refusal("backup", str(tmp_path))
    wrong = Machine(story.machine.home, "age1nonsense")
    assert "no age public key" in wrong.refusal("backup", str(tmp_path))
    assert list(tmp_path.iterdir()) == []
