"""What bad days share: a key kept elsewhere, and a home in which some work has been done."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.bad_days.machines import Machine, at_work

from tinhso.config.backup import figures as counting
from tinhso.config.backup.restoring import looking_at


@dataclass(frozen=True)
class Key:
    """The secret half in a file, and the public half."""

    file: Path
    public: str


@dataclass(frozen=True)
class Worked:
    """A stopped deployment to copy, and the names and numbers in it."""

    home: Path
    told: dict[str, Any]


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    import pyrage

    made = pyrage.x25519.Identity.generate()
    file = tmp_path_factory.mktemp("safe") / "key.txt"
    file.write_text(f"{made}\n")
    return Key(file, str(made.to_public()))


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Worked:
    """A home with a dossier in each state."""
    home = tmp_path_factory.mktemp("worked")
    with at_work(home, like=founded) as machine:
        done = machine.run("tests.stage", "dossiers", "keys")
        assert done.returncode == 0, done.stderr[-2000:]
    return Worked(home, json.loads(done.stdout.strip().splitlines()[-1]))


@pytest.fixture(scope="session")
def figures(django_db_blocker: Any) -> Callable[[Machine], str]:
    """What ``tinhso doctor --figures`` says of a machine whose database runs, asked from here."""

    def count(machine: Machine) -> str:
        with django_db_blocker.unblock(), looking_at(**machine.place()):
            return "\n".join(counting.lines(counting.figures()))

    return count
