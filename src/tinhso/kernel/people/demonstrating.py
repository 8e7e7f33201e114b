"""Giving the demonstration's invented officials what they need to show a module."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.units.queries import tree


def employ(day: date, *, at_home: Iterable[tuple[str, str]] = (), centrally: Iterable[tuple[str, str]] = ()) -> None:
    """Give roles from ``day`` on, as pairs of user name and role: on the official's own body, or on the province.

    Who is not there is passed over; who has the role keeps it.
    """
    root = tree().root_ids[0]
    for pairs, is_central in ((at_home, False), (centrally, True)):
        for name, role in pairs:
            account = Account.objects.filter(username=name, is_demonstration=True).first()
            if account is None:
                continue
            own = account.positions.filter(is_main=True).values_list("unit_id", flat=True).first() or root
            unit = root if is_central else tree().body_of(own).id
            Grant.objects.get_or_create(account=account, role=role, unit_id=unit, defaults={"begins_on": day})
