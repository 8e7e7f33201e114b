"""A unit's accounts at operators go to its successor; what was said stays in its conversation."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Rows
from tinhso.modules.channels.models import Line

MOVERS: tuple[Mover, ...] = (Rows("channels.line", "Kênh liên lạc", Line),)
