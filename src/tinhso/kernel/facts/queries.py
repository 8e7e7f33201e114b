"""Reading figures: a selection of facts, its number, and the cases behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.facts.models import DayFigure, Fact, MonthFigure, Standing
from tinhso.kernel.facts.rules import Term


@dataclass(frozen=True)
class Selection:
    """A figure before it is counted. Its number and its list come from the same selection, so they cannot disagree.

    ``units`` None means the whole province."""

    name: str
    since: date
    until: date
    units: frozenset[int] | None = None
    dims: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> QuerySet[Fact]:
        rows = Fact.objects.filter(name=self.name, on__gte=self.since, on__lte=self.until)
        if self.units is not None:
            rows = rows.filter(unit_id__in=self.units)
        return rows.filter(narrowed(self.dims, is_whole=self.units is None))

    def number(self) -> int:
        """The figure, from the day figures: independent of how many cases there are."""
        return _sum(self._days())

    def _days(self) -> QuerySet[DayFigure]:
        days = DayFigure.objects.filter(name=self.name, on__gte=self.since, on__lte=self.until)
        if self.units is not None:
            days = days.filter(unit_id__in=self.units)
        return days.filter(narrowed(self.dims, is_whole=self.units is None))


def narrowed(dims: Mapping[str, str], *, is_whole: bool) -> Q:
    """Facts of these dimensions. The whole province is judged by what was promised, as in its month figures."""
    if not is_whole or "verdict" not in dims:
        return Q(dims__contains=dict(dims)) if dims else Q()
    others = {key: value for key, value in dims.items() if key != "verdict"}
    promised = Q(dims__contains=others | {"promised": dims["verdict"]})
    return promised | Q(dims__contains=dict(dims)) & ~Q(dims__has_key="promised")


def _sum(rows: QuerySet[Any]) -> int:
    return rows.aggregate(total=Sum("number"))["total"] or 0


def by_day(names: list[str], since: date, until: date, units: frozenset[int] | None) -> list[tuple[str, date, int]]:
    """Each name's figure by day: one statement."""
    days = DayFigure.objects.filter(name__in=names, on__gte=since, on__lte=until)
    if units is not None:
        days = days.filter(unit_id__in=units)
    return list(days.values_list("name", "on").annotate(total=Sum("number")).order_by("on", "name"))


@dataclass(frozen=True, slots=True)
class MonthNumber:
    """One figure of a month: the province's without a unit. ``verdict`` is empty where nobody judges."""

    name: str
    month: date
    unit_id: int | None
    verdict: str
    number: int


def by_month(
    names: list[str], since: date, until: date, units: frozenset[int] | None, *, apart_from: date | None = None
) -> list[MonthNumber]:
    """Figures of whole months, from the roll-up: one statement that costs the same for ten cases and ten million.

    The whole province (``units`` None) comes in one sum a month; from ``apart_from`` on, its units come as well.
    """
    rows = MonthFigure.objects.filter(name__in=names, month__gte=since.replace(day=1), month__lte=until)
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    elif apart_from is None:
        rows = rows.filter(unit__isnull=True)
    else:
        rows = rows.filter(Q(unit__isnull=True) | Q(month__gte=apart_from))
    return [MonthNumber(*row) for row in rows.values_list("name", "month", "unit_id", "verdict", "number")]


def by_dimension(name: str, dimension: str, since: date, until: date, units: frozenset[int] | None) -> dict[str, int]:
    """A figure split by one dimension: one statement."""
    days = DayFigure.objects.filter(name=name, on__gte=since, on__lte=until)
    if units is not None:
        days = days.filter(unit_id__in=units)
    rows = days.values_list(f"dims__{dimension}").annotate(total=Sum("number"))
    return {str(value): total for value, total in rows}


