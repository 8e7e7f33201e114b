"""Demonstration lines: an Official Account of the province, not connected to anything outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.units.queries import tree
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.rules import Kind

KEEPER = "lanhdao.tinh"


@transaction.atomic
def demo(at: datetime | None = None, **_more: Any) -> None:
    """One line and its keeper; asked again it changes nothing."""
    now = at or timezone.now()
    root = next(node for node in tree().nodes.values() if node.parent_id is None)
    Line.objects.get_or_create(
        code="zalo-tinh",
        defaults={
            "kind": Kind.ZALO, "unit_id": root.id, "name": f"{root.short_name} (trình diễn)", "app_id": "1234567890",
            "is_demonstration": True, "added_at": now,
        },
    )  # fmt: skip
    keeper = Account.objects.filter(username=KEEPER).first()
    if keeper is not None:
        Grant.objects.get_or_create(
            account=keeper, role="channels.manager", unit_id=root.id, defaults={"begins_on": timezone.localdate(now)}
        )
