"""Scores and figures speak of the unit of their round and year: they stay when units change."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Stays
from tinhso.modules.scorecards.models import Card, SuppliedFigure

MOVERS: tuple[Mover, ...] = (
    Stays(Card, "unit", "điểm thuộc đơn vị được chấm trong kỳ đó"),
    Stays(SuppliedFigure, "unit", "số liệu thuộc đơn vị của năm đó"),
)
