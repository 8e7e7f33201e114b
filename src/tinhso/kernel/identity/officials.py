"""Officials from a directory: their groups there decide posts and roles here, as far as the settings name them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal
from tinhso.kernel.identity.rules import Place, Provider, Said, all_places, places
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.queries import tree


class NoPlace(Refusal):
    """The directory knows the official; none of their groups has a place here."""

    status = 403

    def __init__(self) -> None:
        words = _("Tài khoản công vụ của bạn chưa được phân vào nhóm nào ở đây. Liên hệ quản trị đơn vị.")
        super().__init__("identity.no_place", words)


def registered(provider: Provider, said: Said, at: datetime) -> Account:
    """A new official's account. Raises NoPlace, and Refusal ``people.username_taken``: that one is linked instead."""
    mine = places(provider, said.groups)
    if not mine:
        raise NoPlace
    first = min(mine, key=lambda place: (not place.title, place.unit, place.role))
    return people.register_official(
        username=said.username or f"{provider.code}-{said.subject}"[:60],
        display_name=said.full_name or said.username or said.subject[:120],
        email=said.email,
        unit_id=_unit_id(first),
        title=first.title or "Công chức",
        begins_on=timezone.localdate(at),
        by=SYSTEM,
    )


def _unit_id(place: Place) -> int:
    node = tree().by_code.get(place.unit)
    if node is None:
        raise Refusal("people.unknown_unit", f"Không có đơn vị mã “{place.unit}” như phân nhóm công vụ nêu.")
    return node.id


@transaction.atomic
def settled(account: Account, provider: Provider, said: Said, on: date) -> None:
    """Give what the groups say and end what they no longer say. What the settings do not name is left alone."""
    mine = places(provider, said.groups)
    for place in sorted(all_places(provider) - mine, key=str):
        _end(account, place, keep=mine, on=on)
    for place in sorted(mine, key=str):
        _give(account, place, on)


def _give(account: Account, place: Place, on: date) -> None:
    unit_id = _unit_id(place)
    here = Position.objects.filter(account=account, unit_id=unit_id, ends_on__isnull=True)
    if place.title and not here.exists():
        main = not Position.objects.filter(account=account, is_main=True, ends_on__isnull=True).exists()
        people.appoint(account=account, unit_id=unit_id, title=place.title, begins_on=on, by=SYSTEM, is_main=main)
    if place.role:
        held = Grant.objects.filter(account=account, role=place.role, unit_id=unit_id, ends_on__isnull=True)
        if not held.exists():
            people.give_role(account=account, role=place.role, unit_id=unit_id, begins_on=on, by=SYSTEM)


def _end(account: Account, place: Place, *, keep: frozenset[Place], on: date) -> None:
    node = tree().by_code.get(place.unit)
    if node is None:
        return
    yesterday = on - timedelta(days=1)
    for grant in Grant.objects.filter(account=account, role=place.role, unit_id=node.id, ends_on__isnull=True):
        people.take_role(grant=grant, ends_on=max(yesterday, grant.begins_on), by=SYSTEM)
    if any(other.unit == place.unit for other in keep):
        return
    for post in Position.objects.filter(account=account, unit_id=node.id, ends_on__isnull=True):
        if place.title and post.title == place.title:
            people.end_position(position=post, ends_on=max(yesterday, post.begins_on), by=SYSTEM)
