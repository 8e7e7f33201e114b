"""The index of the demonstration: some invented numbers about publishing procedures, then everything is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import month_after
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.service_quality import actions
from tinhso.modules.service_quality.models import Supplied

SOURCE = "Số minh họa, không phải số thật"
FIGURES = {"published": 9, "published_on_time": 8, "updated": 12, "updated_on_time": 11}


def demo(at: datetime | None = None, **_more: Any) -> None:
    """Count all months; asked again only what is open is counted anew."""
    if settings.PRODUCTION:
        return
    now = at or timezone.now()
    month = timezone.localdate(now).replace(day=1)
    if not Supplied.objects.exists():
        Supplied.objects.bulk_create(
            Supplied(month=month_after(month, -back), name=name, number=number, source=SOURCE, supplied_at=now)
            for back in range(13)
            for name, number in FIGURES.items()
        )
    actions.refresh(at=now, by=SYSTEM)
