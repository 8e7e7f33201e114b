"""The figures of the board and the lists behind them, made from the same selections.

What came in and what was resolved are counted from month figures, what stands now from standings: the cost does not
depend on how many cases there are. Statements: one for the twelve months with their units, one for standings, one for
the exceptions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules import Verdict
from tinhso.kernel.facts.models import Fact, Standing
from tinhso.kernel.facts.queries import by_month
from tinhso.kernel.manifest import Measure, registry
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.kernel.replicas import tolerates_age
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import todays_heirs, tree, with_predecessors
from tinhso.kernel.units.rules import Kind

MONTHS = 12
EXCEPTIONS = 8
KEPT = (Verdict.EARLY.value, Verdict.ON_TIME.value)
PARTS = (Kind.DIVISION, Kind.CENTRE)


def sight(actor: Actor) -> Scope:
    """Where the official sees cases of any kind."""
    found = Scope()
    for kind in registry.case_kinds.values():
        found |= actor.scope(kind.see)
    return found


@dataclass(frozen=True, slots=True)
class View:
    """The unit that a board is about (None: all in sight), and by which map its figures are read.

    Today's: what a unit that has ended did counts for its successor. Otherwise each unit has what it did in its day."""

    chosen: int | None = None
    is_today: bool = True

    def body_of(self, unit_id: int) -> int:
        """The body to which a unit's figures belong."""
        heir = todays_heirs().get(unit_id, unit_id) if self.is_today else unit_id
        return tree().body_of(heir).id


TODAY = View()


def units_within(scope: Scope, view: View) -> frozenset[int] | None:
    """The units a board is about: those below the chosen one, else all in sight; None means the whole province."""
    known = tree().nodes
    seen = frozenset(known) if scope.everywhere else scope.units & known.keys()
    if view.chosen is None:
        meant = seen
    else:
        below = tree().subtree(view.chosen)
        meant = seen & (with_predecessors(below) if view.is_today else below)
    return None if len(meant) == len(known) else meant


def choices(scope: Scope, day: date, view: View) -> list[tuple[int, str]]:
    """Bodies in sight, by name: those that live, and by the map of their time also those that have ended."""
    bodies = (node for node in tree().nodes.values() if node.kind not in PARTS)
    nodes = [node for node in bodies if node.lives_on(day) or not view.is_today]
    return sorted(((node.id, node.short_name) for node in nodes if scope.covers(node.id)), key=lambda one: fold(one[1]))


def names_of(measure: Measure) -> list[str]:
    return [fact.name for fact in registry.facts.values() if fact.measure is measure]


@dataclass
class Share:
    """Resolved cases by verdict. ``percent`` is 0–100, None when none was judged."""

    kept: int = 0
    late: int = 0
    unjudged: int = 0

    @property
    def resolved(self) -> int:
        return self.kept + self.late + self.unjudged

    @property
    def percent(self) -> float | None:
        judged = self.kept + self.late
        return round(100 * self.kept / judged, 1) if judged else None

    def add(self, verdict: str | None, number: int) -> None:
        if verdict in KEPT:
            self.kept += number
        elif verdict == Verdict.LATE.value:
            self.late += number
        else:
            self.unjudged += number


@dataclass
class Period:
    """What came in and what was resolved, by month; and this month's resolved by body."""

    received: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    shares: dict[date, Share] = field(default_factory=lambda: defaultdict(Share))
    by_body: dict[int, Share] = field(default_factory=lambda: defaultdict(Share))


