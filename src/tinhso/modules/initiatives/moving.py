"""Councils follow the unit that takes over; where an initiative stands is said by its case."""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.reorganisation.declarations import Mover, Rows, Sorts
from tinhso.kernel.reorganisation.rules import Traits
from tinhso.modules.initiatives.models import Council
from tinhso.modules.initiatives.rules.states import INITIATIVE

MOVERS: tuple[Mover, ...] = (
    Sorts(INITIATIVE.code, lambda case_ids: {pk: Traits() for pk in case_ids}),
    Rows("initiatives.council", "Hội đồng sáng kiến đang hoạt động", Council, active=Q(ends_on__isnull=True)),
)
