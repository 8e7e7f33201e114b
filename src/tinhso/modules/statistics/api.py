"""Open data: the public figures as JSON and CSV at stable addresses, with a description of the dataset."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY
from tinhso.kernel.api.open_data import limited, tagged
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import Refusal
from tinhso.kernel.spreadsheets import inert
from tinhso.kernel.units.queries import tree
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.forms import TODAY, wanted_from
from tinhso.modules.statistics.queries import figures, shown
from tinhso.modules.statistics.queries.wanted import Counted, Wanted, counted
from tinhso.modules.statistics.rules import Line, Row

router = Router()
BUCKET = "statistics.data"
BY = {"month": "Tháng", "unit": "Đơn vị", "field": "Lĩnh vực", "procedure": "Thủ tục"}
MAPS = (rules.BY_THEN, rules.BY_TODAY)
CELLS = (
    "received", "online", "counter", "post", "carried", "resolved", "early", "on_time", "late", "open", "open_in_time",
    "open_late", "adjusted", "withdrawn", "returned", "electronic",
)  # fmt: skip
MEANING = {
    "key": "mã của dòng: tháng, mã đơn vị, lĩnh vực hoặc mã thủ tục; trống ở dòng gộp",
    "name": "tên của dòng",
    "merged": "số dòng được gộp vì mỗi dòng có ít hơn 5 hồ sơ",
    "received": "số hồ sơ tiếp nhận, cột 3 của biểu II.06/VPCP/KSTT",
    "online": "trong kỳ, trực tuyến (cột 4)",
    "counter": "trong kỳ, trực tiếp (cột 5 gồm counter và post)",
    "post": "trong kỳ, dịch vụ bưu chính công ích",
    "carried": "từ kỳ trước chuyển qua (cột 6)",
    "resolved": "đã giải quyết (cột 7), gồm cả hồ sơ rút",
    "early": "trước hạn (cột 8)",
    "on_time": "đúng hạn (cột 9)",
    "late": "quá hạn (cột 10)",
    "open": "đang giải quyết cuối kỳ (cột 11)",
    "open_in_time": "trong hạn (cột 12)",
    "open_late": "quá hạn (cột 13)",
    "adjusted": "chuyển cơ quan hoặc ghi nhận sau khi chốt kỳ trước",
    "withdrawn": "trong số đã giải quyết: rút hoặc dừng",
    "returned": "đã trả kết quả",
    "electronic": "đã trả kết quả điện tử",
}


class StatisticsLine(Schema):
    """A line of the form; numbers are null where fewer than five dossiers could point to a person."""

    key: str
    name: str
    merged: int
    received: int | None
    online: int | None
    counter: int | None
    post: int | None
    carried: int | None
    resolved: int | None
    early: int | None
    on_time: int | None
    late: int | None
    open: int | None
    open_in_time: int | None
    open_late: int | None
    adjusted: int | None
    withdrawn: int | None
    returned: int | None
    electronic: int | None


class StatisticsTable(Schema):
    """A period split by month, unit, field or procedure. ``is_closed``: the figures will not change any more.

    ``map``: ``then``, under the units of each month; ``today``, what units that ended had is their heirs' of today."""

    period: str
    since: date
    until: date
    by: str
    unit: str
    level: str
    field: str
    procedure: str
    map: str
    counted_at: datetime | None
    is_closed: bool
    total: StatisticsLine
    items: list[StatisticsLine]


class Asked(Schema):
    """``period``: ``2026-11``, ``2026-q4`` or ``2026``; the newest month unless given. ``unit`` is a unit's code.

    ``map``: ``then`` (the units of each month) or ``today`` (their heirs of today)."""

    period: str = ""
    by: str = "unit"
    unit: str = ""
    level: str = ""
    field: str = ""
    procedure: str = ""
    map: str = rules.BY_THEN


def _wanted(asked: Asked, today: date) -> Wanted:
    """Raises Refusal for words that mean nothing: programs must not take another answer for theirs."""
    if asked.by not in BY:
        raise Refusal("statistics.unknown_split", f"“by” là một trong: {', '.join(BY)}.", field="by")
    words = {
        "ky": asked.period,
        "don-vi": asked.unit,
        "cap": asked.level,
        "linh-vuc": asked.field,
        "thu-tuc": asked.procedure,
        "ban-do": TODAY if asked.map == rules.BY_TODAY else "",
    }
    wanted = wanted_from(words, today)
    if asked.period and wanted.period.code != asked.period.lower():
        raise Refusal("statistics.unknown_period", "Kỳ có dạng 2026-11, 2026-q4 hoặc 2026.", field="period")
    if asked.unit and wanted.unit_id is None:
        raise Refusal("statistics.unknown_unit", "Không có đơn vị nào mang mã này.", field="unit")
    if asked.level and wanted.level != asked.level and wanted.unit_id is None:
        raise Refusal("statistics.unknown_level", f"“level” là một trong: {', '.join(rules.LEVELS)}.", field="level")
    _check_map(asked, wanted)
    return wanted


def _check_map(asked: Asked, wanted: Wanted) -> None:
    """Today's map is for all procedures: the difference between both maps could tell a number too small to be told."""
    if asked.map not in MAPS:
        raise Refusal("statistics.unknown_map", f"“map” là một trong: {', '.join(MAPS)}.", field="map")
    of_place = not wanted.may_be_split and asked.by in ("field", "procedure")
    if asked.map == rules.BY_TODAY and (not wanted.is_of_all or of_place):
        words = "Theo lĩnh vực, thủ tục chỉ có số liệu theo đơn vị của thời điểm đó: bỏ “map”."
        raise Refusal("statistics.map_of_all", words, field="map")


