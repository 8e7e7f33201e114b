"""“Next case, please”: the most urgent free case becomes mine, and nobody else's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import NOT_TO_ASSIGN
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor

TRIES = 20


@transaction.atomic
def take_next(*, by: Actor, at: datetime) -> Case | None:
    """The most urgent free case of the units where this official works on such cases; None when there is none.

    Rows that somebody else is taking at this moment are passed over by the database, so two people who press the
    button together get two cases. A case that its module does not give (yet) is passed over too.
    """
    mine = _takeable(by)
    if mine is None:
        return None
    passed_over: list[int] = []
    while len(passed_over) < TRIES:
        case = _next_free(mine, passed_over)
        if case is None:
            return None
        try:
            with transaction.atomic():
                registry.takes[case.kind](case_id=case.pk, by=by, at=at)
            return case
        except Refusal:
            passed_over.append(case.pk)
    return None


def _next_free(mine: Q, passed_over: list[int]) -> Case | None:
    """One row only: all that are read are held, and would be missing for whoever presses at the same moment."""
    rows = Case.objects.filter(mine, phase=Phase.OPEN, assignee__isnull=True).exclude(pk__in=passed_over)
    rows = rows.exclude(step_kind__in=NOT_TO_ASSIGN).most_urgent_first()
    return rows.select_for_update(skip_locked=True, of=("self",)).first()


def _takeable(by: Actor) -> Q | None:
    found: Q | None = None
    for code in registry.takes:
        scope = by.scope(registry.case_kinds[code].work)
        if not scope.everywhere and not scope.units:
            continue
        one = Q(kind=code) if scope.everywhere else Q(kind=code, unit_id__in=scope.units)
        found = one if found is None else found | one
    return found
