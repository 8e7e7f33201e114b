"""Values of indicators: for a unit by period, or for many units at once, in a few statements either way.

Facts come from month figures, so that nothing depends on how many cases there are. A unit's figures are those of its
subtree and of the units that became part of it: projected onto today's map, while every row keeps the unit of its day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Max, Sum, Value, When

from tinhso.kernel.clock.rules.periods import Period, month_after
from tinhso.kernel.facts import queries as facts
from tinhso.kernel.facts.rules import Term, terms
from tinhso.kernel.manifest import registry
from tinhso.kernel.units.queries import Holding, todays_heirs, tree, with_predecessors
from tinhso.modules.indicators.models import Figure
from tinhso.modules.indicators.rules.definitions import Definition, Part, series_of
from tinhso.modules.indicators.rules.gathering import Given, together
from tinhso.modules.indicators.rules.periods import between
from tinhso.modules.indicators.rules.values import EMPTY, Point, over

FEW = 8  # units of so many times as many are read apart, others with all
Course = dict[Period, Point]  # by period of the indicator's frequency, the oldest first; empty ones left out


def covered(unit_id: int) -> frozenset[int] | None:
    """The units whose figures are a unit's; None for the whole deployment, which has a sum of its own."""
    if unit_id in tree().root_ids and len(tree().root_ids) == 1:
        return None
    return with_predecessors(tree().subtree(unit_id))


def came_together(unit_id: int) -> list[str]:
    """Names of the bodies that ended and became part of a unit: whose figures its earlier ones are."""
    ended = [before for before, heir in todays_heirs().items() if heir == unit_id and before in tree().nodes]
    return sorted(tree().nodes[one].name for one in ended)


@dataclass
class _Kept:
    """What one question reads: facts by month, and figures of series by their first day."""

    facts: Mapping[Term, Mapping[date, int]] = field(default_factory=dict)
    series: dict[str, dict[date, Point]] = field(default_factory=dict)


def courses(definitions: Iterable[Definition], unit_id: int, since: date, until: date) -> dict[str, Course]:
    """Each indicator's figures of a unit by period: one statement for facts, one for series, however many there are.

    What another module measures is not read here: see ``measured``."""
    wanted = list(definitions)
    units = covered(unit_id)
    kept = _Kept(facts.selected_by_month(_terms(wanted), since, until, units) if _terms(wanted) else {})
    names = {series_of(part.source, "numerator")[0] for part in _parts(wanted) if part.kind == "series"}
    if names:
        kept.series = _series(names, unit_id, units, since, until)
    return {one.code: _course(one, kept, since, until) for one in wanted}


def _parts(definitions: Iterable[Definition]) -> Iterable[Part]:
    return (part for one in definitions for part in one.parts)


def _terms(definitions: Iterable[Definition]) -> set[Term]:
    return {term for part in _parts(definitions) if part.kind == "facts" for term in terms(part.source)}


def _course(definition: Definition, kept: _Kept, since: date, until: date) -> Course:
    made: Course = {}
    for period in between(since, until, definition.frequency):
        point = _point(definition, kept, _span(period))
        if not point.is_empty:
            made[period] = point
    return made


@dataclass(frozen=True, slots=True)
class _Span:
    """Days, and by which of them figures are kept: the first of each month, or ``since`` alone where one question is
    about all of them."""

    since: date
    until: date
    kept_by: Collection[date]


def _span(period: Period) -> _Span:
    return _Span(period.since, period.until, [month_after(period.since, n) for n in range(period.months)])


def _point(definition: Definition, kept: _Kept, period: _Span) -> Point:
    """A period's figures; one whose numerator nobody knows is empty, whatever its denominator says."""
    own = _figures(definition, kept, period)
    top = _number(definition, definition.numerator, "numerator", kept, period)
    if top is None:
        return Point(published=own.published) if own.published is not None else EMPTY
    below = None
    if definition.denominator is not None:
        below = _number(definition, definition.denominator, "denominator", kept, period)
    return Point(top, below, own.published, own.units)


def _number(definition: Definition, part: Part, role: str, kept: _Kept, period: _Span) -> Decimal | None:
    if part.kind == "facts":
        months = [
            numbers[month]
            for numbers in map(kept.facts.__getitem__, terms(part.source))
            for month in period.kept_by
            if month in numbers
        ]
        is_known = months or _is_alive(part, kept, period) or _is_split_of_counted(definition, part, kept, period)
        return Decimal(sum(months)) if is_known else None
    if part.kind == "number":
        return Decimal(part.source.partition(":")[2])
    if part.kind == "series":
        name, which = series_of(part.source, role)
        point = _within(kept.series.get(name, {}), period, definition.is_stock)
        if point.is_empty and name != definition.code:
            point = _before(kept.series.get(name, {}), period)
        return point.numerator if which == "numerator" else point.denominator
    return None


def _is_split_of_counted(definition: Definition, part: Part, kept: _Kept, period: _Span) -> bool:
    """Whether the denominator counted, in this period, the very facts of which the part takes some: a unit that did
    everything late did nothing in time, which is a zero."""
    names, whole = {term.name for term in terms(part.source)}, definition.denominator
    if whole is None or whole.kind != "facts":
        return False
    return any(
        month in kept.facts[term] for term in terms(whole.source) if term.name in names for month in period.kept_by
    )


def _is_alive(part: Part, kept: _Kept, period: _Span) -> bool:
    """Whether these facts were counted in an earlier month at all: then none in this one is a zero, not a gap."""
    return any(month < period.since for term in terms(part.source) for month in kept.facts[term])


