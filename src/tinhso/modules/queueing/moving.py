"""The machine that gives numbers goes to the new shop; numbers of a day stay with the shop of that day."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Rows, Stays
from tinhso.modules.queueing.models import Kiosk, Ticket

MOVERS: tuple[Mover, ...] = (
    Rows("queueing.kiosk", "Máy lấy số", Kiosk, unique=()),
    Stays(Ticket, "unit", "số thứ tự của một ngày tại nơi đã lấy số"),
)
