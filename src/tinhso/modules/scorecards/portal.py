"""What everybody may read: rankings, each unit's points with their reasons, open data, the province's DTI path."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tinhso.kernel.errors import NotFound
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.spreadsheets import XLSX, inert
from tinhso.kernel.ui import charts
from tinhso.modules.scorecards.models import Card, PublishedResult, Round
from tinhso.modules.scorecards.queries import cards as reading
from tinhso.modules.scorecards.queries import editions, exports, frozen, rounds, workbooks
from tinhso.modules.scorecards.queries import sdmx as sdmx_queries
from tinhso.modules.scorecards.rules.editions import Edition
from tinhso.modules.scorecards.rules.words import RoundState

PILLARS = ("digital_government", "digital_economy", "digital_society")
FULLEST = 4  # places offered because their path can be drawn


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All published rounds, the newest first."""
    rows, more_after = rounds.listed(Round.objects.filter(state=RoundState.PUBLISHED), request.GET.get("sau", ""))
    return render(request, "scorecards/portal/index.html", {"rounds": rows, "more_after": more_after})


@require_GET
def ranking(request: HttpRequest, code: str) -> HttpResponse:
    """One round: a group's ranking with bars by pillar, moves in words, and how sure each rank is."""
    round_ = rounds.published(code)
    groups = rounds.groups_in(round_)
    chosen = request.GET.get("nhom", "")
    group = chosen if chosen in dict(groups) else (groups[0][0] if groups else "")
    edition = editions.of(round_.edition)
    context = {
        "round": round_,
        "edition": edition,
        "groups": groups,
        "group": group,
        "rows": rounds.ranking(round_, group),
        "grades": [row for row in rounds.counted_grades(round_) if row[0] == group],
        "merged": frozen.under_todays_map(round_, group),
        "unconfirmed": sum(not one.confirmed for one in edition.criteria),
    }
    return render(request, "scorecards/portal/ranking.html", context)


@require_GET
def unit(request: HttpRequest, code: str, unit_code: str) -> HttpResponse:
    """A unit's result: every criterion with self, reviewed and final points, and the reason of each change."""
    round_ = rounds.published(code)
    card = (
        Card.objects.select_related("round__edition", "round__previous", "unit")
        .filter(round=round_, unit__code=unit_code, rank__isnull=False)
        .first()
    )
    if card is None:
        raise NotFound
    edition = editions.of(round_.edition)
    context = {
        "round": round_,
        "card": card,
        "edition": edition,
        "parts": reading.parts(reading.lines(card)),
        "bars": rounds.parts_of(card, edition),
        "reasons": {one.code: one for one in rounds.reasons(card)},
        "found": rounds.explain(card),
        "scale": 10**edition.decimals,
        "grade": next((one.name for one in edition.grades if one.code == card.grade), ""),
    }
    return render(request, "scorecards/portal/unit.html", context)


@require_GET
def table(request: HttpRequest, code: str) -> HttpResponse:
    return _csv(exports.table(rounds.published(code)), f"{code}.csv")


@require_GET
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    """The ranking of each group on a sheet of its own."""
    round_ = rounds.published(code)
    headers = {"Content-Disposition": f'attachment; filename="{round_.code}.xlsx"'}
    return HttpResponse(workbooks.ranking(round_), content_type=XLSX, headers=headers)


@require_GET
def sdmx(request: HttpRequest, code: str) -> HttpResponse:
    return _csv(sdmx_queries.observations(rounds.published(code)), f"{code}.sdmx.csv")


@require_GET
def sdmx_structure(request: HttpRequest, code: str) -> HttpResponse:
    """Dataflow, data structure, code lists and concepts of the observations, as SDMX-JSON."""
    told = sdmx_queries.structure(rounds.published(code), at=timezone.now())
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/vnd.sdmx.structure+json; version=2.0.0"
    return answer


@require_GET
def document(request: HttpRequest, code: str) -> HttpResponse:
    return JsonResponse(exports.document(rounds.published(code)), json_dumps_params={"ensure_ascii": False})


@require_GET
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """All that is needed to compute the round again with ``tinhso score recompute``."""
    text = json.dumps(frozen.bundle(rounds.published(code)), ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{code}.bundle.json"'
    return answer


def _csv(rows: Iterable[list[str]], name: str) -> HttpResponse:
    """With the mark that tells spreadsheets it is UTF-8; cells that a spreadsheet would compute are quoted."""
    text = io.StringIO()
    text.write("\ufeff")
    csv.writer(text).writerows([inert(cell) for cell in row] for row in rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
def dti(request: HttpRequest) -> HttpResponse:
    """The published DTI tables: a year's ranks, and a province's path by pillar; first the deployment's own."""
    known = exports.years()
    asked = request.GET.get("nam", "")
    year = int(asked) if is_whole(asked) and int(asked) in known else (known[0] if known else 0)
    places = exports.places()
    own, asked_place = exports.own_places(places), request.GET.get("tinh", "")
    place = asked_place if asked_place in places else next(iter([*own, *places]), "")
    path = exports.path_of(place) if place else []
    context = {
        "years": known,
        "year": year,
        "rows": exports.results(year, "total")[:100],
        "places": places,
        "place": place,
        "near": [one for one in dict.fromkeys([*own, *exports.fullest(places, FULLEST)]) if one != place],
        "path": path,
        "names": exports.DIMENSIONS,
        "charts": [(exports.DIMENSIONS[one], chart) for one in ("total", *PILLARS) if (chart := _chart(path, one))],
        "editions": _editions(),
    }
    return render(request, "scorecards/portal/dti.html", context)


def _chart(path: list[PublishedResult], dimension: str) -> charts.Chart | None:
    """A line over the years, times 1,000 (the axis of the published scale); fewer than two points make no line."""
    points = {one.year: one.value for one in path if one.dimension == dimension and one.value is not None}
    if len(points) < 2:
        return None
    return charts.line([charts.Point(str(year), float(value * 1000)) for year, value in sorted(points.items())])


def _editions() -> list[Edition]:
    from tinhso.modules.scorecards.models import CriteriaEdition

    rows: Any = CriteriaEdition.objects.binding().filter(criteria_set__code="dti-province").order_by("valid_from")
    return [editions.of(one) for one in rows]


@require_GET
def dti_table(request: HttpRequest) -> HttpResponse:
    """The published lines as they are, with their sources."""
    names = PublishedResult.columns()
    rows = PublishedResult.objects.filter(set_code="dti-province").order_by("year", "place", "dimension")
    lines = ([("" if cell is None else str(cell)) for cell in row] for row in rows.values_list(*names).iterator(500))
    return _csv([list(names), *lines], "dti.csv")
