"""When units change, a warning's keeper, its places and those who follow them go to the successor."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Rows
from tinhso.modules.warnings.models import Area, Subscription, Warning

MOVERS: tuple[Mover, ...] = (
    Rows("warnings.warning", "Cảnh báo", Warning),
    Rows("warnings.area", "Nơi được cảnh báo", Area, unique=("bulletin",)),
    Rows("warnings.subscription", "Nơi được theo dõi", Subscription, unique=("account",)),
)
