"""Who is to be told about a unit's work: accounts that hold a right by a role given right there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Grant
from tinhso.kernel.units.queries import tree


def holders(right: str, unit_ids: Collection[int], day: date) -> dict[int, list[int]]:
    """Unit → accounts that hold the right on that day by a role on the unit or below it: one statement.

    Who holds it from above, such as a manager of the province, is not meant: they would hear of every unit."""
    carrying = [role.code for role in registry.roles.values() if right in role.permissions]
    known = tree()
    rows = Grant.objects.valid_on(day).filter(
        role__in=carrying, unit_id__in=known.subtrees(unit_ids), account__is_active=True
    )
    found: dict[int, set[int]] = {unit: set() for unit in unit_ids}
    for account, place in rows.values_list("account_id", "unit_id"):
        for node in known.path(place):
            if node.id in found:
                found[node.id].add(account)
    return {unit: sorted(accounts) for unit, accounts in found.items()}
