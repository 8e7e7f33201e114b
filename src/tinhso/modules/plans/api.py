"""Plans for programs: plans and resolutions with their targets and what units must issue, and their tasks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from tinhso.kernel.api.auth import SIGNED_IN
from tinhso.kernel.api.paging import Paged, page
from tinhso.kernel.api.responses import fast
from tinhso.kernel.people.middleware import acting
from tinhso.modules.plans.models import Plan, Task
from tinhso.modules.plans.queries import sheets
from tinhso.modules.plans.rules import Permission

router = Router()


class PlanLine(Schema):
    """A plan or resolution. ``state``: draft, running, closed."""

    code: str
    name: str
    kind: str
    unit: str
    since: date
    until: date
    state: str
    must_issue: int = Field(description="documents that units must issue because of it")
    have_issued: int
    tasks: int
    tasks_done: int
    tasks_late: int


class PlanPage(Schema):
    items: list[PlanLine]
    next: str | None = Field(description="pass it as `after` for the page that follows; null at the end")


class PlanTarget(Schema):
    """``direction``: at_least or at_most. ``value``: what was reached as of a day, null before anybody knows."""

    title: str
    goal: Decimal
    unit: str
    direction: str
    value: Decimal | None
    as_of: date | None
    verdict: str


class PlanDemand(Schema):
    title: str
    due_on: date
    have: int
    must: int
    missing: list[str] = Field(description="names of the units that have not issued theirs")


class PlanFull(PlanLine):
    document: str
    issued_on: date | None
    issuer: str
    targets: list[PlanTarget]
    demands: list[PlanDemand]


class PlanTask(Schema):
    """``state``: waiting, doing, done, cancelled. ``owner``: the official who looks after it, by name."""

    id: int
    plan: str
    title: str
    unit: str
    owner: str
    due_at: datetime
    state: str
    percent: int
    done_at: datetime | None
    is_late: bool


class TaskPage(Schema):
    items: list[PlanTask]
    next: str | None


@router.get("/", auth=SIGNED_IN, response=PlanPage, summary="Kế hoạch, nghị quyết", operation_id="plans_list")
def plans(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """Plans that the account may see, the newest first."""
    got = page(Plan.objects.visible_to(acting(request)), order=("-pk",), after=asked.after, size=asked.size)
    counts = sheets.counts_of([one.pk for one in got["items"]], timezone.now())
    return fast({"items": [_line(one, counts[one.pk]) for one in got["items"]], "next": got["next"]})


@router.get("/tasks/", auth=SIGNED_IN, response=TaskPage, summary="Nhiệm vụ", operation_id="plans_tasks")
def tasks(request: HttpRequest, asked: Query[Paged], plan: str = Query("", max_length=40)) -> HttpResponse:
    """Tasks that the account may see (of one plan by its code), those due first at the top."""
    rows = Task.objects.visible_to(acting(request)).select_related("plan", "owner")
    if plan:
        rows = rows.filter(plan__code=plan)
    got = page(rows, order=("due_at", "pk"), after=asked.after, size=asked.size)
    now = timezone.now()
    return fast({"items": [_task(one, now) for one in got["items"]], "next": got["next"]})


@router.get("/{code}", auth=SIGNED_IN, response=PlanFull, summary="Một kế hoạch", operation_id="plans_one")
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """One plan: its document in force, targets with what was reached, who has issued theirs."""
    found = sheets.by_code(code[:40], acting(request))
    one = sheets.sheet(found, timezone.now())
    edition = one.edition
    if edition is None and acting(request).may(Permission.MANAGE, found.unit_id):
        edition = one.draft
    return fast(
        _line(found, one.counts)
        | {
            "document": edition.document_number if edition else "",
            "issued_on": edition.issued_on if edition else None,
            "issuer": edition.issuer if edition else "",
            "targets": [_target(row) for row in one.targets],
            "demands": [
                {"title": row.demand.title, "due_on": row.demand.due_on, "have": row.have, "must": row.must,
                 "missing": row.missing}
                for row in one.demands
            ],
        }
    )  # fmt: skip


def _line(one: Plan, counts: sheets.Counts) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "unit": sheets.unit_name(one.unit_id),
        "since": one.since,
        "until": one.until,
        "state": "closed" if one.closed_at else "running" if one.published_at else "draft",
        "must_issue": counts.must,
        "have_issued": counts.have,
        "tasks": counts.tasks,
        "tasks_done": counts.done,
        "tasks_late": counts.late,
    }


def _target(row: sheets.TargetRow) -> dict[str, Any]:
    return {
        "title": row.target.title, "goal": row.target.goal, "unit": row.target.unit,
        "direction": row.target.direction, "value": row.figure.value if row.figure else None,
        "as_of": row.figure.as_of if row.figure else None, "verdict": row.words,
    }  # fmt: skip


def _task(one: Task, now: datetime) -> dict[str, Any]:
    return {
        "id": one.pk,
        "plan": one.plan.code,
        "title": one.title,
        "unit": sheets.unit_name(one.unit_id),
        "owner": one.owner.display_name if one.owner else "",
        "due_at": one.due_at,
        "state": one.state,
        "percent": one.percent,
        "done_at": one.done_at,
        "is_late": (one.done_at or now) > one.due_at and one.state != "cancelled",
    }