def _figures(definition: Definition, kept: _Kept, period: _Span) -> Point:
    source = definition.numerator.source
    name = series_of(source, "numerator")[0] if definition.numerator.kind == "series" else ""
    return _within(kept.series.get(name, {}), period, definition.is_stock)


def _within(points: Mapping[date, Point], period: _Span, is_stock: bool) -> Point:
    """A series within a period."""
    return over((points[day] for day in period.kept_by if day in points), is_stock=is_stock)


def _before(points: Mapping[date, Point], period: _Span) -> Point:
    """What was last given before a period, such as a population counted once a year."""
    days = [day for day in points if day < period.since]
    return points[max(days)] if days else EMPTY


def _series(
    names: Collection[str], unit_id: int, units: frozenset[int] | None, since: date, until: date
) -> dict[str, dict[date, Point]]:
    """Series of a unit by day, summed in the database: rows grow with periods, not with units."""
    rows = Figure.objects.filter(series__in=names, since__gte=since, since__lte=until)
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    is_own = Case(When(unit_id=unit_id, then=Value(1)), default=Value(0))
    summed = (
        rows.annotate(own=is_own)
        .order_by()
        .values_list("series", "since", "own", "unit__kind")
        .annotate(Sum("numerator"), Sum("denominator"), Max("published"), Count("pk"))
    )
    given: dict[tuple[str, date], list[Given]] = {}
    for name, day, own, kind, top, below, published, count in summed:
        said = published if count == 1 else None
        given.setdefault((name, day), []).append(Given(kind, bool(own), Point(top, below, said, count)))
    found: dict[str, dict[date, Point]] = {}
    for (name, day), parts in given.items():
        found.setdefault(name, {})[day] = together(parts)
    return found


def by_unit(definition: Definition, unit_ids: Collection[int], since: date, until: date) -> dict[int, Point]:
    """An indicator's figures over some days for many units: a few statements however many there are."""
    wanted = set(unit_ids)
    if definition.numerator.kind == "measure":
        return _measured_by_unit(definition, wanted, since, until)
    holding = Holding()
    counted = facts.selected_by_unit(_terms([definition]), since, until, _reach(wanted)) if _terms([definition]) else {}
    sums = {term: _held(rows, wanted, holding) for term, rows in counted.items()}
    names = {series_of(part.source, "numerator")[0] for part in definition.parts if part.kind == "series"}
    given = _given_by_unit(names, wanted, since, until, definition) if names else {}
    span, found = _Span(since, until, [since]), {}
    for unit_id in wanted:
        kept = _Kept(
            {term: {since: rows[unit_id]} if unit_id in rows else {} for term, rows in sums.items()},
            {name: {since: point} for name, point in given.get(unit_id, {}).items()},
        )
        point = _point(definition, kept, span)
        if not point.is_empty:
            found[unit_id] = point
    return found


def _reach(wanted: set[int]) -> frozenset[int] | None:
    """The units whose numbers are those of the wanted ones; None where that would be most of all units anyway."""
    if len(wanted) * FEW > len(tree().nodes):
        return None
    return with_predecessors(tree().subtrees(wanted))


def _held(rows: Mapping[int, int], wanted: set[int], holding: Holding) -> dict[int, int]:
    """Numbers by unit, each added to the units that hold it now: itself, those above, and its heirs with theirs."""
    found: dict[int, int] = {}
    for unit_id, number in rows.items():
        for holder in holding.of(unit_id) & wanted:
            found[holder] = found.get(holder, 0) + number
    return found


def _given_by_unit(
    names: Collection[str], wanted: set[int], since: date, until: date, definition: Definition
) -> dict[int, dict[str, Point]]:
    rows = Figure.objects.filter(series__in=names, since__gte=since, since__lte=until).order_by("since")
    by_giver: dict[tuple[str, int], list[Point]] = {}
    kinds = {}
    for name, unit_id, kind, top, below, said in rows.values_list(
        "series", "unit_id", "unit__kind", "numerator", "denominator", "published"
    ):
        by_giver.setdefault((name, unit_id), []).append(Point(top, below, said))
        kinds[unit_id] = kind
    given: dict[tuple[int, str], list[Given]] = {}
    holding = Holding()
    for (name, unit_id), points in by_giver.items():
        point = over(points, is_stock=definition.is_stock)
        for holder in holding.of(unit_id) & wanted:
            given.setdefault((holder, name), []).append(Given(kinds[unit_id], holder == unit_id, point))
    found: dict[int, dict[str, Point]] = {}
    for (unit_id, name), parts in given.items():
        found.setdefault(unit_id, {})[name] = together(parts)
    return found


def _measured_by_unit(definition: Definition, wanted: set[int], since: date, until: date) -> dict[int, Point]:
    declared = registry.measures.get(definition.numerator.source.partition(":")[2])
    if declared is None:
        return {}
    measured: Mapping[int, Any] = declared.values(wanted, since, until)
    return {
        unit_id: Point(published=one.value, words=one.words, link=one.link)
        for unit_id, one in measured.items()
        if unit_id in wanted
    }


def measured(definition: Definition, unit_id: int, period: Period, today: date) -> Point:
    """What another module measures of a unit over a period, up to today."""
    return _measured_by_unit(definition, {unit_id}, period.since, min(period.until, today)).get(unit_id, EMPTY)


def to_date(definition: Definition, course: Course, year: int) -> tuple[Period | None, Point]:
    """The year so far: the last period with figures, and the figures of the year up to it."""
    inside = {period: point for period, point in course.items() if period.since.year == year}
    if not inside:
        return None, EMPTY
    return max(inside), over((inside[one] for one in sorted(inside)), is_stock=definition.is_stock)
