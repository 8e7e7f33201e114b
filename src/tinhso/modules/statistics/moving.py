"""Counted months stay as they were reported, by the units of their day."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Stays
from tinhso.modules.statistics.models import MonthLine

MOVERS: tuple[Mover, ...] = (Stays(MonthLine, "unit", "số đã báo cáo theo đơn vị của kỳ đó"),)
