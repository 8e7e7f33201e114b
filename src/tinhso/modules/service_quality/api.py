"""Open data: the index by unit and by procedure, as JSON and CSV at stable addresses, with a description."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.spreadsheets import inert
from tinhso.kernel.units.queries import tree
from tinhso.modules.service_quality.models import CountedPeriod, Score
from tinhso.modules.service_quality.queries import catalogue, scores
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Edition
from tinhso.modules.service_quality.rules.inputs import TITLES

router, name = Router(), "service-quality"
FRESH_SECONDS = 600
BY = ("unit", "procedure")


class IndexPoint(Schema):
    """A component: points are ``most`` × ``top`` / ``bottom`` (see ``about``); null where it does not count."""

    code: str
    name: str
    top: int | None
    bottom: int | None
    points: float | None
    most: float
    how: str
    is_confirmed: bool


class IndexLine(Schema):
    """The index of a place. ``share``: points of 100, by which units of a level are ranked."""

    key: str
    name: str
    level: str
    rank: int | None
    ranked: int | None
    total: float
    most: float
    share: float
    grade: str
    dossiers: int
    components: list[IndexPoint]


class IndexTable(Schema):
    """The index of a period. ``is_closed``: it will not change any more."""

    period: str
    since: date
    until: date
    by: str
    edition: str
    counted_at: datetime | None
    is_closed: bool
    items: list[IndexLine]


class IndexAsked(Schema):
    """``period``: ``2026-11``, ``2026-q4`` or ``2026``; the newest month unless given. ``level``: tinh, so, xa."""

    period: str = ""
    by: str = "unit"
    level: str = ""


def _period(code: str) -> tuple[CountedPeriod, Edition]:
    """Raises Refusal for a period that has no figures: programs must not take another answer for theirs."""
    row = scores.chosen(code, scores.counted())
    if row is None or (code and row.period.code != code.lower()):
        raise Refusal("service_quality.no_period", "Chưa có số liệu kỳ này. Ghi kỳ dạng 2026-11, 2026-q4 hoặc 2026.",
                      field="period")  # fmt: skip
    return row, scores.edition_of(row)


def table(asked: IndexAsked) -> dict[str, Any]:
    """The answer as plain values, in a handful of statements."""
    if asked.by not in BY:
        raise Refusal("service_quality.unknown_split", f"“by” là một trong: {', '.join(BY)}.", field="by")
    if asked.level and asked.level not in words.LEVELS:
        known = ", ".join(words.LEVELS)
        raise Refusal("service_quality.unknown_level", f"“level” là một trong: {known}.", field="level")
    row, edition = _period(asked.period)
    if asked.by == "procedure":
        names = catalogue.names(row.period.until)
        told = scores.of_procedures(row.period)
        items = [line(one, edition, one.procedure, names.get(one.procedure, one.procedure), "") for one in told]
    else:
        found = [_place(one, edition) for one in scores.of_units(row.period)]
        items = [one for one in found if not asked.level or one["level"] == asked.level]
    return {
        "period": row.period.code,
        "since": row.period.since,
        "until": row.period.until,
        "by": asked.by,
        "edition": f"{edition.decision} ({edition.variant})",
        "counted_at": row.counted_at,
        "is_closed": row.closed_at is not None,
        "items": items,
    }


def _place(one: Score, edition: Edition) -> dict[str, Any]:
    node = tree().nodes.get(one.unit_id or 0)
    if node is not None:
        return line(one, edition, node.code, node.name, words.level_of(node.kind))
    return line(one, edition, one.level, words.LEVELS.get(one.level, "Toàn tỉnh"), one.level)


def line(one: Score, edition: Edition, key: str, name: str, level: str) -> dict[str, Any]:
    """One score as plain values."""
    return {
        "key": key,
        "name": name,
        "level": level,
        "rank": one.rank,
        "ranked": one.ranked,
        "total": float(one.total),
        "most": float(one.most),
        "share": float(one.share),
        "grade": edition.grade_of(one.share),
        "dossiers": one.handled,
        "components": [
            {
                "code": each.component.code,
                "name": each.component.name,
                "top": each.top,
                "bottom": each.bottom,
                "points": None if each.points is None else float(each.points),
                "most": float(each.component.most),
                "how": each.how,
                "is_confirmed": each.component.confirmed,
            }
            for group in scores.groups_of(edition, one.points)
            for each in group.lines
        ],
    }


def _answer(request: HttpRequest, body: HttpResponse) -> HttpResponse:
    """With a tag that changes when the figures do; 304 for whoever has it already."""
    tag = f'"{hashlib.sha256(body.content).hexdigest()[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        body = HttpResponse(status=304)
    body["ETag"] = tag
    body["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return body


def _limit(request: HttpRequest) -> None:
    allow("service_quality.data", client_network(request), times=120, seconds=60)


@router.get(
    "/index.json",
    auth=ANYBODY,
    response=IndexTable,
    summary="Chỉ số phục vụ, JSON",
    operation_id="service_quality_json",
    url_name="service_quality_json",
)
def as_json(request: HttpRequest, asked: Query[IndexAsked]) -> HttpResponse:
    """The index of a period by unit (with levels and the province) or by procedure, with every component."""
    _limit(request)
    return _answer(request, fast(table(asked)))


@router.get(
    "/index.csv",
    auth=ANYBODY,
    summary="Chỉ số phục vụ, CSV",
    operation_id="service_quality_csv",
    url_name="service_quality_csv",
)
def as_csv(request: HttpRequest, asked: Query[IndexAsked]) -> HttpResponse:
    """The same as CSV in UTF-8, a line each; components stand in columns by their code, with top and bottom."""
    _limit(request)
    found = table(asked)
    text = io.StringIO()
    text.write("\ufeff")
    codes = [one["code"] for one in found["items"][0]["components"]] if found["items"] else []
    heads = ["period", "key", "name", "level", "rank", "ranked", "total", "most", "share", "grade", "dossiers"]
    writer = csv.writer(text)
    writer.writerow([*heads, *(f"{code}{part}" for code in codes for part in ("", "_top", "_bottom"))])
    for one in found["items"]:
        own = [each[name] for each in one["components"] for name in ("points", "top", "bottom")]
        writer.writerow([found["period"], *(inert(one[name]) for name in heads[1:]), *own])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="chi-so-phuc-vu-{found["period"]}-{asked.by}.csv"'
    return _answer(request, answer)


@router.get(
    "/units/{code}",
    auth=ANYBODY,
    response=IndexLine,
    summary="Chỉ số phục vụ của một đơn vị",
    operation_id="service_quality_unit",
    url_name="service_quality_unit",
)
def of_unit(request: HttpRequest, code: str, period: str = "") -> HttpResponse:
    """One unit's index with every component; the province's by the province's code."""
    _limit(request)
    row, edition = _period(period)
    node = scores.unit_called(code)
    found = scores.one(row.period, unit_id=None if node.parent_id is None else node.id) if node else None
    if node is None or found is None:
        raise NotFound
    return _answer(request, fast(line(found, edition, node.code, node.name, words.level_of(node.kind))))


