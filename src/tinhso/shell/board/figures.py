"""The figures of the board and the lists behind them, made from the same selections.

What came in and what was resolved are counted from month figures, what stands now from standings: the cost does not
depend on how many cases there are. Statements: one for the twelve months with their units (one more for each kind of
case that is seen in other units), one for standings, one for the exceptions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules import Verdict
from tinhso.kernel.facts.models import Fact, Standing
from tinhso.kernel.facts.queries import MonthNumber, by_month, narrowed
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


@dataclass(frozen=True, slots=True)
class Part:
    """Kinds of case that somebody sees in the same units; ``units`` None is the whole province."""

    kinds: frozenset[str]
    units: frozenset[int] | None

    def only(self, kind: str = "kind") -> Q:
        """Narrows rows with a unit; what is seen everywhere and of every kind is not narrowed."""
        here = Q() if self.units is None else Q(unit_id__in=self.units)
        return here if self.kinds >= registry.case_kinds.keys() else here & Q(**{f"{kind}__in": sorted(self.kinds)})

    def names_of(self, measure: Measure) -> list[str]:
        """The facts of the measure that are about these kinds."""
        found = (fact for fact in registry.facts.values() if fact.measure is measure)
        return [fact.name for fact in found if fact.verb.partition(".")[0] in self.kinds]


Parts = tuple[Part, ...]


def sight(actor: Actor) -> dict[str, Scope]:
    """Where the official sees cases, kind by kind: who may see initiatives everywhere sees no dossiers by that."""
    found = {kind.code: actor.scope(kind.see) for kind in registry.case_kinds.values()}
    return {kind: scope for kind, scope in found.items() if scope.everywhere or scope.units}


def together(seen: Mapping[str, Scope]) -> Scope:
    """Where the official sees cases of any kind."""
    found = Scope()
    for scope in seen.values():
        found |= scope
    return found


@dataclass(frozen=True, slots=True)
class View:
    """The unit that a board is about (None: all in sight), and by which map its figures are read.

    Today's: what a unit that has ended did counts for its successor. Otherwise each unit has what it did in its day."""

    chosen: int | None = None
    is_today: bool = True

    def bodies(self) -> Callable[[int], int]:
        """Says to which body a unit's figures belong."""
        heirs, known = (todays_heirs() if self.is_today else {}), tree()
        return lambda unit_id: known.body_of(heirs.get(unit_id, unit_id)).id


TODAY = View()


def units_within(seen: Mapping[str, Scope], view: View) -> Parts:
    """The cases a board is about: of each kind those below the chosen unit, else all in sight."""
    kinds: dict[frozenset[int] | None, set[str]] = defaultdict(set)
    for kind, scope in seen.items():
        kinds[_units_within(scope, view)].add(kind)
    return tuple(Part(frozenset(some), units) for units, some in kinds.items() if units is None or units)


def people_within(scope: Scope, view: View) -> frozenset[int] | None:
    """Units whose people are meant; None means everybody, also those who did not say where they live."""
    is_all = scope.everywhere and (view.chosen is None or view.chosen in tree().root_ids)
    return None if is_all else _units_within(scope, view)


def _units_within(scope: Scope, view: View) -> frozenset[int] | None:
    known = tree().nodes
    seen = frozenset(known) if scope.everywhere else scope.units & known.keys()
    if view.chosen is None:
        meant = seen
    else:
        below = tree().subtree(view.chosen)
        meant = seen & (with_predecessors(below) if view.is_today else below)
    return None if len(meant) == len(known) else frozenset(meant)


def choices(scope: Scope, day: date, view: View) -> list[tuple[int, str]]:
    """Bodies in sight, by name: those that live, and by the map of their time also those that have ended."""
    bodies = (node for node in tree().nodes.values() if node.kind not in PARTS)
    nodes = [node for node in bodies if node.lives_on(day) or not view.is_today]
    return sorted(((node.id, node.short_name) for node in nodes if scope.covers(node.id)), key=lambda one: fold(one[1]))


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
def period(parts: Parts, day: date, view: View) -> Period:
    """Twelve months up to a day, and the units of the last: one statement for each part."""
    months, found, body_of, nodes = months_until(day), Period(), view.bodies(), tree().nodes
    for part in parts:
        received = part.names_of(Measure.RECEIVED)
        names = received + part.names_of(Measure.RESOLVED)
        for row in by_month(names, months[0], day, part.units, apart_from=months[-1]):
            _count(found, row, is_received=row.name in received, is_whole=row.unit_id is None or part.units is not None)
            is_newest = row.month == months[-1] and row.name not in received
            if is_newest and row.unit_id is not None and row.unit_id in nodes:
                found.by_body[body_of(row.unit_id)].add(row.verdict, row.number)
    return found


