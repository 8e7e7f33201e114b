"""Enrolled counters go with their shop; numbers leased for a day end with the day."""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.reorganisation.declarations import Mover, Rows
from tinhso.modules.offline_counter.models import Counter

MOVERS: tuple[Mover, ...] = (
    Rows("offline_counter.counter", "Quầy làm việc khi mất mạng", Counter, active=Q(revoked_at__isnull=True)),
)
