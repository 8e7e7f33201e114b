"""An indicator's page: five years by period against the targets, notes, and what was corrected after closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tinhso.kernel.clock.rules.periods import Period, year_of
from tinhso.kernel.units.rules import Node
from tinhso.modules.indicators.models import ClosedValue, IndicatorVersion, Note, Target
from tinhso.modules.indicators.queries import values
from tinhso.modules.indicators.queries.boards import Row, judged
from tinhso.modules.indicators.queries.kept import kept
from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.judging import Goal
from tinhso.modules.indicators.rules.periods import around, between
from tinhso.modules.indicators.rules.values import EMPTY, Point, value_of

YEARS, NOTES, CORRECTIONS = 5, 40, 20


@dataclass(frozen=True)
class Page:
    """All that stands on an indicator's page; ``rows`` the newest first, ``course`` the oldest first without gaps."""

    definition: Definition
    version: IndicatorVersion
    year: int
    now: Row
    rows: list[Row]
    course: list[tuple[Period, Fraction | None, Fraction | None]]
    targets: dict[int, Target]
    notes: list[Note]
    corrections: list[ClosedValue]


def page(version: IndicatorVersion, definition: Definition, node: Node, year: int, today: date) -> Page:
    """Five years up to one: at most five statements, whatever happened in them."""
    first, last = year_of(year - YEARS + 1).since, min(today, year_of(year).until)
    course = _course(version, definition, node, first, last)
    targets = {
        row.year: row
        for row in Target.objects.filter(
            indicator_id=version.indicator_id, unit_id=node.id, year__gt=year - YEARS, year__lte=year
        )
    }
    corrected = list(
        ClosedValue.objects.filter(indicator_id=version.indicator_id, unit_id=node.id, since__gte=first)
        .filter(number__gt=1)
        .order_by("-counted_at")[:CORRECTIONS]
    )
    notes = list(
        Note.objects.filter(indicator_id=version.indicator_id, unit_id=node.id)
        .select_related("written_by")
        .order_by("-since", "-pk")[:NOTES]
    )
    goals = {one: Goal.from_row(row.value, row.path) for one, row in targets.items()}
    steps = [
        (
            one,
            value_of(definition, course.get(one, EMPTY)),
            goals[one.since.year].by(one.until.month) if one.since.year in goals else None,
        )
        for one in between(first, last, definition.frequency)
    ]
    rows = [judged(definition, targets.get(one.since.year), one, point) for one, point in course.items()]
    return Page(
        definition, version, year, _now(definition, course, targets, node, year, today), rows[::-1], steps, targets,
        notes, corrected,
    )  # fmt: skip


def _course(version: IndicatorVersion, definition: Definition, node: Node, first: date, last: date) -> values.Course:
    """Figures by period. What another module measures was kept when each period was over; the running one is asked."""
    if not definition.is_measured:
        return values.courses([definition], node.id, first, last)[definition.code]
    course = dict(kept(node.id, [version.indicator_id], first, last).get(version.indicator_id, {}))
    running = around(last, definition.frequency)
    point = values.measured(definition, node.id, running, last)
    if running not in course and not point.is_empty:
        course[running] = point
    return {one: course[one] for one in sorted(course) if one.months == running.months}


def _now(
    definition: Definition, course: values.Course, targets: dict[int, Target], node: Node, year: int, today: date
) -> Row:
    if definition.is_measured:
        day = min(today, year_of(year).until)
        point: Point = values.measured(definition, node.id, year_of(year), day)
        return judged(definition, targets.get(year), Period(date(day.year, day.month, 1), 1), point)
    period, point = values.to_date(definition, course, year)
    return judged(definition, targets.get(year), period, point)


def behind_since(rows: Sequence[Row], year: int) -> Period | None:
    """The period of the year from which on every known value fell short of its plan; None when the last one did not."""
    found = None
    for row in rows:
        if row.period is None or row.period.since.year != year or row.gap is None:
            break
        found = row.period
    return found
