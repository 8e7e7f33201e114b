"""Reads: the list with its counts, one plan's sheet, a unit's own work, the leader's view, measures for others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.clock import rules as clock
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.plans import rules
from tinhso.modules.plans.models import Demand, Duty, Figure, Plan, PlanEdition, Task
from tinhso.modules.plans.rules import OPEN_TASKS, Standing, Target, TaskState

PAGE, TASKS, HISTORY, UNITS = 30, 50, 30, 150


@dataclass(frozen=True)
class Counts:
    """How far a plan is: documents issued of those demanded; tasks done, late and given in all."""

    have: int = 0
    must: int = 0
    done: int = 0
    late: int = 0
    tasks: int = 0


@dataclass(frozen=True)
class TaskRow:
    """A task as lists show it."""

    task: Task
    unit: str
    standing: Standing
    words: str
    kind: str
    left: str


@dataclass(frozen=True)
class DemandRow:
    """A demand: 21 of 38, and the names that are missing; ``late`` says whether their day has gone."""

    demand: Demand
    have: int
    must: int
    share: Decimal | None
    missing: list[str]
    lines: list[tuple[Duty, str]]
    is_late: bool


@dataclass(frozen=True)
class TargetRow:
    target: Target
    figure: Figure | None
    words: str
    kind: str
    filled: Decimal


@dataclass(frozen=True)
class Sheet:
    """All that a plan's page shows."""

    plan: Plan
    unit: str
    edition: PlanEdition | None
    draft: PlanEdition | None
    editions: list[PlanEdition]
    counts: Counts
    demands: list[DemandRow]
    targets: list[TargetRow]
    tasks: list[TaskRow]
    more_after: str
    history: list[str] = field(default_factory=list)


def unit_name(unit_id: int) -> str:
    """A unit's name without a statement."""
    node = tree().nodes.get(unit_id)
    return node.name if node else ""


def by_code(code: str, actor: Actor) -> Plan:
    """The plan, if the actor may see it. Raises NotFound."""
    found = Plan.objects.visible_to(actor).select_related("parent").filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def listed(actor: Actor, *, closed: bool, after: int = 0) -> tuple[list[tuple[Plan, str, Counts]], int | None]:
    """A page of plans, the newest first, with their counts; and the key after which the next page begins."""
    rows = Plan.objects.visible_to(actor).filter(closed_at__isnull=not closed).order_by("-pk")
    found = list(rows.filter(pk__lt=after)[: PAGE + 1] if after else rows[: PAGE + 1])
    counted = counts_of([one.pk for one in found[:PAGE]], timezone.now())
    page = [(one, unit_name(one.unit_id), counted[one.pk]) for one in found[:PAGE]]
    return page, found[PAGE - 1].pk if len(found) > PAGE else None


def counts_of(plan_ids: Collection[int], now: datetime) -> dict[int, Counts]:
    """Counts of several plans in two statements."""
    duties = Duty.objects.filter(demand__plan_id__in=plan_ids).values_list("demand__plan_id")
    issued = {pk: (have, must) for pk, have, must in duties.annotate(Count("issued_on"), Count("pk"))}
    given = Task.objects.filter(plan_id__in=plan_ids).exclude(state=TaskState.CANCELLED).values_list("plan_id")
    is_late = Q(state__in=OPEN_TASKS, due_at__lt=now)
    tasks = {
        pk: numbers
        for pk, *numbers in given.annotate(
            done=Count("pk", filter=Q(state=TaskState.DONE)), late=Count("pk", filter=is_late), given=Count("pk")
        )
    }
    return {pk: Counts(*issued.get(pk, (0, 0)), *tasks.get(pk, (0, 0, 0))) for pk in plan_ids}


def sheet(plan: Plan, now: datetime, *, after: str = "") -> Sheet:
    """One plan's page; a bounded number of statements however many units and tasks there are."""
    editions = list(plan.editions.order_by("-number"))
    today = timezone.localdate(now)
    binding = [one for one in editions if not one.is_draft]
    in_force = next((one for one in binding if one.valid_from and one.valid_from <= today), None)
    edition = in_force or (binding[-1] if binding else None)
    draft = next((one for one in editions if one.is_draft), None)
    shown = edition or draft
    rows, more = tasks_of(Task.objects.filter(plan=plan), now, after)
    return Sheet(
        plan,
        unit_name(plan.unit_id),
        edition,
        draft,
        binding,
        counts_of([plan.pk], now)[plan.pk],
        _demands(plan, now),
        target_rows(plan, shown),
        rows,
        more,
        history(f"plans/plan/{plan.pk}"),
    )


