"""Where each thing of a unit goes, from what is known of the thing. Pure: a plan and a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tinhso.kernel.reorganisation.rules.checking import PARTS
from tinhso.kernel.reorganisation.rules.plans import Founded, Part, Plan, Way
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.rules import Kind as UnitKind
from tinhso.kernel.units.rules import Node, Tree, within_sentence


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides where something goes; empty where a thing has none. ``place`` is any text that names a place."""

    procedure: str = ""
    field: str = ""
    place: str = ""
    official: str = ""


NONE = Traits()


def fits(way: Way, traits: Traits) -> bool:
    """Whether all conditions of the way hold; a way without any takes everything."""
    asked = (
        (way.procedures, traits.procedure in way.procedures),
        (way.fields, traits.field in way.fields),
        (way.officials, traits.official in way.officials),
        (way.places, any(fold(place) in fold(traits.place) for place in way.places)),
    )
    return all(holds for given, holds in asked if given)


@dataclass(frozen=True, slots=True)
class Route:
    """The ways out of one unit or of a part of it (codes), the one for the rest last."""

    unit: str
    ends: bool
    ways: tuple[Way, ...]

    def to(self, traits: Traits = NONE) -> str | None:
        """The unit to which something goes; None when it stays."""
        found = next((way.unit for way in self.ways if fits(way, traits)), None)
        return None if found == self.unit else found

    @property
    def main(self) -> str | None:
        """The unit that takes what cannot be divided; None when the unit lives on."""
        return next((way.unit for way in self.ways if way.is_rest), None) if self.ends else None


@dataclass(frozen=True)
class Routes:
    """The whole plan: a route for each unit it touches, parts included, and the parts of founded units."""

    by_unit: Mapping[str, Route]
    parts: Mapping[str, tuple[Part, ...]]

    @property
    def ending(self) -> tuple[str, ...]:
        return tuple(code for code, route in self.by_unit.items() if route.ends)

    def to_json(self) -> dict[str, Any]:
        return {
            "units": [[one.unit, one.ends, [asdict(way) for way in one.ways]] for one in self.by_unit.values()],
            "parts": {code: [asdict(part) for part in parts] for code, parts in self.parts.items()},
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Routes:
        units = (
            Route(code, ends, tuple(Way(**{name: _frozen(value) for name, value in way.items()}) for way in ways))
            for code, ends, ways in said["units"]
        )
        parts = {code: tuple(Part(**part) for part in parts) for code, parts in said["parts"].items()}
        return cls({one.unit: one for one in units}, parts)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def routes(plan: Plan, tree: Tree) -> Routes:
    """Routes of a plan without problems."""
    founded = {one.code: one for one in plan.founded}
    parts = {code: one.parts or _inherited(one, plan, tree) for code, one in founded.items()}
    found: dict[str, Route] = {}
    for step in plan.steps:
        ends, ways = set(step.dissolved()), _rest_last(step.ways)
        for code in step.units:
            if code not in ends and all(way.is_rest for way in ways):
                continue  # the unit into which others are merged
            _add(found, code, code in ends, ways)
            of = tree.by_code[code]
            for part in living_parts(of, tree):
                _add(found, part.code, code in ends, tuple(_part_way(way, part, of, tree, parts) for way in ways))
    return Routes(found, parts)


def _add(found: dict[str, Route], code: str, ends: bool, ways: tuple[Way, ...]) -> None:
    """A unit may be split and lose competence besides."""
    before = found.get(code)
    known = before.ways if before else ()
    found[code] = Route(code, ends or bool(before and before.ends), _rest_last((*known, *ways)))


def _rest_last(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    return tuple(sorted(ways, key=lambda way: way.is_rest))


def living_parts(of: Node, tree: Tree) -> list[Node]:
    """Divisions and centres of a unit, and theirs, that have not ended."""
    below = [tree.nodes[child] for child in tree.children.get(of.id, ())]
    own = [node for node in below if node.kind in PARTS and node.ends_on is None]
    return [part for node in own for part in (node, *living_parts(node, tree))]


def _suffix(part: Node, of: Node) -> str:
    return part.code.removeprefix(f"{of.code}-")


def _part_way(way: Way, part: Node, of: Node, tree: Tree, founded: Mapping[str, tuple[Part, ...]]) -> Way:
    goal = _counterpart(part, of, way.unit, tree, founded)
    return Way(goal, way.procedures, way.fields, way.places, way.officials)


def _counterpart(part: Node, of: Node, goal: str, tree: Tree, founded: Mapping[str, tuple[Part, ...]]) -> str:
    """The same part of the goal: by its code's ending, a centre by being one; else the goal itself."""
    suffix = _suffix(part, of)
    if goal in founded:
        own = {one.suffix: one.kind for one in founded[goal]}
        if suffix in own:
            return f"{goal}-{suffix}"
        centres = [one for one, kind in own.items() if kind == UnitKind.CENTRE and part.kind == UnitKind.CENTRE]
        return f"{goal}-{centres[0]}" if centres else goal
    node = tree.by_code[goal]
    there = living_parts(node, tree)
    same = [one for one in there if _suffix(one, node) == suffix]
    same = same or [one for one in there if one.kind == part.kind == UnitKind.CENTRE]
    return same[0].code if same else goal


def _inherited(one: Founded, plan: Plan, tree: Tree) -> tuple[Part, ...]:
    """The parts of all units that go to a founded one, each once, named after it."""
    found: dict[str, Part] = {}
    for step in plan.steps:
        if one.code not in {way.unit for way in step.ways} or not step.dissolves:
            continue
        for code in step.dissolved():
            of = tree.by_code[code]
            if of.kind != one.kind:
                continue
            for part in living_parts(of, tree):
                suffix = _suffix(part, of)
                found.setdefault(suffix, Part(suffix, _renamed(part.name, of.name, one.name), part.kind))
    return tuple(found.values())


def _renamed(name: str, before: str, after: str) -> str:
    return name.replace(within_sentence(before), within_sentence(after)).replace(before, after)