def months_until(day: date) -> list[date]:
    """First days of the twelve months that end with this one, the oldest first."""
    found = [day.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


@tolerates_age
def period(units: frozenset[int] | None, day: date, view: View) -> Period:
    """Twelve months up to a day, and the units of the last: one statement."""
    received, resolved = names_of(Measure.RECEIVED), names_of(Measure.RESOLVED)
    months, found, known = months_until(day), Period(), tree()
    for row in by_month(received + resolved, months[0], day, units, apart_from=months[-1]):
        is_whole = row.unit_id is None or units is not None
        if row.name in received:
            found.received[row.month] += row.number if is_whole else 0
            continue
        if is_whole:
            found.shares[row.month].add(row.verdict, row.number)
        if row.month == months[-1] and row.unit_id is not None and row.unit_id in known.nodes:
            found.by_body[view.body_of(row.unit_id)].add(row.verdict, row.number)
    return found


@dataclass
class Standings:
    """How many cases run, are late (due before today), are due today; and the late ones by body."""

    open: int = 0
    late: int = 0
    today: int = 0
    paused: int = 0
    late_by_body: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@tolerates_age
def standings(units: frozenset[int] | None, at: datetime, view: View = TODAY) -> Standings:
    """All kinds together: one statement."""
    today, known, found = timezone.localdate(at), tree(), Standings()
    rows = Standing.objects.filter(phase__in=[Phase.OPEN, Phase.PAUSED]).exclude(number=0)
    rows = rows if units is None else rows.filter(unit_id__in=units)
    running = Q(phase=Phase.OPEN)
    counted = rows.values_list("unit_id").annotate(
        open=Sum("number", filter=running, default=0),
        late=Sum("number", filter=running & Q(due_on__lt=today), default=0),
        today=Sum("number", filter=running & Q(due_on=today), default=0),
        paused=Sum("number", filter=Q(phase=Phase.PAUSED), default=0),
    )
    for unit_id, running_now, late, due_today, paused in counted:
        found.open += running_now
        found.late += late
        found.today += due_today
        found.paused += paused
        if late and unit_id in known.nodes:
            found.late_by_body[view.body_of(unit_id)] += late
    return found


def _midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def late_cases(units: frozenset[int] | None, at: datetime) -> QuerySet[Case]:
    """The cases behind the number of late ones.

    Of the province the index of due dates gives them in order. Of some units the inbox's index narrows them: none is
    more urgent than it is due."""
    start = _midnight(at)
    rows = Case.objects.filter(phase=Phase.OPEN, due_at__lt=start)
    return _of(rows if units is None else rows.filter(urgent_at__lt=start), units)


def cases_due_today(units: frozenset[int] | None, at: datetime) -> QuerySet[Case]:
    """The cases behind the number of those due today."""
    start = _midnight(at)
    rows = Case.objects.filter(phase=Phase.OPEN, due_at__gte=start, due_at__lt=start + timedelta(days=1))
    return _of(rows, units)


def _of(rows: QuerySet[Case], units: frozenset[int] | None) -> QuerySet[Case]:
    rows = rows if units is None else rows.filter(unit_id__in=units)
    return rows.defer("clock", "needle", "journal_hash", "concerned")


def facts_of(
    measure: Measure, units: frozenset[int] | None, month: date, until: date, verdict: str = ""
) -> QuerySet[Fact]:
    """The facts behind a month's number. ``verdict``: ``kept``, ``late`` or empty for all."""
    last = min(until, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))
    rows = Fact.objects.filter(name__in=names_of(measure), on__gte=month, on__lte=last)
    rows = rows if units is None else rows.filter(unit_id__in=units)
    if verdict == "kept":
        rows = rows.filter(dims__verdict__in=KEPT)
    elif verdict == "late":
        rows = rows.filter(dims__verdict=Verdict.LATE.value)
    return rows


def number_of(measure: Measure, units: frozenset[int] | None, month: date, until: date, verdict: str = "") -> int:
    """How many facts ``facts_of`` lists, from the month figures; nothing has happened after today, ``until``."""
    share = Share()
    for row in by_month(names_of(measure), month, min(until, month), units):
        share.add(row.verdict, row.number)
    return {"": share.resolved, "kept": share.kept, "late": share.late}.get(verdict, share.resolved)


def exceptions(units: frozenset[int] | None, at: datetime) -> list[Any]:
    """The cases that are late the longest, with who has them: one statement."""
    return list(late_cases(units, at).select_related("assignee").order_by("due_at", "id")[:EXCEPTIONS])
