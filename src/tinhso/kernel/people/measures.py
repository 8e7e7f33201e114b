"""How many people have an account and how many use it, by where they live, as numbers that others may take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from tinhso.kernel.declarations import Measured, MeasureSource
from tinhso.kernel.people.models import Account, ActiveMonth
from tinhso.kernel.units.queries import tree


def _since(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _opened(since: date, until: date) -> Q:
    """Accounts that there are by the end: those opened on the last day count."""
    return Q(created_at__lt=_since(until + timedelta(days=1)))


def _used(since: date, until: date) -> Q:
    """Whoever signed in last within the period; who came back after it counts for later periods only."""
    return Q(last_login__gte=_since(since), last_login__lt=_since(until + timedelta(days=1)))


_KEEP = """
insert into people_activemonth as a (month, commune_id, number)
select %(month)s, p.commune_id, count(*) from people_account c join people_person p on p.id = c.person_id
where c.last_login >= %(since)s and c.last_login < %(until)s and c.is_active and not c.is_official group by p.commune_id
on conflict (month, commune_id) do update set number = greatest(a.number, excluded.number)
"""


def keep_active(at: datetime) -> None:
    """Keep how many people were here so far in the month of yesterday: asked each night, it never becomes less."""
    month = (timezone.localdate(at) - timedelta(days=1)).replace(day=1)
    said = {"month": month, "since": _since(month), "until": _since(_next(month))}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, said)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _kept(since: date, until: date) -> dict[int | None, int]:
    """What was kept of a period that is one month; nothing of others."""
    if since.day != 1 or _next(since) != until + timedelta(days=1):
        return {}
    return dict(ActiveMonth.objects.filter(month=since).values_list("commune_id", "number"))


def accounts_by_commune(on: date) -> dict[int | None, int]:
    """How many people have an account at the end of a day, by where they live."""
    return _by_commune(_opened, on, on)


@dataclass(frozen=True, slots=True)
class Used:
    """How many people have an account, and month by month how many used it."""

    accounts: int
    months: Mapping[date, int]


def used_by_month(since: date, today: date, units: frozenset[int] | None) -> Used:
    """Months from that of ``since`` on of which something was kept, the running one as far as it has come; people of
    these communes, or with None of the whole province: three statements."""
    first, running = since.replace(day=1), today.replace(day=1)
    rows = ActiveMonth.objects.filter(month__gte=first).values_list("month", "commune_id", "number")
    found: dict[tuple[date, int | None], int] = {(month, commune): number for month, commune, number in rows}
    for commune, number in _by_commune(_used, running, today).items():
        found[running, commune] = max(found.get((running, commune), 0), number)
    months: dict[date, int] = {}
    for (month, commune), number in found.items():
        if units is None or commune in units:
            months[month] = months.get(month, 0) + number
    accounts = accounts_by_commune(today)
    return Used(sum(number for one, number in accounts.items() if units is None or one in units), months)


def _active(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """What was kept where that is more: whoever came back since is not seen any more."""
    now, kept = _by_commune(_used, since, until), _kept(since, until)
    most = {one: max(now.get(one, 0), kept.get(one, 0)) for one in (*now, *kept)}
    return _of(most, unit_ids, "đăng nhập trong kỳ, theo nơi ở")


def _accounts(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    return _of(_by_commune(_opened, since, until), unit_ids, "tài khoản đang mở vào cuối kỳ, theo nơi ở")


def _by_commune(which: Callable[[date, date], Q], since: date, until: date) -> dict[int | None, int]:
    rows: Any = Account.objects.filter(which(since, until), is_official=False, is_active=True, person__isnull=False)
    return dict(rows.values_list("person__commune_id").annotate(number=Count("pk")).order_by())


def _of(by_commune: Mapping[int | None, int], unit_ids: Collection[int], words: str) -> Mapping[int, Measured]:
    known = tree()
    return {
        unit_id: Measured(Decimal(_within(by_commune, known, unit_id)), words)
        for unit_id in unit_ids
        if unit_id in known.nodes
    }


def _within(by_commune: Mapping[int | None, int], known: Any, unit_id: int) -> int:
    """People of the unit's communes; of the whole province also those who did not say where they live."""
    below = known.subtree(unit_id)
    homeless = by_commune.get(None, 0) if unit_id in known.root_ids else 0
    return homeless + sum(number for commune, number in by_commune.items() if commune in below)


MEASURES = (
    MeasureSource("core.accounts", "Người dân có tài khoản", "người", _accounts),
    MeasureSource("core.active_people", "Người dân dùng tài khoản trong kỳ", "người", _active),
)
