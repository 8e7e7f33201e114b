"""Open data: the index by unit and by procedure, as JSON and CSV at stable addresses, with a description."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY
from tinhso.kernel.api.open_data import limited, tagged
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
BUCKET = "service_quality.data"
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


def _checked(asked: IndexAsked) -> tuple[CountedPeriod, Edition]:
    """The period asked for. Raises Refusal for words that mean nothing."""
    if asked.by not in BY:
        raise Refusal("service_quality.unknown_split", f"“by” là một trong: {', '.join(BY)}.", field="by")
    if asked.level and asked.level not in words.LEVELS:
        known = ", ".join(words.LEVELS)
        raise Refusal("service_quality.unknown_level", f"“level” là một trong: {known}.", field="level")
    return _period(asked.period)


def table(asked: IndexAsked, row: CountedPeriod, edition: Edition) -> dict[str, Any]:
    """The answer as plain values, in a handful of statements."""
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


def _stamp(row: CountedPeriod) -> tuple[Any, ...]:
    """What changes when the scores of a period do."""
    return row.pk, row.edition_id, row.counted_at, row.closed_at


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
    limited(request, BUCKET)
    row, edition = _checked(asked)
    return tagged(request, _stamp(row), lambda: fast(table(asked, row, edition)))


@router.get(
    "/index.csv",
    auth=ANYBODY,
    summary="Chỉ số phục vụ, CSV",
    operation_id="service_quality_csv",
    url_name="service_quality_csv",
)
def as_csv(request: HttpRequest, asked: Query[IndexAsked]) -> HttpResponse:
    """The same as CSV in UTF-8, a line each; components stand in columns by their code, with top and bottom."""
    limited(request, BUCKET)
    row, edition = _checked(asked)
    return tagged(request, _stamp(row), lambda: _csv(asked, table(asked, row, edition)))


def _csv(asked: IndexAsked, found: dict[str, Any]) -> HttpResponse:
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
    return answer


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
    limited(request, BUCKET)
    row, edition = _period(period)
    return tagged(request, _stamp(row), lambda: fast(_unit(code, row, edition)))


def _unit(code: str, row: CountedPeriod, edition: Edition) -> dict[str, Any]:
    """Raises NotFound for a unit that is none, or has no score in the period."""
    node = scores.unit_called(code)
    found = scores.one(row.period, unit_id=None if node.parent_id is None else node.id) if node else None
    if node is None or found is None:
        raise NotFound
    return line(found, edition, node.code, node.name, words.level_of(node.kind))


@router.get(
    "/", auth=ANYBODY, summary="Mô tả dữ liệu mở", operation_id="service_quality_about",
    url_name="service_quality_about",
)  # fmt: skip
def about(request: HttpRequest) -> HttpResponse:
    """The dataset in the words of DCAT, and the edition by which the newest period is computed."""
    limited(request, BUCKET)
    row = scores.counted().newest_month
    edition = scores.edition_of(row) if row else None
    return tagged(request, _stamp(row) if row else "", lambda: fast(_described(request, row, edition)))


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