@router.get(
    "/", auth=ANYBODY, summary="Mô tả dữ liệu mở", operation_id="service_quality_about",
    url_name="service_quality_about",
)  # fmt: skip
def about(request: HttpRequest) -> HttpResponse:
    """The dataset in the words of DCAT, and the edition by which the newest period is computed."""
    _limit(request)
    known = scores.counted()
    row = known.newest_month
    return _answer(request, fast(_described(request, row, scores.edition_of(row) if row else None)))


def _described(request: HttpRequest, row: CountedPeriod | None, edition: Edition | None) -> dict[str, Any]:
    def address(name: str) -> str:
        return request.build_absolute_uri(reverse(f"api-v1:{name}"))

    return {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@type": "dcat:Dataset",
        "@id": address("service_quality_about"),
        "dct:title": "Chỉ số phục vụ người dân, doanh nghiệp",
        "dct:description": "Điểm từng thành phần theo Quyết định 766/QĐ-TTg của tỉnh, cấp, đơn vị và thủ tục, theo "
        "tháng, quý, năm, kèm tử số và mẫu số. Điểm = điểm tối đa × min(1, tỷ lệ / ngưỡng đạt điểm tối đa).",
        "dct:language": "vi",
        "dct:modified": row.counted_at if row else None,
        "dct:accessRights": f"Công khai. Thủ tục có dưới {words.SMALLEST_SHOWN} hồ sơ không nêu.",
        "parameters": IndexAsked.model_json_schema(),
        "components": [
            {
                "code": one.code, "name": one.name, "metric": one.metric, "most": float(one.most),
                "top": TITLES[one.top], "bottom": TITLES[one.bottom], "full_at": float(one.full_at),
                "times": one.times or None,
                "source": one.source, "is_confirmed": one.confirmed, "note": one.note,
            }
            for one in (edition.components if edition else ())
        ],
        "dcat:distribution": [
            {"@type": "dcat:Distribution", "dcat:accessURL": address(name), "dcat:mediaType": kind}
            for name, kind in (("service_quality_json", "application/json"), ("service_quality_csv", "text/csv"))
        ],
    }  # fmt: skip
