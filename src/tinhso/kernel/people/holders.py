"""Who is to be told about a unit's work: accounts that hold a right by a role given right there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Grant
from tinhso.kernel.units.queries import tree


def granted(right: str, unit_ids: Collection[int], day: date) -> dict[int, list[int]]:
    """Unit → accounts that hold the right on that day by a role on the unit itself; units without any are left out."""
    carrying = [role.code for role in registry.roles.values() if right in role.permissions]
    rows = Grant.objects.valid_on(day).filter(role__in=carrying, unit_id__in=unit_ids, account__is_active=True)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for unit_id, account_id in rows.values_list("unit_id", "account_id"):
        found[unit_id].add(account_id)
    return {unit_id: sorted(accounts) for unit_id, accounts in found.items()}


def holders(right: str, unit_ids: Collection[int], day: date) -> dict[int, list[int]]:
    """Unit → accounts that hold the right on that day by a role on the unit or below it: one statement.

    Who holds it from above, such as a manager of the province, is not meant: they would hear of every unit."""
    known = tree()
    found: dict[int, set[int]] = {unit: set() for unit in unit_ids}
    for place, accounts in granted(right, known.subtrees(unit_ids), day).items():
        for node in known.path(place):
            if node.id in found:
                found[node.id].update(accounts)
    return {unit: sorted(accounts) for unit, accounts in found.items()}


def nearest_holders(right: str, unit_ids: Collection[int], day: date) -> dict[int, list[int]]:
    """Unit → accounts that hold the right on the unit or, where nobody does, on the nearest above it: one statement."""
    known = tree()
    paths = {unit: [node.id for node in known.path(unit)] for unit in unit_ids}
    found = granted(right, {place for path in paths.values() for place in path}, day)
    return {unit: next((found[place] for place in path if place in found), []) for unit, path in paths.items()}