def table(asked: Asked, today: date, known: Counted) -> dict[str, Any]:
    """The answer as plain values: two statements, and nothing in it that could point to a person."""
    wanted = _wanted(asked, today)
    unit = tree().nodes.get(wanted.unit_id or 0)
    line = figures.line_of(wanted, known)
    withheld = not wanted.is_of_all and rules.is_small(line)
    return {
        "period": wanted.period.code,
        "since": wanted.period.since,
        "until": wanted.period.until,
        "by": asked.by,
        "unit": unit.code if unit else "",
        "level": wanted.level,
        "field": wanted.field,
        "procedure": wanted.procedure,
        "map": asked.map,
        "counted_at": known.at,
        "is_closed": known.is_closed(wanted.period),
        "total": _cells(Row("", line), shown.title_of(wanted) or "Toàn tỉnh", withheld=withheld),
        "items": [] if withheld or known.last is None else _items(wanted, asked.by, known, today),
    }


def _items(wanted: Wanted, by: str, known: Counted, today: date) -> list[dict[str, Any]]:
    if by == "month":
        rows = figures.months_of(wanted)
        return [_cells(row, row.key, withheld=not wanted.is_of_all and rules.is_small(row.line)) for row in rows]
    if (by == "unit" and wanted.unit_id is not None) or (by == "procedure" and wanted.procedure):
        return []
    if by == "field" and not wanted.is_of_all:
        return []
    rows = figures.split(wanted, by, known.last or today)
    told = rows if by == "unit" and wanted.is_of_all else rules.told_in_public(rows)
    nodes, titles = (
        tree().nodes,
        shown.names((row.key for row in told), shown.catalogue(today)) if by == "procedure" else {},
    )
    found = []
    for row in told:
        if row.merged:
            found.append(_cells(row, "Còn lại"))
        elif by == "unit":
            node = nodes[int(row.key)]
            found.append(_cells(Row(node.code, row.line), node.name))
        else:
            found.append(_cells(row, titles.get(row.key, row.key)))
    return found


def _cells(row: Row, name: str, *, withheld: bool = False) -> dict[str, Any]:
    line: Line = row.line
    numbers = {cell: None if withheld else getattr(line, cell) for cell in CELLS}
    return {"key": row.key, "name": name, "merged": row.merged, **numbers}


@router.get(
    "/dossiers.json",
    auth=ANYBODY,
    response=StatisticsTable,
    summary="Thống kê hồ sơ, JSON",
    operation_id="statistics_json",
    url_name="statistics_json",
)
def as_json(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """What was received, resolved and is in progress in a period, split in one way."""
    limited(request, BUCKET)
    known = counted()
    return tagged(request, known.at, lambda: fast(table(asked, timezone.localdate(), known)))


@router.get(
    "/dossiers.csv",
    auth=ANYBODY,
    summary="Thống kê hồ sơ, CSV",
    operation_id="statistics_csv",
    url_name="statistics_csv",
)
def as_csv(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """The same as CSV in UTF-8: one line of heads, then a line each; a withheld number is empty."""
    limited(request, BUCKET)
    known = counted()
    return tagged(request, known.at, lambda: _csv(asked, known))


def _csv(asked: Asked, known: Counted) -> HttpResponse:
    found = table(asked, timezone.localdate(), known)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["period", *MEANING], extrasaction="ignore")
    writer.writeheader()
    for item in found["items"]:
        writer.writerow({"period": found["period"], **item, "name": inert(item["name"])})
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ho-so-{found["period"]}-{asked.by}{_suffix(asked)}.csv"'
    return answer


def _suffix(asked: Asked) -> str:
    """Two files of one month must not be taken for each other."""
    return "" if asked.map == rules.BY_THEN else f"-{asked.map}"


@router.get("/", auth=ANYBODY, summary="Mô tả dữ liệu mở", operation_id="statistics_about", url_name="statistics_about")
def about(request: HttpRequest) -> HttpResponse:
    """The dataset described in the words of DCAT: what it holds, how fresh it is, where to get it, what is withheld."""
    limited(request, BUCKET)
    known = counted()
    return tagged(request, known.at, lambda: fast(_described(request, known)))


def _described(request: HttpRequest, known: Counted) -> dict[str, Any]:
    def address(name: str) -> str:
        return request.build_absolute_uri(reverse(f"api-v1:{name}"))

    return {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@type": "dcat:Dataset",
        "@id": address("statistics_about"),
        "dct:title": "Tình hình, kết quả giải quyết thủ tục hành chính",
        "dct:description": "Số hồ sơ tiếp nhận, giải quyết, đang giải quyết theo tháng, quý, năm; theo đơn vị, cấp, "
        "lĩnh vực, thủ tục. Các cột theo biểu II.06/VPCP/KSTT (Thông tư 01/2020/TT-VPCP). Tháng đã qua được chốt; "
        "tháng này cập nhật mười phút một lần.",
        "dct:language": "vi",
        "dct:accrualPeriodicity": "R/PT10M",
        "dct:temporal": {"dcat:startDate": known.first, "dcat:endDate": timezone.localdate() if known.last else None},
        "dct:modified": known.at,
        "dct:accessRights": f"Công khai. Dòng theo lĩnh vực hoặc thủ tục có dưới {rules.SMALLEST_SHOWN} hồ sơ được gộp "
        "hoặc để trống để không nhận ra người nộp.",
        "parameters": Asked.model_json_schema(),
        "columns": MEANING,
        "dcat:distribution": [
            {"@type": "dcat:Distribution", "dcat:accessURL": address(name), "dcat:mediaType": kind}
            for name, kind in (("statistics_json", "application/json"), ("statistics_csv", "text/csv"))
        ],
    }
