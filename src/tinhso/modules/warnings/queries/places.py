"""Places that can be warned: the province and its communes, as they are today."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node
from tinhso.modules.warnings import rules


def places(within: Iterable[int] | None = None) -> list[Node]:
    """The province first, then its communes by name; only those of ``within`` when it is given."""
    today, known = timezone.localdate(), tree()
    kept = None if within is None else frozenset(within)
    found = [
        node
        for node in known.nodes.values()
        if node.lives_on(today)
        and (node.kind == Kind.COMMUNE or node.parent_id is None)
        and (kept is None or node.id in kept)
    ]
    return sorted(found, key=lambda one: (one.parent_id is not None, fold(one.short_name)))


def audience_of(areas: Iterable[int]) -> frozenset[int]:
    """Whose subscribers are told: of the areas, of what is below them, and of what they are part of."""
    known, named = tree(), tuple(areas)
    above = {node.id for one in named for node in known.path(one)}
    return rules.audience(named, known.subtrees(named), above)


def names(areas: Iterable[int], most: int = 3) -> str:
    """“Tân Ninh, Bình Minh và 3 nơi khác”; the province alone names all."""
    nodes = tree().nodes
    found = sorted((nodes[one].short_name for one in areas if one in nodes), key=fold)
    shown = ", ".join(found[:most])
    return f"{shown} và {len(found) - most} nơi khác" if len(found) > most else shown
