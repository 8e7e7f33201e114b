"""The worklist for programs: ``/api/v1/cases/``, most urgent first, paged by key."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from tinhso.kernel.api.responses import fast
from tinhso.kernel.cases.queries import Urgency, Wanted, Whose, found, read_key
from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.shell.inbox.queries import units_of

name = "cases"
router = Router()
_COLUMNS = (
    "id", "kind", "number", "title", "state", "phase", "unit_id", "received_unit_id", "assignee_id", "applicant",
    "place", "step", "due_at", "step_due_at", "opened_at", "settled_at", "updated_at", "revision", "urgent_at",
)  # fmt: skip


class CaseOut(Schema):
    """A case as lists show it. ``phase``: 0 draft, 1 open, 2 paused, 3 settled, 4 closed."""

    id: int
    kind: str
    number: str
    title: str
    state: str
    phase: int
    unit_id: int
    received_unit_id: int
    assignee_id: int | None
    applicant: str
    place: str
    step: str
    due_at: AwareDatetime | None
    step_due_at: AwareDatetime | None
    opened_at: AwareDatetime
    settled_at: AwareDatetime | None
    updated_at: AwareDatetime
    revision: int


class CasesOut(Schema):
    items: list[CaseOut]
    next: str | None = Field(description="pass it as `after` for the page that follows; null at the end")


class Filters(Schema):
    list: Literal["mine", "unassigned", "unit", "to_sign", "received", "all"] = "all"
    urgency: Literal["", "late", "soon", "news", "paused"] = ""
    kind: str = Field("", max_length=30)
    state: str = Field("", max_length=30)
    unit: int | None = None
    q: str = Field("", max_length=120, description="number, applicant or title; marks do not matter")
    after: str | None = Field(None, max_length=80)
    size: int = Field(20, ge=1, le=100)


_LISTS = {
    "mine": Whose.MINE, "unassigned": Whose.UNASSIGNED, "unit": Whose.UNIT, "to_sign": Whose.TO_SIGN,
    "received": Whose.RECEIVED, "all": Whose.ALL,
}  # fmt: skip
_URGENCIES = {
    "": Urgency.ALL,
    "late": Urgency.LATE,
    "soon": Urgency.SOON,
    "news": Urgency.NEWS,
    "paused": Urgency.PAUSED,
}


@router.get("/", response=CasesOut, summary="Việc đang xử lý", operation_id="cases_list")
def list_cases(request: HttpRequest, asked: Query[Filters]) -> HttpResponse:
    """Cases that the caller may see, the most urgent first. One statement, whatever the page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    key = read_key(asked.after) if asked.after else None
    if asked.after and key is None:
        raise Refusal("api.page_key", "Khóa trang không đúng. Lấy lại từ trang đầu.", field="after")
    wanted = Wanted(
        whose=_LISTS[asked.list],
        urgency=_URGENCIES[asked.urgency],
        kind=asked.kind,
        state=asked.state,
        unit_id=asked.unit,
        text=asked.q,
    )
    rows = found(wanted, actor, units_of(actor), timezone.now())
    return fast(_page(rows, key, asked.size))


def _page(rows: Any, key: Any, size: int) -> dict[str, Any]:
    if key:
        moment, last = key
        rows = rows.filter(Q(urgent_at__gt=moment) | Q(urgent_at=moment, id__gt=last), urgent_at__gte=moment)
    got: list[dict[str, Any]] = list(rows.values(*_COLUMNS)[: size + 1])
    more = f"{got[size - 1]['urgent_at'].isoformat()}~{got[size - 1]['id']}" if len(got) > size else None
    for row in got:
        del row["urgent_at"]
    return {"items": got[:size], "next": more}
