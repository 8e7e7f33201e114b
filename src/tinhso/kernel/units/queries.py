"""The tree, read once per process and again when it changed."""

from __future__ import annotations

import time

from tinhso.kernel.units.models import TreeVersion, Unit
from tinhso.kernel.units.rules import Node, Tree

LOOK_AGAIN_SECONDS = 5.0
_COLUMNS = ("id", "code", "name", "short_name", "kind", "level", "parent_id", "national_id", "begins_on", "ends_on")


class _Kept:
    tree: Tree | None = None
    looked_at: float = 0.0


def tree() -> Tree:
    """All units. Asks the database for the version number at most once in five seconds."""
    now = time.monotonic()
    if _Kept.tree is not None and now - _Kept.looked_at < LOOK_AGAIN_SECONDS:
        return _Kept.tree
    version = TreeVersion.objects.filter(id=1).values_list("number", flat=True).first() or 0
    if _Kept.tree is None or _Kept.tree.version != version:
        rows = Unit.objects.values_list(*_COLUMNS)
        _Kept.tree = Tree({row[0]: Node(*row) for row in rows}, version=version)
    _Kept.looked_at = now
    return _Kept.tree


def forget() -> None:
    """Read the tree anew at the next question: after a change in this process, and between tests."""
    _Kept.tree = None
