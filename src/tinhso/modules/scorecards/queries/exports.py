"""Open data of a published round: CSV and JSON with definitions; and the tables others published."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Count, QuerySet

from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.scorecards.models import PublishedResult, Round
from tinhso.modules.scorecards.queries import editions, frozen
from tinhso.modules.scorecards.rules.editions import KIND_NAMES
from tinhso.modules.scorecards.rules.numbers import LEFT_OUT, UNFILLED, plain, unscaled

DIMENSIONS = {
    "total": "Tổng hợp", "digital_government": "Chính quyền số", "digital_economy": "Kinh tế số",
    "digital_society": "Xã hội số", "digital_awareness": "Nhận thức số", "digital_institutions": "Thể chế số",
    "digital_infrastructure": "Hạ tầng số", "digital_workforce": "Nhân lực số",
    "network_security": "An toàn thông tin mạng", "digital_government_activity": "Hoạt động chính quyền số",
    "digital_economy_activity": "Hoạt động kinh tế số", "digital_society_activity": "Hoạt động xã hội số",
}  # fmt: skip


def table(round_: Round) -> Iterator[list[str]]:
    """Head and a line for each unit: code, name, group, rank, grade, total, then points of every criterion."""
    edition = editions.of(round_.edition)
    yield ["unit", "name", "group", "rank", "grade", "total", *(one.code for one in edition.criteria)]
    for one in frozen.units_of(round_):
        points = ["" if value < 0 else plain(unscaled(value, edition.decimals)) for value in one.points]
        total = plain(unscaled(one.total, edition.total_places))
        yield [one.unit, one.name, one.group, str(one.rank or ""), one.grade, total, *points]


def document(round_: Round) -> dict[str, Any]:
    """The same as JSON, with what every code means."""
    edition = editions.of(round_.edition)
    return {
        "round": round_.code,
        "name": round_.name,
        "period": [round_.since.isoformat(), round_.until.isoformat()],
        "decision": round_.decision_number,
        "points": plain(edition.points),
        "ties": edition.ties_words,
        "grades": [{"code": one.code, "name": one.name, "from": plain(one.least)} for one in edition.grades],
        "groups": [{"code": one.code, "name": one.name} for one in edition.groups],
        "criteria": [
            {
                "code": one.code, "name": one.name, "index": edition.index_of[one.code].code,
                "points": plain(one.points), "rule": str(one.rule.kind), "rule_name": KIND_NAMES[one.rule.kind],
                "inputs": {wanted.code: wanted.name for wanted in one.inputs}, "confirmed": one.confirmed,
            }
            for one in edition.criteria
        ],
        "units": [
            {
                "unit": one.unit, "name": one.name, "group": one.group, "rank": one.rank, "grade": one.grade,
                "total": plain(unscaled(one.total, edition.total_places)),
                "points": {
                    criterion.code: plain(unscaled(value, edition.decimals))
                    for criterion, value in zip(edition.criteria, one.points, strict=True)
                    if value not in (UNFILLED, LEFT_OUT)
                },
            }
            for one in frozen.units_of(round_)
        ],
    }  # fmt: skip


def results(year: int, dimension: str) -> QuerySet[PublishedResult]:
    """Published lines of a year, ranked ones first; of a year told by two maps, today's first."""
    rows = PublishedResult.objects.filter(set_code="dti-province", year=year, dimension=dimension)
    return rows.order_by("ranked_units", "rank", "place")


def years() -> list[int]:
    rows = PublishedResult.objects.filter(set_code="dti-province").order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def path_of(place: str) -> list[PublishedResult]:
    """All that is known of a place, the oldest year first."""
    rows = PublishedResult.objects.filter(set_code="dti-province", place=place, dimension__in=DIMENSIONS)
    return list(rows.order_by("year", "dimension", "-ranked_units"))


def places() -> list[str]:
    rows = PublishedResult.objects.filter(set_code="dti-province", dimension="total").exclude(
        place__startswith="("
    )  # averages
    return list(rows.order_by("place").values_list("place", flat=True).distinct())


def own_places(known: Collection[str]) -> list[str]:
    """The deployment's own provinces by the names in the tables, and those that became part of them; first the one
    that has its name from before."""
    nodes = [one for one in tree().nodes.values() if one.kind == Kind.PROVINCE]
    names = [one.short_name or one.name for one in sorted(nodes, key=lambda one: (one.ends_on is not None, one.name))]
    return [name for name in names if name in known]


def fullest(known: Collection[str], most: int) -> list[str]:
    """The places with values in most years: those whose path can be drawn."""
    rows = PublishedResult.objects.filter(set_code="dti-province", dimension="total", value__isnull=False)
    counted = rows.filter(place__in=known).values("place").annotate(years=Count("year", distinct=True))
    return list(counted.filter(years__gt=1).order_by("-years", "place").values_list("place", flat=True)[:most])