def tasks_of(rows: Any, now: datetime, after: str = "") -> tuple[list[TaskRow], str]:
    """A page of tasks, the most urgent first: open ones by their due moment, then those that are over."""
    rows = rows.annotate(is_over=Case(When(state__in=OPEN_TASKS, then=Value(0)), default=Value(1))).order_by(
        "is_over", "due_at", "pk"
    )
    key = _read_key(after)
    if key is not None:
        over, due, pk = key
        rows = rows.filter(
            Q(is_over__gt=over) | Q(is_over=over, due_at__gt=due) | Q(is_over=over, due_at=due, pk__gt=pk)
        )
    found = list(rows.select_related("plan", "owner")[: TASKS + 1])
    last = found[TASKS - 1] if len(found) > TASKS else None
    more = f"{last.is_over}_{last.due_at.isoformat()}_{last.pk}" if last else ""
    return [task_row(one, now) for one in found[:TASKS]], more


def _read_key(text: str) -> tuple[int, datetime, int] | None:
    over, _one, rest = text.partition("_")
    moment, _two, last = rest.rpartition("_")
    try:
        due = datetime.fromisoformat(moment)
        return (int(over), due, int(last)) if due.tzinfo else None
    except ValueError:
        return None


def task_row(task: Task, now: datetime) -> TaskRow:
    """How a task stands now, in words; the time left is working time of its unit's calendar."""
    left = None
    if task.state in OPEN_TASKS:
        left = clock.time_left(now, task.due_at, calendar_for(task.unit_id))
    stands = rules.standing(task.state, task.due_at, task.done_at, now, left)
    words, kind = rules.STANDINGS[stands]
    said = clock.worded_left(left) if left is not None else ""
    return TaskRow(task, unit_name(task.unit_id), stands, words, kind, said)


def _demands(plan: Plan, now: datetime) -> list[DemandRow]:
    found = []
    demands = list(plan.demands.order_by("due_on", "pk"))
    duties: dict[int, list[Duty]] = {one.pk: [] for one in demands}
    for duty in Duty.objects.filter(demand__in=demands).order_by("pk"):
        duties[duty.demand_id].append(duty)
    for demand in demands:
        own = duties[demand.pk]
        missing = [one for one in own if one.issued_on is None]
        have = len(own) - len(missing)
        names = sorted(unit_name(one.unit_id) for one in missing)
        is_late = any(one.due_at < now for one in missing)
        lines = sorted(((one, unit_name(one.unit_id)) for one in own), key=lambda line: line[1])
        found.append(DemandRow(demand, have, len(own), rules.share(have, len(own)), names, lines, is_late))
    return found


def target_rows(plan: Plan, edition: PlanEdition | None) -> list[TargetRow]:
    """Targets of the edition, each with its newest figure and the verdict."""
    targets = rules.targets_of(edition.content) if edition else ()
    figures = {one.code: one for one in Figure.objects.filter(plan=plan)} if targets else {}
    found = []
    for target in targets:
        figure = figures.get(target.code)
        value = figure.value if figure else None
        words, kind = rules.VERDICTS[rules.verdict(target, value)]
        found.append(TargetRow(target, figure, words, kind, rules.filled(target, value)))
    return found


def history(subject: str) -> list[str]:
    """What happened, the newest first: day and sentence."""
    rows = Entry.objects.filter(subject=subject).order_by("-seq")[:HISTORY]
    return [f"{timezone.localtime(one.at):%d/%m/%Y %H:%M} · {sentence(one)}" for one in rows]


# What pages offer to choose from


def groups() -> list[tuple[str, str]]:
    """Groups of units that a demand can name at once."""
    return [
        ("communes", _("Tất cả xã, phường, đặc khu")),
        ("departments", _("Tất cả sở, ban, ngành")),
        ("all", _("Tất cả xã, phường, đặc khu và sở, ban, ngành")),
    ]


KINDS = {
    "communes": (Kind.COMMUNE,),
    "departments": (Kind.DEPARTMENT, Kind.VERTICAL),
    "all": (Kind.COMMUNE, Kind.DEPARTMENT, Kind.VERTICAL),
}


def units_of(group: str, day: date, within: int) -> list[int]:
    """Living units of a group that stand below a unit."""
    rows = Unit.objects.living(day).filter(kind__in=KINDS.get(group, ()), pk__in=tree().subtree(within))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def units_to_choose(day: date, within: int) -> list[tuple[int, str]]:
    """Living bodies below a unit, itself included, by name."""
    kinds = (*KINDS["all"], Kind.PROVINCE)
    rows = Unit.objects.living(day).filter(kind__in=kinds, pk__in=tree().subtree(within))
    return list(rows.order_by("kind", "name").values_list("pk", "name"))
