"""When units change: who is asked and who asks goes to the successor; what was reported stays with the unit of its day.

The successor sees and finishes the sheets of those it took over: rights reach predecessors.
"""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.reorganisation.declarations import Mover, Rows, Stays
from tinhso.modules.reporting.models import AssignedUnit, ReportTemplate, Sheet

MOVERS: tuple[Mover, ...] = (
    Rows("reporting.owners", "Cơ quan yêu cầu báo cáo", ReportTemplate, column="owner"),
    Rows(
        "reporting.assigned",
        "Đơn vị được giao báo cáo",
        AssignedUnit,
        active=Q(assignment__ends_on__isnull=True),
        unique=("assignment",),
    ),
    Stays(Sheet, "unit", "báo cáo thuộc đơn vị của kỳ đó; đơn vị kế thừa lập tiếp"),
)
