"""Ratings speak of the unit that resolved the case: they stay when units change."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Stays
from tinhso.modules.satisfaction.models import Invitation, Tally

MOVERS: tuple[Mover, ...] = (
    Stays(Invitation, "unit", "đơn vị đã giải quyết hồ sơ được đánh giá"),
    Stays(Tally, "unit", "điểm thuộc đơn vị đã giải quyết"),
)
