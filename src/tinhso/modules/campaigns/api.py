"""Emulation campaigns for programs: decided ones are everybody's, running ones with a key of an official."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from tinhso.kernel.api.auth import ANYBODY
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.api.paging import Paged, page
from tinhso.kernel.api.responses import fast
from tinhso.kernel.people.middleware import acting
from tinhso.modules.campaigns.models import Award, Campaign, Entrant
from tinhso.modules.campaigns.queries import boards
from tinhso.modules.campaigns.rules.words import AwardState

router = Router()


class CampaignLine(Schema):
    """``state``: running, frozen, decided."""

    code: str
    name: str
    unit: str
    since: date
    until: date
    state: str
    frozen_at: datetime | None
    decision: str
    decided_on: date | None


class CampaignPage(Schema):
    items: list[CampaignLine]
    next: str | None = Field(description="pass it as `after` for the page that follows; null at the end")


class CampaignFull(CampaignLine):
    summary: str
    document: str
    groups: list[str]


class CampaignPlace(Schema):
    """A unit in its group. ``value`` is what it is placed by, in ``words``; ``prize`` what it was granted."""

    unit: str
    name: str
    group: str
    place: int | None
    value: Decimal | None
    words: str
    prize: str


class PlacePage(Schema):
    items: list[CampaignPlace]
    next: str | None


@router.get("/", auth=ANYBODY, response=CampaignPage, summary="Phong trào thi đua", operation_id="campaigns_list")
def campaigns(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """Campaigns that the asker may see, the newest first."""
    _limit(request)
    rows = Campaign.objects.visible_to(acting(request)).defer("bundle")
    got = page(rows, order=("-pk",), after=asked.after, size=asked.size)
    return fast({"items": [_line(one) for one in got["items"]], "next": got["next"]})


@router.get("/{code}", auth=ANYBODY, response=CampaignFull, summary="Một phong trào", operation_id="campaigns_one")
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign with its groups of comparable units."""
    _limit(request)
    found = boards.by_code(code[:40], acting(request))
    more = {"summary": found.summary, "document": found.document_number, "groups": boards.groups_of(found)}
    return fast(_line(found) | more)


@router.get(
    "/{code}/places/", auth=ANYBODY, response=PlacePage, summary="Bảng xếp hạng phong trào",
    operation_id="campaigns_places",
)  # fmt: skip
def places(request: HttpRequest, code: str, asked: Query[Paged], group: str = Query("", max_length=80)) -> HttpResponse:
    """The units of a campaign by group and place; those without a value have none and come in no order of merit."""
    _limit(request)
    found = boards.by_code(code[:40], acting(request))
    rows = Entrant.objects.filter(campaign=found).select_related("unit")
    if group:
        rows = rows.filter(group=group)
    got = page(rows, order=("group", "pk"), after=asked.after, size=asked.size)
    prizes = dict(
        Award.objects.filter(entrant__in=got["items"], state=AwardState.GRANTED).values_list("entrant_id", "prize_name")
    )
    return fast({"items": [_place(one, prizes) for one in got["items"]], "next": got["next"]})


def _limit(request: HttpRequest) -> None:
    allow("campaigns.data", client_network(request), times=120, seconds=60)


def _line(one: Campaign) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "unit": boards.unit_name(one.unit_id),
        "since": one.since,
        "until": one.until,
        "state": one.state,
        "frozen_at": one.frozen_at,
        "decision": one.decision_number,
        "decided_on": one.decided_on,
    }


def _place(one: Entrant, prizes: dict[int, str]) -> dict[str, Any]:
    return {
        "unit": one.unit.code,
        "name": one.unit.name,
        "group": one.group,
        "place": one.place,
        "value": one.value,
        "words": one.words,
        "prize": prizes.get(one.pk, ""),
    }
