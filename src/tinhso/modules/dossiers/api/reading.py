"""Reading: the list, one dossier with everything around it, and the public look-up."""

from __future__ import annotations

from enum import StrEnum

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query
from pydantic import AwareDatetime

from tinhso.kernel.api.auth import ANYBODY, SIGNED_IN
from tinhso.kernel.api.responses import fast
from tinhso.kernel.api.rules import LONGEST_PAGE
from tinhso.kernel.cases.queries import Urgency, Whose
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.mandates.queries import usable
from tinhso.modules.dossiers.api.routers import lookup, router
from tinhso.modules.dossiers.api.schemas import DossierFull, DossierPage, MandateOut, PublicStory
from tinhso.modules.dossiers.queries import programs, public


class List(StrEnum):
    """The lists of an official's inbox."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    UNIT = "unit"
    TO_SIGN = "to_sign"
    RECEIVED = "received"


class Pressing(StrEnum):
    LATE = "late"
    SOON = "soon"
    NEWS = "news"
    PAUSED = "paused"


_WHOSE = {
    List.ALL: Whose.ALL,
    List.MINE: Whose.MINE,
    List.UNASSIGNED: Whose.UNASSIGNED,
    List.UNIT: Whose.UNIT,
    List.TO_SIGN: Whose.TO_SIGN,
    List.RECEIVED: Whose.RECEIVED,
}
_URGENCY = {
    Pressing.LATE: Urgency.LATE,
    Pressing.SOON: Urgency.SOON,
    Pressing.NEWS: Urgency.NEWS,
    Pressing.PAUSED: Urgency.PAUSED,
}


@router.get("/", auth=SIGNED_IN, response=DossierPage, summary="Danh sách hồ sơ", operation_id="dossiers_list")
def dossiers(
    request: HttpRequest,
    whose: List = List.ALL,
    urgency: Pressing | None = None,
    state: str = Query("", max_length=30),
    unit: str = Query("", max_length=40),
    text: str = Query("", max_length=200),
    updated_since: AwareDatetime | None = None,
    after: str = Query("", max_length=200),
    size: int = Query(20, ge=1, le=LONGEST_PAGE),
) -> HttpResponse:
    """Officials: dossiers being worked on that they may see, most urgent first; with ``updated_since`` all that changed
    since, settled ones too, in order of change. That moment names its zone: ``+07:00`` or ``Z``. Everybody else: what
    they filed, newest first. The next page is asked with ``after`` = ``next``."""
    asked = programs.Asked(
        whose=_WHOSE[whose],
        urgency=_URGENCY[urgency] if urgency else Urgency.ALL,
        state=state,
        unit=unit,
        text=text,
        updated_since=updated_since,
        after=after,
        size=size,
    )
    return fast(programs.lines(asked, request.actor, timezone.now()))  # type: ignore[attr-defined]


@router.get(
    "/mandates",
    auth=SIGNED_IN,
    response=list[MandateOut],
    summary="Được nộp thay ai",
    operation_id="dossiers_mandates",
)
def mandates(request: HttpRequest) -> HttpResponse:
    """For whom the caller may file today, by name."""
    actor = request.actor  # type: ignore[attr-defined]
    return fast(
        [
            {
                "mandate": one.pk,
                "name": one.subject_name,
                "basis": one.basis,
                "basis_name": one.basis_words,
                "until": one.ends_on,
            }
            for one in usable(actor, timezone.localdate())
        ]
    )


@router.get("/{number}", auth=SIGNED_IN, response=DossierFull, summary="Một hồ sơ", operation_id="dossiers_get")
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """What the caller may read of a dossier; an official's look is remembered, as on the page."""
    at = timezone.now()
    actor = request.actor  # type: ignore[attr-defined]
    found = programs.whole(number, actor, at)
    if actor.is_official:
        viewed(case_id=found.pop("id"), by=actor, at=at, on=timezone.localdate(at))
    found.pop("id", None)
    return fast(found)


@lookup.get("/{number}", auth=ANYBODY, response=PublicStory, summary="Tra cứu hồ sơ", operation_id="lookup_get")
def look_up(request: HttpRequest, number: str, key: str = Query(..., max_length=40)) -> HttpResponse:
    """Open to all who hold the code and the key printed beside it; nothing about a person is in the answer."""
    return fast(public.look_up(number, key))