def standing(kind: str, at: datetime, units: frozenset[int] | None = None) -> dict[int, dict[str, int]]:
    """For each unit: how many cases are open, late (due before today), due today or tomorrow, paused, settled."""
    today = timezone.localtime(at).date()
    rows = Standing.objects.filter(kind=kind, phase__lt=Phase.CLOSED).exclude(number=0)
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    found: dict[int, dict[str, int]] = {}
    for unit_id, phase, due_on, number in rows.values_list("unit_id", "phase", "due_on", "number"):
        figures = found.setdefault(unit_id, {"open": 0, "late": 0, "today": 0, "paused": 0, "settled": 0})
        if phase == Phase.OPEN:
            figures["open"] += number
            figures["late"] += number if due_on < today else 0
            figures["today"] += number if due_on == today else 0
        elif phase == Phase.PAUSED:
            figures["paused"] += number
        elif phase == Phase.SETTLED:
            figures["settled"] += number
    return found


def late_cases(kind: str, at: datetime, units: frozenset[int] | None = None) -> QuerySet[Case]:
    """The very cases behind the number of late ones, the longest overdue first."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Case.objects.filter(kind=kind, phase=Phase.OPEN, due_at__lt=today)
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    return rows.order_by("due_at", "id")


def selected_by_month(
    wanted: Collection[Term], since: date, until: date, units: frozenset[int] | None
) -> dict[Term, dict[date, int]]:
    """The months of many selections, by the first day of each; months without a fact are left out.

    One statement for all that month figures know (whole figures and verdicts), which costs the same for ten cases and
    ten million; one more, over day figures, for each other dimension."""
    found: dict[Term, dict[date, int]] = {term: {} for term in wanted}
    kept = [term for term in found if term.dimension in ("", "verdict")]
    if kept:
        rows = MonthFigure.objects.filter(
            name__in={term.name for term in kept}, month__gte=since.replace(day=1), month__lte=until
        )
        rows = rows.filter(unit__isnull=True) if units is None else rows.filter(unit_id__in=units)
        _spread(found, kept, rows.order_by().values_list("name", "month", "verdict").annotate(Sum("number")))
    for dimension, terms in _by_dimension(found, kept).items():
        days = _days_of(terms, since, until, units).annotate(month=TruncMonth("on"))
        _spread(
            found, terms, days.order_by().values_list("name", "month", f"dims__{dimension}").annotate(Sum("number"))
        )
    return found


def selected_by_unit(
    wanted: Collection[Term], since: date, until: date, units: frozenset[int] | None = None
) -> dict[Term, dict[int, int]]:
    """Many selections over some days, by unit (``units`` None: all): from month figures for whole months, else from
    day figures."""
    found: dict[Term, dict[int, int]] = {term: {} for term in wanted}
    is_whole = since.day == 1 and (until + timedelta(days=1)).day == 1
    kept = [term for term in found if is_whole and term.dimension in ("", "verdict")]
    if kept:
        rows = MonthFigure.objects.filter(
            name__in={term.name for term in kept}, month__gte=since, month__lte=until, unit__isnull=False
        )
        rows = rows if units is None else rows.filter(unit_id__in=units)
        _spread(found, kept, rows.order_by().values_list("name", "unit_id", "verdict").annotate(Sum("number")))
    for dimension, terms in _by_dimension(found, kept).items():
        last = f"dims__{dimension}" if dimension else "name"
        days = _days_of(terms, since, until, units).order_by()
        _spread(found, terms, days.values_list("name", "unit_id", last).annotate(Sum("number")))
    return found


def _by_dimension(found: Collection[Term], kept: Collection[Term]) -> dict[str, list[Term]]:
    split: dict[str, list[Term]] = {}
    for term in found:
        if term not in kept:
            split.setdefault(term.dimension, []).append(term)
    return split


def _days_of(terms: Collection[Term], since: date, until: date, units: frozenset[int] | None) -> QuerySet[DayFigure]:
    days = DayFigure.objects.filter(name__in={term.name for term in terms}, on__gte=since, on__lte=until)
    return days if units is None else days.filter(unit_id__in=units)


def _spread(found: dict[Term, dict[Any, int]], terms: Collection[Term], rows: Iterable[tuple[Any, ...]]) -> None:
    """Each row (name, key, value of the dimension, number) to the selections that it is part of."""
    by_name: dict[str, list[tuple[Term, dict[Any, int]]]] = {}
    for term in terms:
        by_name.setdefault(term.name, []).append((term, found[term]))
    for name, key, value, number in rows:
        for term, numbers in by_name[name]:
            if not term.dimension or str(value) == term.value:
                numbers[key] = numbers.get(key, 0) + number
