"""The index for everybody: units ranked within their level, and one unit's page with every component."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.errors import NotFound
from tinhso.kernel.ui import charts
from tinhso.kernel.units.queries import tree
from tinhso.modules.service_quality import forms
from tinhso.modules.service_quality.models import CountedPeriod, Score
from tinhso.modules.service_quality.queries import catalogue, scores
from tinhso.modules.service_quality.queries.scores import Known
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Edition

PROCEDURES, UNITS = 20, 200  # lines of a page


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """A period's ranking by level, with the groups' points of each unit, 200 at a time. Six statements."""
    known = scores.counted()
    row = scores.chosen(request.GET.get("ky", ""), known)
    if row is None:
        return render(request, "service_quality/portal/results.html", {"row": None})
    edition = scores.edition_of(row)
    level = request.GET.get("cap", "xa")
    level = level if level in ("xa", "so") else "xa"
    whole = scores.one(row.period)
    first, shown = _page(row.period, level, forms.place(request.GET.get("tu", "")))
    context = {
        **frame(row, known, edition),
        "level": level,
        "levels": [(code, _(words.LEVELS[code])) for code in ("xa", "so")],
        "rows": ranking(shown[:UNITS], edition),
        "more": first + UNITS + 1 if len(shown) > UNITS else 0,
        "whole": whole,
        "groups": scores.groups_of(edition, whole.points) if whole else [],
        "grade": edition.grade_of(whole.share) if whole else "",
        "procedures": _procedures(row),
        "csv": reverse("api-v1:service_quality_csv") + f"?period={row.period.code}",
        "about": reverse("api-v1:service_quality_about"),
    }
    return render(request, "service_quality/portal/results.html", context)


@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit's page: what it got for each component and why, its rank, its path over a year. Four statements."""
    node = scores.unit_called(code)
    known = scores.counted()
    row = scores.chosen(request.GET.get("ky", ""), known)
    if node is None:
        raise NotFound
    if row is None:
        return render(request, "service_quality/portal/results.html", {"row": None})
    whole = node.parent_id is None
    unit_id = None if whole else node.id
    score = scores.one(row.period, unit_id=unit_id)
    edition = scores.edition_of(row)
    context = {
        **frame(row, known, edition),
        "unit": node,
        "score": score,
        "level": _(words.LEVELS[words.level_of(node.kind)]),
        "grade": edition.grade_of(score.share) if score else "",
        "groups": scores.groups_of(edition, score.points) if score else [],
        "chart": chart(scores.path_of(unit_id, row.since, row.months), row),
        "json": reverse("api-v1:service_quality_unit", args=[node.code]) + f"?period={row.period.code}",
    }
    return render(request, "service_quality/portal/unit.html", context)


def frame(row: CountedPeriod, known: Known, edition: Edition) -> dict[str, Any]:
    """What every page of a period says: which period, by which edition, how fresh, whether closed."""
    return {
        "row": row,
        "period": row.period,
        "periods": forms.periods_offered(known),
        "beside": forms.beside(known, row),
        "edition": edition,
    }


def _page(period: Period, level: str, first: int) -> tuple[int, list[Score]]:
    """The lines from a place on and one more where there is one; the first page where there is no such place."""
    found = scores.ranked(period, level, first, UNITS + 1)
    return (first, found) if found or not first else (0, scores.ranked(period, level, 0, UNITS + 1))


def ranking(rows: list[Score], edition: Edition) -> list[dict[str, Any]]:
    """The lines of a ranking as they come, each with its groups as bars."""
    nodes = tree().nodes
    found = []
    for one in rows:
        groups = scores.groups_of(edition, one.points)
        found.append(
            {
                "score": one,
                "unit": nodes[one.unit_id or 0],
                "grade": edition.grade_of(one.share),
                "groups": groups,
                "weakest": min(groups, key=lambda group: group.share),
            }
        )
    return found


def _procedures(row: CountedPeriod) -> list[dict[str, Any]]:
    """The procedures with most dossiers; those with too few to be told are left out."""
    names = catalogue.names(row.period.until)
    told = scores.of_procedures(row.period, PROCEDURES)
    return [{"score": one, "name": names.get(one.procedure, one.procedure)} for one in told]


def chart(path: list[Score], row: CountedPeriod) -> charts.Chart | None:
    """Points of 100 over the periods of a length; the running one is drawn as unfinished."""
    points = [
        charts.Point(_label(one), round(float(one.share), 2), is_open=one.since == row.since and row.closed_at is None)
        for one in path
    ]
    if len(points) < 2:
        return None
    low = max(0, int(min(point.value for point in points) // 10) * 10 - 10)
    return charts.line(points, low=low)


def _label(score: Score) -> str:
    """Short enough for twelve under a chart: ``11``, ``1/26``, ``Q4/26``, ``2026``."""
    if score.months == 12:
        return f"{score.since:%Y}"
    if score.months == 3:
        return f"Q{(score.since.month + 2) // 3}/{score.since:%y}"
    return f"1/{score.since:%y}" if score.since.month == 1 else str(score.since.month)
