"""The province's indicators for everybody: values of periods that are over, targets, verdicts, open data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound
from tinhso.kernel.ui import courses
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators import forms
from tinhso.modules.indicators.queries import exports, public
from tinhso.modules.indicators.rules.words import (
    DIRECTION_NAMES,
    FREQUENCY_NAMES,
    MEASURES,
    VERDICT_LOOKS,
    VERDICT_NAMES,
    Verdict,
)

SHOWN_COUNTS = (Verdict.EXCEEDED, Verdict.MET, Verdict.NEARLY, Verdict.BEHIND, Verdict.FAR_BEHIND, Verdict.NO_VALUE)
YEARS_BACK = 5


def _year(request: HttpRequest) -> int:
    return forms.year_from(request.GET.get("nam", ""), timezone.localdate())


def _years() -> list[int]:
    now = timezone.localdate().year
    return list(range(now, now - YEARS_BACK, -1))


def _frame(year: int) -> dict[str, Any]:
    unit = public.province()
    return {"year": year, "years": _years(), "place": tree().nodes[unit].name if unit else "", "words": f"?nam={year}"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All public indicators of a year by domain, with how many reach their targets. Three statements."""
    year = _year(request)
    board = public.board(year, timezone.localdate())
    counts = [(VERDICT_NAMES[one], board.counts[one], *VERDICT_LOOKS[one]) for one in SHOWN_COUNTS if board.counts[one]]
    return render(request, "indicators/portal/index.html", {**_frame(year), "board": board, "counts": counts})


def _one(request: HttpRequest, code: str) -> tuple[int, public.Told]:
    year = _year(request)
    found = public.one(code, year, timezone.localdate())
    if found is None:
        raise NotFound
    return year, found


@require_safe
def detail(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator: how it stands to its target, five years as a chart and a table, what it means."""
    year, told = _one(request, indicator)
    one = told.row.definition
    traits = [
        (_("Tử số"), one.numerator.words),
        (_("Mẫu số"), one.denominator.words if one.denominator else ""),
        (_("Đơn vị tính"), _(MEASURES[one.measure][0])),
        (_("Tần suất"), _(FREQUENCY_NAMES[one.frequency])),
        (_("Chiều"), _(DIRECTION_NAMES[one.direction])),
        (_("Cơ quan phụ trách"), one.owner),
        (_("Nguồn số liệu"), one.system),
    ]
    context = {
        **_frame(year),
        "told": told,
        "now": told.row,
        "one": one,
        "measure": MEASURES[one.measure][0],
        "traits": [{"title": title, "value": value} for title, value in traits if value],
        "chart": _chart(told),
    }
    return render(request, "indicators/portal/indicator.html", context)


def _chart(told: public.Told) -> courses.Course | None:
    """The values of all periods that are over, with the path of the targets; fewer than two values make no line."""
    steps = [courses.Step(period.label, _float(value), _float(plan)) for period, value, plan in told.course]
    if sum(step.value is not None for step in steps) < 2:
        return None
    return courses.course(steps, unit=told.row.definition.sign)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


# --- Open data -------------------------------------------------------------------------------------------------------


def _csv(rows: Iterable[dict[str, Any]], name: str) -> HttpResponse:
    """UTF-8 with the mark that spreadsheets look for; text that they would compute is quoted."""
    text = io.StringIO()
    text.write("\ufeff")
    lines = [{key: exports.written(cell) for key, cell in row.items()} for row in rows]
    writer = csv.DictWriter(text, fieldnames=list(lines[0]) if lines else ["indicator"])
    writer.writeheader()
    writer.writerows(lines)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    year = _year(request)
    rows = public.board(year, timezone.localdate()).rows
    return _csv(map(public.as_data, rows), f"chi-tieu-{year}")


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The year's indicators as JSON."""
    frame = _frame(_year(request))
    rows = public.board(frame["year"], timezone.localdate()).rows
    return fast({"place": frame["place"], "year": frame["year"], "items": [public.as_data(row) for row in rows]})


@require_safe
def one_table(request: HttpRequest, indicator: str) -> HttpResponse:
    _asked, told = _one(request, indicator)
    return _csv(map(public.as_data, told.rows), indicator)


@require_safe
def one_document(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator's five years as JSON, with its definition."""
    year, told = _one(request, indicator)
    definition = public.described(told.version, told.row.definition)
    rows = [public.as_data(row) for row in told.rows]
    return fast({"place": _frame(year)["place"], "definition": definition, "items": rows})
