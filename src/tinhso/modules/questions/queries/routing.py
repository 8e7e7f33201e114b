"""Who answers what on a day, and which unit a question goes to first."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Grant
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node, Tree
from tinhso.modules.questions.models import RoutingEdition
from tinhso.modules.questions.rules.routing import Field, Routing, routing_from

TABLE = "hoi-dap"
_DAY: Any = Slot("day")
_IN_FORCE = Kept(lambda: RoutingEdition.objects.in_force_on(_DAY).order_by("-valid_from").values_list("pk")[:1])


def edition_id_on(day: date) -> int | None:
    found = _IN_FORCE(day=day)
    return int(found[0][0]) if found else None


@lru_cache(maxsize=32)
def _routing(edition_id: int) -> Routing:
    """What an edition says; it never changes once published."""
    return routing_from(RoutingEdition.objects.values_list("content", flat=True).get(pk=edition_id))


def routing_on(day: date | None = None) -> Routing:
    """The routing in force. Raises Refusal ``questions.no_routing`` while none is published."""
    found = edition_id_on(day or timezone.localdate())
    if found is None:
        raise Refusal("questions.no_routing", "Mục Hỏi đáp chưa mở: chưa công bố bảng phân luồng. Gọi 1022.")
    return _routing(found)


def forget() -> None:
    """Between tests: ids of editions come again."""
    _routing.cache_clear()


def department(code: str) -> Node | None:
    """A department of the province by its short code; the province itself when there is none of that code."""
    known = tree()
    root = known.nodes[known.root_ids[0]]
    return known.by_code.get(f"{root.code}-{code}") or root


class _Communes:
    tree: Tree | None = None
    day: date | None = None
    found: tuple[Node, ...] = ()


def communes() -> tuple[Node, ...]:
    """The communes of today, by name; gathered once for a tree and a day."""
    known, today = tree(), timezone.localdate()
    if _Communes.tree is not known or _Communes.day != today:
        living = (one for one in known.nodes.values() if one.kind == Kind.COMMUNE and one.lives_on(today))
        _Communes.found = tuple(sorted(living, key=lambda one: one.short_name))
        _Communes.tree, _Communes.day = known, today
    return _Communes.found


def unit_for(field: Field, commune_id: int | None) -> int:
    """Who answers: the commune that was named where communes answer, else the department of the field."""
    if field.is_local and commune_id is not None:
        return tree().body_of(commune_id).id
    node = department(field.unit)
    assert node is not None
    return node.id


def screening_unit(routing: Routing, field: Field, commune_id: int | None) -> int:
    """Who looks first: the commune's own people, or the department that screens for the province."""
    if field.is_local and commune_id is not None:
        return tree().body_of(commune_id).id
    node = department(routing.screening)
    assert node is not None
    return node.id


def handlers_at(right: str, unit_id: int) -> list[tuple[int, str]]:
    """Officials of a body who may do something there, as choices: id and name."""
    units = tree().subtree(tree().body_of(unit_id).id)
    roles = [role.code for role in registry.roles.values() if right in role.permissions]
    rows = Grant.objects.valid_on(timezone.localdate()).filter(
        role__in=roles, unit_id__in=units, account__is_active=True
    )
    found = rows.order_by("account__display_name").values_list("account_id", "account__display_name").distinct()
    return list(found[:100])
