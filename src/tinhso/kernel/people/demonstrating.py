"""Giving the demonstration's invented officials what they need to show a module."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tinhso.kernel.people.measures import accounts_by_commune
from tinhso.kernel.people.models import Account, ActiveMonth, Grant
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


def show_use(today: date) -> None:
    """As if more and more of the invented people had used their account in the year up to this month; what is kept of
    a month already stays."""
    accounts, month, rows = accounts_by_commune(today), today.replace(day=1), []
    for ago in range(12):
        share = 64 - 4 * ago  # per cent of the accounts
        rows += [
            ActiveMonth(month=month, commune_id=commune, number=number * share // 100)
            for commune, number in accounts.items()
            if number * share >= 100
        ]
        month = (month - timedelta(days=1)).replace(day=1)
    ActiveMonth.objects.bulk_create(rows, ignore_conflicts=True)
