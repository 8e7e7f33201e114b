"""Targets, figures and values speak of the unit of their day: they stay, and its successor adds them up."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Stays
from tinhso.modules.indicators.models import ClosedValue, Figure, Note, Target

MOVERS: tuple[Mover, ...] = (
    Stays(Target, "unit", "mục tiêu giao cho đơn vị của năm đó"),
    Stays(Figure, "unit", "số liệu thuộc đơn vị của kỳ đó; đơn vị kế thừa cộng lại khi xem"),
    Stays(Note, "unit", "giải trình của đơn vị trong kỳ đó"),
    Stays(ClosedValue, "unit", "giá trị đã chốt của đơn vị trong kỳ đó"),
)
