"""Running dossiers that follow an older version of their procedure, and what moving them to the newer would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepPlan, StepState
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import drafts, routing
from tinhso.modules.dossiers.rules import Permission, VersionChange, hindrance
from tinhso.modules.procedures import door as procedures
from tinhso.modules.procedures.door import ProcedureSheet

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Prospect:
    """One dossier before the move: the new term, due date and steps to come; ``hindrance`` says why it cannot move.

    ``missing`` are questions and papers that the new version requires and the dossier does not have."""

    dossier: Dossier
    number: int
    term: Term
    new_due_at: datetime | None
    steps: tuple[StepPlan, ...]
    hindrance: str
    missing: tuple[str, ...]

    @property
    def changes_date(self) -> bool:
        return self.new_due_at is not None and self.new_due_at != self.dossier.case.due_at

    @property
    def unit(self) -> str:
        return tree().nodes[self.dossier.case.unit_id].short_name


def running(actor: Actor) -> QuerySet[Dossier]:
    """Open and paused dossiers of the units on which the actor may move versions."""
    rows = Dossier.objects.filter(case__phase__in=(Phase.OPEN, Phase.PAUSED))
    scope = actor.scope(Permission.MOVE_VERSION)
    return rows if scope.everywhere else rows.filter(case__unit_id__in=sorted(scope.units))


def behind(actor: Actor, code: str, target: ProcedureSheet) -> QuerySet[Dossier]:
    """Those of one procedure that follow an older version than ``target``; the oldest dossier first."""
    rows = running(actor).filter(procedure_code=code).exclude(version_id=target.version_id)
    older = [one for one in rows.values_list("version_id", flat=True).distinct() if _number(one) < target.number]
    return rows.filter(version_id__in=older).select_related("case").order_by("case_id")


def _number(version_id: int) -> int:
    return procedures.sheet(version_id).number


def to_move(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Procedures with running dossiers that follow a version older than the one in force, with how many."""
    found: dict[str, dict[str, Any]] = {}
    counted = running(actor).values("procedure_code", "version_id").annotate(number=Count("pk"))
    known = procedures.all_published(on)
    for row in counted.order_by("procedure_code"):
        target = known.get(row["procedure_code"])
        if target is not None and row["version_id"] != target.version_id and _number(row["version_id"]) < target.number:
            one = found.setdefault(target.code, {"sheet": target, "count": 0})
            one["count"] += row["number"]
    return list(found.values())


def prospects(dossiers: Iterable[Dossier], target: ProcedureSheet, at: datetime) -> list[Prospect]:
    """What would become of each dossier: three statements however many they are."""
    listed = list(dossiers)
    steps: dict[int, list[Step]] = defaultdict(list)
    for step in Step.objects.filter(case_id__in=[one.pk for one in listed]).order_by("seq", "pk"):
        steps[step.case_id].append(step)
    codes: dict[int, set[str]] = defaultdict(set)
    for one in Dossier.objects.filter(pk__in=[one.pk for one in listed]).values_list("pk", "parts__code"):
        codes[one[0]].add(one[1] or "")
    return [_prospect(one, steps[one.pk], codes[one.pk], target, at) for one in listed]


def _prospect(one: Dossier, steps: list[Step], present: set[str], target: ProcedureSheet, at: datetime) -> Prospect:
    case = one.case
    where = routing.Route(case.received_unit_id, case.unit_id, False)
    plan = routing.plan_of(target, where, one.channel, one.branch)
    active = next((step for step in steps if step.state == StepState.ACTIVE and not step.is_parallel), None)
    keys = tuple(step.key for step in plan)
    term = replace(Term.from_json(case.clock), limit=procedures.limit_for(target, one.channel, one.branch))
    due = term.due(calendar_for(case.unit_id))
    new_due_at = due.at if due is not None and due.at is not None else case.due_at
    change = VersionChange(
        is_signed=one.signed_at is not None,
        has_open_opinion=any(step.is_parallel and step.state == StepState.ACTIVE for step in steps),
        branch=one.branch,
        branches=frozenset(branch.code for branch in target.branches),
        step=active.key if active else "",
        step_name=active.name if active else "",
        steps=keys,
        due_at=case.due_at if case.phase == Phase.OPEN else None,
        new_due_at=new_due_at if case.phase == Phase.OPEN else None,
    )
    after = plan[keys.index(active.key) + 1 :] if active is not None and active.key in keys else []
    return Prospect(
        dossier=one,
        number=_number(one.version_id),
        term=term,
        new_due_at=new_due_at,
        steps=tuple(after),
        hindrance=hindrance(change, timezone.localtime(at)),
        missing=_missing(one, present, target),
    )


def _missing(one: Dossier, present: set[str], target: ProcedureSheet) -> tuple[str, ...]:
    """What the new version asks for in addition to what the old one left open."""
    old = procedures.sheet(one.version_id)
    asked = {field.code: field.label for section in procedures.form_for(target, one.branch) for field in section.fields}
    before = procedures.check_answers(procedures.form_for(old, one.branch), one.answers)[1]
    errors = procedures.check_answers(procedures.form_for(target, one.branch), one.answers)[1]
    questions = [asked[code] for code in errors if code not in before]
    known = {paper.code for paper in procedures.components_for(old, one.branch)}
    papers = [
        paper.name
        for paper in procedures.components_for(target, one.branch)
        if drafts.must_hand_in(paper) and paper.code not in present | known
    ]
    return (*questions, *papers)
