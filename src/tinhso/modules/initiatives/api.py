"""Initiatives for programs: recognised ones are everybody's; with a key also those that its account may see."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.api.paging import Paged, page
from tinhso.kernel.api.responses import fast
from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.units.queries import tree
from tinhso.modules.initiatives.models import Initiative
from tinhso.modules.initiatives.rules.states import FIELDS

router = Router()


class InitiativeLine(Schema):
    """``authors``: names with their share in percent."""

    number: str
    title: str
    field: str
    field_name: str
    unit: str
    state: str
    authors: list[str]
    decision: str
    decided_on: date | None


class InitiativePage(Schema):
    items: list[InitiativeLine]
    next: str | None = Field(description="pass it as `after` for the page that follows; null at the end")


class InitiativeFull(InitiativeLine):
    problem: str
    solution: str
    effect: str
    effect_note: str = Field(description="what came of it, as noted after recognition")
    effect_dong: int | None


class InitiativesAsked(Paged):
    """``list``: recognised ones (for everybody), or all that the account may see, drafts of a decision among them."""

    list: Literal["recognised", "seen"] = "recognised"
    field: str = Field("", max_length=20)


@router.get("/", auth=ANYBODY, response=InitiativePage, summary="Sáng kiến", operation_id="initiatives_list")
def initiatives(request: HttpRequest, asked: Query[InitiativesAsked]) -> HttpResponse:
    """Initiatives, the newest first."""
    _limit(request)
    seen = asked.list == "seen"
    rows = Initiative.objects.visible_to(acting(request)) if seen else Initiative.objects.public()
    if asked.field:
        rows = rows.filter(field=asked.field)
    rows = rows.select_related("case").prefetch_related("authors")
    got = page(rows, order=("-pk",), after=asked.after, size=asked.size)
    return fast({"items": [_line(one) for one in got["items"]], "next": got["next"]})


@router.get("/{number}", auth=ANYBODY, response=InitiativeFull, summary="Một sáng kiến", operation_id="initiatives_one")
def initiative(request: HttpRequest, number: str) -> HttpResponse:
    """One initiative that is recognised, or that the account may see. What its council thinks is not told."""
    _limit(request)
    either = Initiative.objects.public() | Initiative.objects.visible_to(acting(request))
    found = either.select_related("case").prefetch_related("authors").filter(case__number=number[:40]).first()
    if found is None:
        raise NotFound
    texts = {name: getattr(found, name) for name in ("problem", "solution", "effect", "effect_note", "effect_dong")}
    return fast(_line(found) | texts)


def _limit(request: HttpRequest) -> None:
    allow("initiatives.data", client_network(request), times=120, seconds=60)


def _line(one: Initiative) -> dict[str, Any]:
    unit = tree().nodes.get(one.case.received_unit_id)
    return {
        "number": one.case.number,
        "title": one.title,
        "field": one.field,
        "field_name": FIELDS.get(one.field, ""),
        "unit": unit.name if unit else "",
        "state": one.case.state,
        "authors": [f"{each.name} ({each.share}%)" for each in one.authors.all()],
        "decision": one.decision_number,
        "decided_on": one.decided_on,
    }
