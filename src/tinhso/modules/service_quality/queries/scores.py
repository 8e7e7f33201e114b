"""Scores as pages read them: a handful of statements, however many dossiers stand behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import Period, period_of
from tinhso.kernel.replicas import tolerates_age
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node
from tinhso.modules.service_quality.models import CountedPeriod, Score
from tinhso.modules.service_quality.queries import editions
from tinhso.modules.service_quality.queries.statements import SUM
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Component, Edition
from tinhso.modules.service_quality.rules.inputs import COLUMNS, Tally, inputs_of
from tinhso.modules.service_quality.rules.scoring import How, Result, score

PATH = 12


@dataclass(frozen=True, slots=True)
class Known:
    """The periods that were counted, the newest first of each length."""

    rows: tuple[CountedPeriod, ...]

    def get(self, period: Period | None) -> CountedPeriod | None:
        return next((row for row in self.rows if period is not None and row.period == period), None)

    @property
    def newest_month(self) -> CountedPeriod | None:
        return next((row for row in self.rows if row.months == 1), None)

    def beside(self, row: CountedPeriod, step: int) -> CountedPeriod | None:
        """The period of the same length before (-1) or after (1) it."""
        same = sorted((one for one in self.rows if one.months == row.months), key=lambda one: one.since)
        place = same.index(row) + step
        return same[place] if 0 <= place < len(same) else None


def counted() -> Known:
    """All periods with scores; one statement."""
    return Known(tuple(CountedPeriod.objects.select_related("edition").order_by("-months", "-since")))


def chosen(code: str, known: Known) -> CountedPeriod | None:
    """The period asked for, or the newest month; None while nothing was counted."""
    return known.get(period_of(code)) or known.newest_month


@dataclass(frozen=True, slots=True)
class Line:
    """One component of a score, with all that a page says about it."""

    component: Component
    top: int | None
    bottom: int | None
    points: Decimal | None
    how: str

    @property
    def lost(self) -> Decimal:
        return self.component.most - (self.points or Decimal(0)) if self.points is not None else Decimal(0)

    @property
    def ratio(self) -> float | None:
        """0–100."""
        return 100 * self.top / self.bottom if self.bottom and self.top is not None else None

    @property
    def share(self) -> float:
        """Points of the maximum, 0–100."""
        return float(100 * (self.points or 0) / self.component.most)

    @property
    def counts(self) -> bool:
        return self.points is not None


@dataclass(frozen=True, slots=True)
class GroupLine:
    code: str
    name: str
    most: Decimal
    points: Decimal
    lines: tuple[Line, ...]

    @property
    def share(self) -> float:
        return float(100 * self.points / self.most) if self.most else 0.0


def groups_of(edition: Edition, points: Mapping[str, Any]) -> list[GroupLine]:
    """The groups of a score with their components; what does not count has no maximum either."""
    found = []
    for group in edition.groups:
        lines = tuple(_line(one, points.get(one.code)) for one in group.components)
        counting = [one for one in lines if one.points is not None]
        most = sum((one.component.most for one in counting), Decimal(0))
        total = sum((one.points or Decimal(0) for one in counting), Decimal(0))
        found.append(GroupLine(group.code, group.name, most, total, lines))
    return found


def _line(component: Component, kept: Any) -> Line:
    top, bottom, points, how = kept or (None, None, None, How.MISSING.value)
    return Line(component, top, bottom, None if points is None else Decimal(points), how)


@tolerates_age
def of_units(period: Period) -> list[Score]:
    """The scores of units, levels and the province in a period, the best first; one statement."""
    rows = Score.objects.filter(since=period.since, months=period.months, procedure="").defer("inputs")
    return sorted(rows, key=lambda row: (row.rank or 0, -row.share, row.unit_id or 0))


@tolerates_age
def ranked(period: Period, level: str, start: int, most: int) -> list[Score]:
    """The ranked units of a level from a place on (0 is the first), those of one rank by name; one statement that
    reads no more rows than are shown."""
    kinds = [kind for kind in Kind if words.level_of(kind) == level]
    rows = Score.objects.filter(
        since=period.since, months=period.months, procedure="", rank__isnull=False, unit__kind__in=kinds
    )
    return list(rows.defer("inputs").order_by("rank", "unit__name", "unit_id")[start : start + most])


@tolerates_age
def of_procedures(period: Period, most: int | None = None) -> list[Score]:
    """The scores of procedures in the whole province that may be told, the most dossiers first; one statement."""
    rows = Score.objects.filter(since=period.since, months=period.months, handled__gte=words.SMALLEST_SHOWN)
    return list(rows.exclude(procedure="").defer("inputs").order_by("-handled", "procedure")[:most])


@tolerates_age
def one(period: Period, *, unit_id: int | None = None, level: str = "", procedure: str = "") -> Score | None:
    """One score; one statement."""
    rows = Score.objects.filter(since=period.since, months=period.months, level=level, procedure=procedure)
    return _of(rows, unit_id).first()


def _of(rows: QuerySet[Score], unit_id: int | None) -> QuerySet[Score]:
    return rows.filter(unit__isnull=True) if unit_id is None else rows.filter(unit_id=unit_id)


@tolerates_age
def path_of(unit_id: int | None, until: date, months: int) -> list[Score]:
    """The scores of the last twelve periods of a length, the oldest first; one statement."""
    rows = _of(Score.objects.filter(level="", procedure="", months=months, since__lte=until), unit_id)
    return list(rows.defer("inputs", "points").order_by("-since")[:PATH])[::-1]


def summed(period: Period, unit_id: int | None = None) -> list[tuple[int, str, dict[str, int]]]:
    """A period's tallies by unit and procedure, or those of one unit; one statement."""
    where = " and unit_id = %(unit)s" if unit_id is not None else ""
    said = {"since": period.since, "until": period.last_month, "unit": unit_id}
    with connection.cursor() as cursor:
        cursor.execute(SUM.format(where=where), said)
        return [
            (row[0], row[1], dict(zip(COLUMNS, (number or 0 for number in row[2:]), strict=True)))
            for row in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class Costing:
    """A procedure of a unit with the points it would get alone."""

    procedure: str
    handled: int
    late: int
    result: Result


def by_procedure(edition: Edition, period: Period, unit_id: int, services: Mapping[str, Any]) -> list[Costing]:
    """A unit's procedures, most late dossiers first: one statement over sums, never over dossiers."""
    found = []
    for _unit, procedure, counts in summed(period, unit_id):
        own = Tally()
        own.add(procedure, counts)
        if not procedure or not own.handled:
            continue
        service = [services[procedure]] if procedure in services else []
        late = counts["ended_late"] + counts["open_late"]
        result = score(edition, inputs_of(own, service), words.PROCEDURE)
        found.append(Costing(procedure, own.handled, late, result))
    return sorted(found, key=lambda row: (-row.late, -row.handled, row.procedure))


def today() -> date:
    return timezone.localdate()


def unit_called(code: str) -> Node | None:
    """The body with this code."""
    node = tree().by_code.get(code[:40])
    return node if node is not None and tree().body_of(node.id).id == node.id else None


def measured(unit_ids: Collection[int], period: Period) -> list[Score]:
    """The scores of these units, the province's own (without a unit) for its root; one statement."""
    whose = Q(unit_id__in=list(unit_ids))
    if not set(tree().root_ids).isdisjoint(unit_ids):
        whose |= Q(unit_id__isnull=True, level="")
    rows = Score.objects.filter(whose, since=period.since, months=period.months, procedure="")
    return list(rows.defer("inputs"))


def edition_of(row: CountedPeriod) -> Edition:
    return editions.of(row.edition)
