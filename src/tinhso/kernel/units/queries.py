"""The tree, read once per process and again when it changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from tinhso.kernel.replicas import from_primary
from tinhso.kernel.units.models import Succession, TreeVersion, Unit
from tinhso.kernel.units.rules import Kind, Node, Tree

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
    return _look_again(now)


@from_primary
def _look_again(now: float) -> Tree:
    version = TreeVersion.objects.filter(id=1).values_list("number", flat=True).first() or 0
    if _Kept.tree is None or _Kept.tree.version != version:
        rows = Unit.objects.values_list(*_COLUMNS)
        _Kept.tree = Tree({row[0]: Node(*row) for row in rows}, version=version)
    _Kept.looked_at = now
    return _Kept.tree


def forget() -> None:
    """Read the tree anew at the next question: after a change in this process, and between tests."""
    _Kept.tree = None
    _Heirs.version, _Heirs.today_of = -1, (-1, date.min)


def province() -> Unit | None:
    """The province that this deployment serves: the oldest root; former provinces stand below it."""
    return Unit.objects.filter(kind=Kind.PROVINCE, parent__isnull=True).order_by("id").first()


def successors_on(unit_id: int, day: date) -> tuple[int, ...]:
    """Units that hold on that day what this one held: itself while it lives, else its heirs, the main one first."""
    found: list[int] = []
    seen: set[int] = set()
    waiting = [unit_id]
    known = tree().nodes
    heirs = _heirs()
    while waiting:
        current = waiting.pop(0)
        if current in seen or current not in known:
            continue
        seen.add(current)
        if known[current].lives_on(day):
            found.append(current)
        else:
            waiting.extend(heirs.get(current, ()))
    return tuple(found)


def main_successor_on(unit_id: int, day: date) -> int | None:
    """The unit to which undivided work goes; None when the successions name no main one and a person must choose."""
    known = tree().nodes
    heirs = _main_heirs()
    current: int | None = unit_id
    seen: set[int] = set()
    while current is not None and current not in seen and current in known:
        if known[current].lives_on(day):
            return current
        seen.add(current)
        current = heirs.get(current)
    return None


def todays_heirs() -> dict[int, int]:
    """Ended unit → the living one to which its main line of successors leads: yesterday's map read as today's."""
    _read_heirs()
    day = timezone.localdate()
    if _Heirs.today_of != (_Heirs.version, day):
        found = ((unit_id, main_successor_on(unit_id, day)) for unit_id in _Heirs.main)
        _Heirs.today = {unit_id: heir for unit_id, heir in found if heir is not None and heir != unit_id}
        _Heirs.today_of = (_Heirs.version, day)
    return _Heirs.today


def with_predecessors(units: frozenset[int]) -> frozenset[int]:
    """The units and those that ended and are now part of them, with all that stood below those."""
    known = tree()
    ended = (before for before, heir in todays_heirs().items() if heir in units)
    return units | known.subtrees(ended)


@dataclass
class Holding:
    """Who holds on today's map what a unit did: itself, all above it, and whoever took over any of these with all
    above them. Each unit is looked up once."""

    nodes: Mapping[int, Node] = field(default_factory=lambda: tree().nodes)
    heirs: Mapping[int, int] = field(default_factory=todays_heirs)
    known: dict[int, set[int]] = field(default_factory=dict)

    def of(self, unit_id: int) -> set[int]:
        if unit_id not in self.known:
            self.known[unit_id] = self._find(unit_id)
        return self.known[unit_id]

    def _find(self, unit_id: int) -> set[int]:
        found: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current in found or current not in self.nodes:
                continue
            found.add(current)
            waiting += [one for one in (self.nodes[current].parent_id, self.heirs.get(current)) if one is not None]
        return found


def _heirs() -> dict[int, tuple[int, ...]]:
    """Predecessor → successors, main one first; kept as long as the tree it was read with."""
    _read_heirs()
    return _Heirs.all


def _main_heirs() -> dict[int, int]:
    _read_heirs()
    return _Heirs.main


class _Heirs:
    version: int = -1
    all: dict[int, tuple[int, ...]] = {}
    main: dict[int, int] = {}
    today: dict[int, int] = {}
    today_of: tuple[int, date] = (-1, date.min)


def _read_heirs() -> None:
    version = tree().version
    if _Heirs.version == version:
        return
    gathered: dict[int, list[int]] = {}
    main: dict[int, int] = {}
    rows = Succession.objects.order_by("predecessor_id", "-is_main", "id")
    for before, after, is_main in rows.values_list("predecessor_id", "successor_id", "is_main"):
        gathered.setdefault(before, []).append(after)
        if is_main:
            main[before] = after
    _Heirs.all = {before: tuple(after) for before, after in gathered.items()}
    _Heirs.main, _Heirs.version = main, version
