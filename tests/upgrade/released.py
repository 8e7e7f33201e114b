"""The released program: which migrations it knew, its source, and what later migrations may not do to it."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).parent / "released.json"
GONE = ("RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable")


@dataclass(frozen=True)
class Released:
    """``commit`` of the release, its migrations, and names (``app.model.field``) that it had stopped using already."""

    commit: str
    migrations: frozenset[str]
    retired: frozenset[str]


def released() -> Released:
    said = json.loads(FILE.read_text())
    return Released(said["commit"], frozenset(said["migrations"]), frozenset(said["retired"]))


def ours(loader: Any) -> dict[str, Any]:
    """Our own migrations by ``app.name``."""
    steps = {f"{app}.{name}": step for (app, name), step in loader.disk_migrations.items()}
    return {name: step for name, step in steps.items() if type(step).__module__.startswith("tinhso.")}


def source(folder: Path) -> Path | None:
    """Put the released program's source into a folder; None where the history does not reach back to it."""
    command = ["git", "-C", str(ROOT), "archive", released().commit, "src/tinhso"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        return None
    with tarfile.open(fileobj=BytesIO(done.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder / "src"


def harms(loader: Any) -> Iterator[str]:
    """What migrations since the release do that the released program would stumble over."""
    known = released()
    new = {name: step for name, step in ours(loader).items() if name not in known.migrations}
    fresh = {
        f"{step.app_label}.{one.name.lower()}"
        for step in new.values() for one in step.operations if type(one).__name__ == "CreateModel"
    }  # fmt: skip
    for name, step in new.items():
        for one in _flat(step.operations):
            about = f"{step.app_label}.{(getattr(one, 'model_name', '') or getattr(one, 'name', '')).lower()}"
            if about not in fresh and f"{about}.{getattr(one, 'name', '')}" not in known.retired:
                yield from (f"{name}: {harm}" for harm in _harms_of(one, step, loader))


def _flat(operations: Any) -> Iterator[Any]:
    """Operations with those of the database that stand inside others."""
    for one in operations:
        yield from _flat(getattr(one, "database_operations", ())) if hasattr(one, "database_operations") else (one,)


def _harms_of(one: Any, step: Any, loader: Any) -> Iterator[str]:
    kind = type(one).__name__
    if kind in GONE:
        yield f"{one.describe()}: the released program still uses it; stop using it now, remove it two releases later"
    elif kind == "AddField" and not _may_be_left_out(one.field):
        yield f"{one.describe()}: give it null=True or db_default, the released program's rows leave it out"
    elif kind == "AlterField" and not one.field.null and _was_null(one, step, loader):
        yield f"{one.describe()}: the released program may still write nothing there"
    elif kind == "AddIndex":
        yield f"{one.describe()}: use AddIndexConcurrently with atomic = False, or writers wait while it is built"


def _may_be_left_out(field: Any) -> bool:
    from django.db.models import NOT_PROVIDED

    return field.null or field.many_to_many or field.db_default is not NOT_PROVIDED or field.generated


def _was_null(one: Any, step: Any, loader: Any) -> bool:
    before = loader.project_state((step.app_label, step.name), at_end=False)
    return bool(before.models[step.app_label, one.model_name.lower()].fields[one.name].null)
