"""Writes about people: registering, appointing, giving and taking roles."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account, Grant, Person, Position
from tinhso.kernel.people.rules import Actor, check_identity_number


def _rights_changed(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(rights_version=F("rights_version") + 1)


@transaction.atomic
def appoint(*, account: Account, unit_id: int, title: str, begins_on: date, by: Actor, is_main: bool = True) -> Position:
    """Give an official a post in a unit from a day on."""
    position = Position.objects.create(
        account=account, unit_id=unit_id, title=title, begins_on=begins_on, is_main=is_main
    )
    if not account.is_official:
        account.is_official = True
        account.save(update_fields=["is_official"])
    _rights_changed(account.pk)
    return position


@transaction.atomic
def give_role(*, account: Account, role: str, unit_id: int, begins_on: date, by: Actor) -> Grant:
    """Give a role on a unit and its subtree; giving it twice changes nothing."""
    if role not in registry.roles:
        raise Refusal("people.unknown_role", f"Không có vai trò “{role}”. Chọn một vai trò trong danh sách.")
    grant, _ = Grant.objects.get_or_create(
        account=account,
        role=role,
        unit_id=unit_id,
        ends_on=None,
        defaults={"begins_on": begins_on, "given_by_id": by.account_id},
    )
    _rights_changed(account.pk)
    return grant


@transaction.atomic
def take_role(*, grant: Grant, ends_on: date, by: Actor) -> None:
    """End a role on a day; it still holds on that day."""
    grant.ends_on = ends_on
    grant.save(update_fields=["ends_on"])
    _rights_changed(grant.account_id)


@transaction.atomic
def register_person(*, identity_number: str, full_name: str, **known: object) -> Person:
    """Find or make the person with this identity number; what was unknown is filled in, nothing is overwritten.

    Raises Refusal ``people.identity_number`` for a number that cannot exist.
    """
    if not check_identity_number(identity_number).valid:
        raise Refusal(
            "people.identity_number", "Nhập đủ 12 chữ số của số định danh cá nhân.", field="identity_number"
        )
    person, created = Person.objects.get_or_create(
        identity_number=identity_number, defaults={"full_name": full_name, **known}
    )
    if not created:
        missing = [name for name, value in known.items() if value and not getattr(person, name)]
        for name in missing:
            setattr(person, name, known[name])
        if missing:
            person.save(update_fields=missing)
    return person
