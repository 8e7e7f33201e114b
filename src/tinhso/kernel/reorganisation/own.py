"""What the kernel's own packages declare of their rows that name units."""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.clock.models import UnitCalendar
from tinhso.kernel.facts.models import DayFigure, Fact, MonthFigure, Standing
from tinhso.kernel.journal.models import Entry, View
from tinhso.kernel.people.models import ActiveMonth, Business, Grant, Person, Position
from tinhso.kernel.places.models import MapPoint
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepState
from tinhso.kernel.reorganisation.declarations import Dated, Mover, OfCase, Rows, Stays
from tinhso.kernel.units.models import Succession

FIGURES = "số liệu thuộc đơn vị của ngày phát sinh"

MOVERS: tuple[Mover, ...] = (
    Dated("people.position", "Vị trí, chức vụ", Position),
    Dated("people.grant", "Vai trò đã giao", Grant, unique=("account_id", "role")),
    OfCase("processes.step", "Bước xử lý chưa xong", Step, active=Q(state__in=(StepState.WAITING, StepState.ACTIVE))),
    Rows("people.person", "Xã, phường nơi người dân ở", Person, "commune"),
    Rows("people.business", "Xã, phường nơi doanh nghiệp đặt trụ sở", Business, "commune"),
    Stays(UnitCalendar, "unit", "hạn của việc cũ được tính và giải thích theo lịch của đơn vị cũ"),
    Stays(MapPoint, "commune", "điểm và cụm trên bản đồ đếm theo xã, phường của ngày tiếp nhận"),
    Stays(Entry, "unit", "lịch sử ghi đơn vị của ngày đó"),
    Stays(View, "unit", "lượt xem ghi đơn vị của ngày đó"),
    Stays(Fact, "unit", FIGURES),
    Stays(DayFigure, "unit", FIGURES),
    Stays(MonthFigure, "unit", FIGURES),
    Stays(ActiveMonth, "commune", FIGURES),
    Stays(Standing, "unit", "số đang có đi theo từng hồ sơ, qua lịch sử của nó"),
    Stays(Succession, "predecessor", "ai kế thừa ai"),
    Stays(Succession, "successor", "ai kế thừa ai"),
)
