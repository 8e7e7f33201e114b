"""Deployments of their own for bad days: each with its data folder and database server, all copied from one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests.running import CARELESS, copy

from tinhso.config import embedded

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Machine:
    """One deployment with its own data folder and database server."""

    home: Path
    recipients: str = ""

    def environment(self) -> dict[str, str]:
        mine = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "TINHSO_TEST_FOLDER")}
        return mine | {
            "TINHSO_HOME": str(self.home),
            "TINHSO_BACKUP_RECIPIENTS": json.dumps([self.recipients]) if self.recipients else "[]",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }

    def run(self, *command: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command], env=self.environment(), capture_output=True, text=True, check=False,
            timeout=300, cwd=ROOT, preexec_fn=before,
        )  # fmt: skip

    def tinhso(self, *command: str, before: Callable[[], None] | None = None) -> str:
        done = self.run("tinhso.config.cli", *command, before=before)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def refusal(self, *command: str, before: Callable[[], None] | None = None) -> str:
        """What it says when it will not."""
        done = self.run("tinhso.config.cli", *command, before=before)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr.strip().splitlines()[-1]

    def database(self) -> tuple[int, int]:
        """Which database the platform works on, and how many cases it holds."""
        with psycopg.connect(embedded.embedded_url(self.home)) as connection:
            found = connection.execute(
                "select oid, (select count(*) from cases_case) from pg_database where datname = current_database()"
            ).fetchone()
        assert found is not None
        return int(found[0]), int(found[1])

    def place(self) -> dict[str, str]:
        """Where its database is, as Django's settings have it."""
        where = str(embedded.socket_folder(self.home))
        return {"NAME": embedded.DATABASE, "HOST": where, "USER": embedded.USER, "PASSWORD": "", "PORT": ""}


@contextmanager
def at_work(home: Path, recipients: str = "", *, like: Path | None = None) -> Iterator[Machine]:
    """A machine whose database runs; ``like`` names the home it begins with."""
    if like is not None:
        copy(like, home)
    with embedded.running(home, **CARELESS):
        yield Machine(home, recipients)