def _count(found: Period, row: MonthNumber, *, is_received: bool, is_whole: bool) -> None:
    if is_received:
        found.received[row.month] += row.number if is_whole else 0
    elif is_whole:
        found.shares[row.month].add(row.verdict, row.number)


@dataclass
class Standings:
    """How many cases run, are late (due before today), are due today; and the late ones by body."""

    open: int = 0
    late: int = 0
    today: int = 0
    paused: int = 0
    late_by_body: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@tolerates_age
def standings(parts: Parts, at: datetime, view: View = TODAY) -> Standings:
    """All kinds in sight together: one statement."""
    today, known, found, body_of = timezone.localdate(at), tree(), Standings(), view.bodies()
    rows = Standing.objects.filter(_any_of(parts), phase__in=[Phase.OPEN, Phase.PAUSED]).exclude(number=0)
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
            found.late_by_body[body_of(unit_id)] += late
    return found


def _any_of(parts: Parts, kind: str = "kind") -> Q:
    """What lies in one of the parts; nothing where there is none."""
    return reduce(or_, (part.only(kind) for part in parts)) if parts else Q(pk__in=[])


def _midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def late_cases(parts: Parts, at: datetime) -> QuerySet[Case]:
    """The cases behind the number of late ones.

    Of the province the index of due dates gives them in order. Of some units the inbox's index narrows them: none is
    more urgent than it is due."""
    start = _midnight(at)
    rows = Case.objects.filter(phase=Phase.OPEN, due_at__lt=start)
    return _of(rows if any(part.units is None for part in parts) else rows.filter(urgent_at__lt=start), parts)


def cases_due_today(parts: Parts, at: datetime) -> QuerySet[Case]:
    """The cases behind the number of those due today."""
    start = _midnight(at)
    return _of(Case.objects.filter(phase=Phase.OPEN, due_at__gte=start, due_at__lt=start + timedelta(days=1)), parts)


def _of(rows: QuerySet[Case], parts: Parts) -> QuerySet[Case]:
    return rows.filter(_any_of(parts)).defer("clock", "needle", "journal_hash", "concerned")


def facts_of(measure: Measure, parts: Parts, month: date, until: date, verdict: str = "") -> QuerySet[Fact]:
    """The facts behind a month's number. ``verdict``: ``kept``, ``late`` or empty for all."""
    last = min(until, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))
    judged = {"kept": KEPT, "late": (Verdict.LATE.value,)}.get(verdict, ())
    found = (Q(name__in=part.names_of(measure)) & _in_sight(part, judged) for part in parts)
    return Fact.objects.filter(reduce(or_, found, Q(pk__in=[])), on__gte=month, on__lte=last)


def _in_sight(part: Part, verdicts: tuple[str, ...]) -> Q:
    """Those of a part with one of these verdicts, or all: the province's by what was promised, as in month figures."""
    here, whole = Q() if part.units is None else Q(unit_id__in=part.units), part.units is None
    return here & reduce(or_, (narrowed({"verdict": one}, is_whole=whole) for one in verdicts), Q())


def number_of(measure: Measure, parts: Parts, month: date, until: date, verdict: str = "") -> int:
    """How many facts ``facts_of`` lists, from the month figures; nothing has happened after today, ``until``."""
    share = Share()
    for part in parts:
        for row in by_month(part.names_of(measure), month, min(until, month), part.units):
            share.add(row.verdict, row.number)
    return {"": share.resolved, "kept": share.kept, "late": share.late}.get(verdict, share.resolved)


def exceptions(parts: Parts, at: datetime) -> list[Any]:
    """The cases that are late the longest, with who has them: one statement."""
    return list(late_cases(parts, at).select_related("assignee").order_by("due_at", "id")[:EXCEPTIONS])
