"""Accounts by what they are: citizens, and officials with roles on units."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password

from tinhso.kernel.people.models import Account, Grant, Person, Position
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit

PASSWORD = "mot-cau-dai-de-nho"  # noqa: S105 - opens nothing but tests
SINCE = date(2025, 7, 1)
_secret: list[str] = []


def _hashed() -> str:
    """The password's hash, made once: it is slow on purpose."""
    if not _secret:
        _secret.append(make_password(PASSWORD))
    return _secret[0]


def citizen(username: str, *, identity_number: str | None = None) -> Account:
    """Somebody of the public with an account and a phone."""
    name = f"Nguyễn Thị {username.title()}"
    person = Person.objects.create(full_name=name, identity_number=identity_number, phone="+84912345678")
    return Account.objects.create(username=username, display_name=name, password=_hashed(), person=person)


def official(
    username: str, unit: Unit, *roles: str, also_on: tuple[Unit, ...] = (), title: str = "Công chức"
) -> Account:
    """Somebody who works in a unit, with these roles on it and on ``also_on``."""
    account = Account.objects.create(
        username=username, display_name=f"Trần Văn {username.title()}", password=_hashed(), is_official=True
    )
    Position.objects.create(account=account, unit=unit, title=title, begins_on=SINCE)
    Grant.objects.bulk_create(
        Grant(account=account, role=role, unit=place, begins_on=SINCE)
        for role in roles
        for place in dict.fromkeys((unit, *also_on))
    )
    return account


def actor(account: Account) -> Actor:
    """Who acts, with the rights that the account has at this moment."""
    return actor_of(account)
