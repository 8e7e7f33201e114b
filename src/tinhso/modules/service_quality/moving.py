"""Scores speak of the unit of their period and stay; which unit a dossier counts for is read again as it moves."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Stays
from tinhso.modules.service_quality.models import MonthTally, Score, Work

MOVERS: tuple[Mover, ...] = (
    Stays(MonthTally, "unit", "số đã đếm theo đơn vị của kỳ đó"),
    Stays(Score, "unit", "điểm của đơn vị trong kỳ đó"),
    Stays(Work, "unit", "tính lại theo hồ sơ khi hồ sơ chuyển đơn vị"),
)
