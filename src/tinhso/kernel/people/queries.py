"""From an account to the actor it is, without asking the database twice for the same rights."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import EVERYWHERE, NOBODY, NOWHERE, Actor, ActorKind, Scope
from tinhso.kernel.units.queries import tree, with_predecessors

if TYPE_CHECKING:
    from tinhso.kernel.units.rules import Tree


def actor_of(account: Account | AnonymousUser) -> Actor:
    """The actor behind an account. Rights are read anew when they, the tree or the day changed."""
    if not isinstance(account, Account) or not account.is_active:
        return NOBODY
    return _actor(account, account.rights_version, tree().version, timezone.localdate())


class _Key(tuple[int, int, int, date, str, int | None, bool]):
    """What decides an actor, what the account says of itself included; carries the account along uncompared."""

    account: Account


def _actor(account: Account, rights: int, tree_version: int, day: date) -> Actor:
    said = (account.display_name, account.person_id, account.is_official)
    key = _Key((account.pk, rights, tree_version, day, *said))
    key.account = account
    return _read_actor(key)


@lru_cache(maxsize=4096)
def _read_actor(key: _Key) -> Actor:
    account, day = key.account, key[3]
    if not account.is_official:
        return Actor(ActorKind.CITIZEN, account.pk, account.display_name, person_id=account.person_id)
    grants = Grant.objects.valid_on(day).filter(account_id=account.pk).values_list("role", "unit_id")
    main = Position.objects.valid_on(day).filter(account_id=account.pk).order_by("-is_main", "id").first()
    return Actor(
        ActorKind.OFFICIAL,
        account.pk,
        account.display_name,
        unit_id=main.unit_id if main else None,
        person_id=account.person_id,
        title=main.title if main else "",
        rights=_rights(grants, tree()),
    )


def _rights(grants: object, known: Tree) -> dict[str, Scope]:
    """Which permission holds where: each role's permissions on the subtree it was given on, and on what that subtree
    has taken over from units that ended: their settled work stays with them and is kept by the successor."""
    rights: dict[str, Scope] = {}
    for role_code, unit_id in grants:  # type: ignore[attr-defined]
        role = registry.roles.get(role_code)
        if role is None:
            continue
        scope = EVERYWHERE if unit_id in known.root_ids else Scope(units=with_predecessors(known.subtree(unit_id)))
        for permission in role.permissions:
            rights[permission] = rights.get(permission, NOWHERE) | scope
    return rights


def forget() -> None:
    """Drop all remembered actors: between tests, and after a role's definition changed."""
    _read_actor.cache_clear()


def officials_named(account_ids: Iterable[int]) -> dict[int, Account]:
    """Active officials by the ids that a form named; others are left out. One statement."""
    rows = Account.objects.filter(pk__in=list(account_ids), is_official=True, is_active=True)
    return {one.pk: one for one in rows}
