"""Wanting to be told what is warned of in a place, and wanting it no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.manifest import Holding, Subject
from tinhso.kernel.people.rules import Actor
from tinhso.modules.warnings.models import Subscription
from tinhso.modules.warnings.queries import places

MOST = 20


@transaction.atomic
def subscribe(*, units: Collection[int], by: Actor, at: datetime) -> None:
    """From now on exactly these places; none to be told nothing. Raises NotAllowed, Refusal ``warnings.places``."""
    if by.account_id is None:
        raise NotAllowed
    wanted = set(units)
    if len(wanted) > MOST or not wanted <= {one.id for one in places.places()}:
        raise Refusal("warnings.places", f"Chọn tối đa {MOST} nơi trong danh sách.", field="places")
    mine = Subscription.objects.filter(account_id=by.account_id)
    mine.exclude(unit__in=wanted).delete()
    Subscription.objects.bulk_create(
        [Subscription(account_id=by.account_id, unit_id=one, since=at) for one in sorted(wanted)], ignore_conflicts=True
    )


def _of(subject: Subject) -> Any:
    return Subscription.objects.filter(account_id=subject.account_id).select_related("unit").order_by("pk")


def _tell(row: Subscription) -> dict[str, Any]:
    return {"place": row.unit.name, "since": row.since.isoformat()}


def _erase(subject: Subject, **_more: Any) -> int:
    return int(_of(subject).delete()[0])


HOLDINGS = (
    Holding(
        code="warnings.subscriptions",
        title="Nơi bạn theo dõi cảnh báo",
        purpose="báo cho bạn khi nơi đó có cảnh báo",
        basis="sự đồng ý của bạn khi chọn theo dõi",
        rows=_of,
        tell=_tell,
        page="warnings:mine",
        erase=_erase,
        on_close=_erase,
    ),
)
