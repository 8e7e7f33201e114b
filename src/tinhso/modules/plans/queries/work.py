"""A unit's own work, one task or document, and the leader's view over all running plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from tinhso.kernel.errors import NotFound
from tinhso.kernel.manifest import Subject
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.plans import rules
from tinhso.modules.plans.models import Duty, Plan, Task
from tinhso.modules.plans.queries.sheets import PAGE, TASKS, UNITS, TaskRow, task_row, tasks_of, unit_name
from tinhso.modules.plans.rules import OPEN_TASKS, Permission, TaskState


def own_units(actor: Actor) -> frozenset[int]:
    """Units for which the actor works: those of the role; for one who may work everywhere, the own ones."""
    scope = actor.scope(Permission.WORK)
    if not scope.everywhere:
        return scope.units
    if actor.unit_id is None:
        return frozenset()
    return frozenset({actor.unit_id, tree().body_of(actor.unit_id).id})


def own_tasks(actor: Actor, now: datetime, after: str = "") -> tuple[list[TaskRow], str]:
    """The open tasks of the actor's units, the most urgent first."""
    rows = Task.objects.open().filter(unit_id__in=own_units(actor), plan__published_at__isnull=False)
    return tasks_of(rows, now, after)


def own_duties(actor: Actor) -> list[tuple[Duty, str]]:
    """Documents that the actor's units still have to issue, the earliest due first."""
    rows = Duty.objects.filter(
        unit_id__in=own_units(actor), issued_on__isnull=True,
        demand__plan__published_at__isnull=False, demand__plan__closed_at__isnull=True,
    )  # fmt: skip
    found = rows.select_related("demand__plan").order_by("due_at", "pk")[:TASKS]
    return [(one, unit_name(one.unit_id)) for one in found]


def task_for(task_id: int, actor: Actor) -> Task:
    """The task, if the actor may see it. Raises NotFound."""
    found = Task.objects.visible_to(actor).select_related("plan", "owner").filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found


def duty_for(duty_id: int, actor: Actor) -> Duty:
    """A unit's document under a published plan; everybody who may see plans sees it. Raises NotFound."""
    found = Duty.objects.select_related("demand__plan", "attachment__blob", "recorded_by").filter(
        pk=duty_id, demand__plan__in=Plan.objects.visible_to(actor)
    )
    duty = found.first()
    if duty is None:
        raise NotFound
    return duty


def task_moves(task: Task, actor: Actor) -> list[tuple[str, str]]:
    """What the actor may do with the task now: verb and name; the same table that the action asks."""
    if task.plan.closed_at is not None:
        return []
    return [
        (verb, move.name)
        for verb, move in rules.TASK_MOVES.items()
        if task.state in move.sources and actor.may(move.right, whose(task, move))
    ]


def whose(task: Task, move: rules.TaskMove) -> int:
    """The unit on which the right for a move is asked."""
    return task.unit_id if move.right is Permission.WORK else task.plan.unit_id


# The leader's view


@dataclass(frozen=True)
class UnitLine:
    """A unit in the leader's view: tasks open, late, done, of these done late; documents missing."""

    unit_id: int
    unit: str
    open: int
    late: int
    done: int
    done_late: int
    missing: int
    in_time: Decimal | None


def board(actor: Actor, now: datetime) -> list[UnitLine]:
    """Units in scope with their numbers over all running plans, those with the most late tasks first."""
    scope = actor.scope(Permission.SEE)
    tasks = Task.objects.filter(plan__in=Plan.objects.running()).exclude(state=TaskState.CANCELLED)
    duties = Duty.objects.filter(demand__plan__in=Plan.objects.running(), issued_on__isnull=True)
    if not scope.everywhere:
        tasks, duties = tasks.filter(unit_id__in=scope.units), duties.filter(unit_id__in=scope.units)
    rows = tasks.values_list("unit_id").annotate(
        open=Count("pk", filter=Q(state__in=OPEN_TASKS)),
        late=Count("pk", filter=Q(state__in=OPEN_TASKS, due_at__lt=now)),
        done=Count("pk", filter=Q(state=TaskState.DONE)),
        done_late=Count("pk", filter=Q(state=TaskState.DONE, done_at__gt=F("due_at"))),
    )
    numbers = {unit: counted for unit, *counted in rows}
    missing = dict(duties.values_list("unit_id").annotate(Count("pk")))
    lines = []
    for unit in numbers.keys() | missing.keys():
        open_, late, done, done_late = numbers.get(unit, (0, 0, 0, 0))
        in_time = rules.share(done - done_late, done + late)
        lines.append(UnitLine(unit, unit_name(unit), open_, late, done, done_late, missing.get(unit, 0), in_time))
    return sorted(lines, key=lambda one: (-one.late, -one.missing, one.unit))[:UNITS]


def late_tasks(actor: Actor, now: datetime) -> list[TaskRow]:
    """The tasks that have been late for longest, among those in scope."""
    rows = Task.objects.visible_to(actor).open().filter(due_at__lt=now).select_related("plan", "owner")
    return [task_row(one, now) for one in rows.order_by("due_at", "pk")[:PAGE]]


# What is held of a person


def given_to(subject: Subject) -> QuerySet[Task]:
    """Tasks that name the person as the one in charge."""
    return Task.objects.filter(owner_id=subject.account_id).select_related("plan").order_by("pk")


def tell_task(task: Task) -> Mapping[str, Any]:
    return {"Nhiệm vụ": task.title, "Kế hoạch": task.plan.name, "Hạn": f"{task.due_on:%d/%m/%Y}"}
