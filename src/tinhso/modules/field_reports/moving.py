"""What becomes of reports when units change: who deals with an open one follows, where it happened stays."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.reorganisation.declarations import Mover, OfCase, Sorts, Stays
from tinhso.kernel.reorganisation.rules import Traits
from tinhso.modules.field_reports.models import Assignment, CountedReport, Report, ReportFigure
from tinhso.modules.field_reports.rules.states import FIELD_REPORT


def traits(case_ids: Sequence[int]) -> dict[int, Traits]:
    """Where it is, by case."""
    return {
        pk: Traits(place=place) for pk, place in Report.objects.filter(pk__in=case_ids).values_list("pk", "address")
    }


SUMS = "số liệu đi theo từng phản ánh, qua lịch sử của nó"

MOVERS: tuple[Mover, ...] = (
    Sorts(FIELD_REPORT.code, traits),
    OfCase(
        "field_reports.assignment", "Phản ánh đang giao", Assignment, case="report", active=Q(ends_at__isnull=True),
        unique=("part",),
    ),
    OfCase(
        "field_reports.against", "Đơn vị bị phản ánh", Report, "against_unit",
        active=Q(case__phase__lt=Phase.SETTLED),
    ),
    Stays(CountedReport, "unit", SUMS),
    Stays(CountedReport, "desk", SUMS),
    Stays(ReportFigure, "unit", SUMS),
    Stays(ReportFigure, "desk", SUMS),
    Stays(Report, "commune", "nơi xảy ra, theo bản đồ của ngày phản ánh"),
)  # fmt: skip
