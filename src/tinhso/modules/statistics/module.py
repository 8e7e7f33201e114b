"""Statistics: what was received, resolved and is still in work, by period, place, field and procedure, for everybody.

Sums by month are counted from facts and cases every ten minutes; a month that has ended is closed and stays so.
The public sees counts, officials open each of them onto its dossiers, programs read the same as CSV and JSON.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from tinhso.kernel.manifest import Audience, Family, Menu, Module
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.statistics import actions, rules
from tinhso.modules.statistics.moving import MOVERS


def demo(at: datetime | None = None, **_more: Any) -> None:
    """Count all months of the demonstration and close those that have ended."""
    actions.refresh(by=SYSTEM, at=at or timezone.now())


MODULE = Module(
    code="statistics",
    name="Thống kê giải quyết thủ tục",
    family=Family.MEASURING,
    entries=rules.ENTRIES,
    menu=(
        Menu("statistics.published", "Thống kê", "statistics:published", "chart-column", Audience.PORTAL, order=50),
        Menu("statistics.desk", "Thống kê hồ sơ", "statistics:desk", "chart-column", order=70, permission=rules.SEE),
    ),
    demo=demo,
    movers=MOVERS,
)
