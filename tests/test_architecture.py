"""The contracts of the whole: what may import what, and that nothing is left for others to finish."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.slow


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold() -> None:
    done = _run(BIN / "lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_every_model_has_its_migration_and_no_app_has_two_last_ones() -> None:
    done = _run(sys.executable, "tools/migrations.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_text_is_in_the_english_catalogue_and_translated() -> None:
    done = _run(sys.executable, "tools/messages.py", "check")
    assert done.returncode == 0, done.stderr


def test_no_file_names_a_registry_or_somebodys_machine() -> None:
    done = _run(sys.executable, "tools/words.py")
    assert done.returncode == 0, done.stdout


def test_every_room_of_a_module_has_one_of_the_known_names() -> None:
    rooms = {
        "module",
        "urls",
        "desk",
        "portal",
        "api",
        "jobs",
        "door",
        "demo",
        "moving",
        "forms",
        "actions",
        "queries",
        "models",
        "rules",
    }
    others = {"apps", "migrations", "templates", "seeds", "tests", "static", "__init__", "__pycache__"}
    modules = [path for path in (ROOT / "src/tinhso/modules").iterdir() if path.is_dir() and path.name[0] != "_"]
    strangers = {str(path.relative_to(ROOT)) for module in modules for path in module.iterdir()} - {
        str((module / name).relative_to(ROOT)) + ending
        for module in modules
        for name in rooms | others
        for ending in ("", ".py")
    }
    assert strangers == set()
