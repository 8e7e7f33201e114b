"""The catalogue for programs: public, read only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound
from tinhso.modules.procedures import queries
from tinhso.modules.procedures.rules import sheets
from tinhso.modules.procedures.rules.content import content_to
from tinhso.modules.procedures.rules.sheets import ProcedureSheet

router = Router()
LONGEST_PAGE = 100


class ProcedureLine(Schema):
    """A procedure in a list; ``limit`` and ``fee`` are words for people."""

    code: str
    name: str
    legal_name: str
    field: str
    levels: list[str]
    is_online: bool
    service_level: str
    limit: str
    fee: str


class ProcedurePage(Schema):
    items: list[ProcedureLine]
    next: str | None


class ProcedureFull(ProcedureLine):
    """One procedure in full; ``content`` has the parts of the published version."""

    number: int
    valid_from: date
    content: dict[str, Any]


def _line(one: ProcedureSheet, on: date) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "legal_name": one.legal_name,
        "field": one.field,
        "levels": list(one.levels),
        "is_online": one.is_online,
        "service_level": one.content.service_level,
        "limit": sheets.limit_words(one.content.limit),
        "fee": sheets.fee_words(one.content, on),
    }


@router.get("/", auth=ANYBODY, response=ProcedurePage, summary="Danh mục thủ tục", operation_id="procedures_list")
def procedures(
    request: HttpRequest,
    q: str = Query("", max_length=queries.LONGEST_QUESTION),
    after: str = Query("", max_length=8),
    size: int = Query(50, ge=1, le=LONGEST_PAGE),
) -> HttpResponse:
    """Procedures in force, by code; with ``q`` those that answer it, best first and on one page."""
    today = timezone.localdate()
    if q.strip():
        found = [match.sheet for match in queries.find(q, today, size)]
        return fast({"items": [_line(one, today) for one in found], "next": None})
    rest = [one for code, one in queries.in_force(today).items() if code > after]
    more = rest[size - 1].code if len(rest) > size else None
    return fast({"items": [_line(one, today) for one in rest[:size]], "next": more})


@router.get("/{code}", auth=ANYBODY, response=ProcedureFull, summary="Một thủ tục", operation_id="procedures_get")
def procedure(request: HttpRequest, code: str, on: date | None = None) -> HttpResponse:
    """A procedure as in force today, or on another day."""
    today = on or timezone.localdate()
    one = queries.published(code, today)
    if one is None:
        raise NotFound("procedures.not_in_force", "Thủ tục này không có bản nào có hiệu lực vào ngày đó.")
    whole = {"number": one.number, "valid_from": one.valid_from, "content": content_to(one.content)}
    return fast({**_line(one, today), **whole})
