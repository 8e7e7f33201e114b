"""How many people have an account and how many use it, by where they live, as numbers that others may take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from tinhso.kernel.declarations import Measured, MeasureSource
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.queries import tree


def _since(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _opened(since: date, until: date) -> Q:
    """Accounts that there are by the end: those opened on the last day count."""
    return Q(created_at__lt=_since(until + timedelta(days=1)))


def _used(since: date, until: date) -> Q:
    """Whoever signed in last within the period; who came back after it counts for later periods only."""
    return Q(last_login__gte=_since(since), last_login__lt=_since(until + timedelta(days=1)))


def _counted(which: Callable[[date, date], Q], words: str) -> Callable[..., Mapping[int, Measured]]:
    def values(unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
        rows: Any = Account.objects.filter(which(since, until), is_official=False, is_active=True, person__isnull=False)
        by_commune = dict(rows.values_list("person__commune_id").annotate(number=Count("pk")).order_by())
        known = tree()
        return {
            unit_id: Measured(Decimal(_within(by_commune, known, unit_id)), words)
            for unit_id in unit_ids
            if unit_id in known.nodes
        }

    return values


def _within(by_commune: Mapping[int | None, int], known: Any, unit_id: int) -> int:
    """People of the unit's communes; of the whole province also those who did not say where they live."""
    below = known.subtree(unit_id)
    homeless = by_commune.get(None, 0) if unit_id in known.root_ids else 0
    return homeless + sum(number for commune, number in by_commune.items() if commune in below)


MEASURES = (
    MeasureSource(
        "core.accounts", "Người dân có tài khoản", "người",
        _counted(_opened, "tài khoản đang mở vào cuối kỳ, theo nơi ở"),
    ),
    MeasureSource(
        "core.active_people", "Người dân dùng tài khoản trong kỳ", "người",
        _counted(_used, "đăng nhập lần gần nhất trong kỳ, theo nơi ở"),
    ),
)  # fmt: skip
