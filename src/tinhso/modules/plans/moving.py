"""What is open follows the unit that takes over; what was done or issued stays with the unit of its day."""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.reorganisation.declarations import Mover, Rows
from tinhso.modules.plans.models import Duty, Plan, Task
from tinhso.modules.plans.rules import OPEN_TASKS

MOVERS: tuple[Mover, ...] = (
    Rows("plans.plan", "Kế hoạch đang chủ trì", Plan, active=Q(closed_at__isnull=True)),
    Rows("plans.task", "Nhiệm vụ đang mở", Task, active=Q(state__in=OPEN_TASKS)),
    Rows("plans.duty", "Văn bản còn phải ban hành", Duty, active=Q(issued_on__isnull=True), unique=("demand",)),
)
