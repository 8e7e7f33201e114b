"""Periods that are over keep their figures; a late correction is counted again and leaves a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import Period, month_after
from tinhso.kernel.journal.actions import note as record
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import Holding, tree
from tinhso.modules.indicators.models import ClosedValue, IndicatorVersion, Target
from tinhso.modules.indicators.queries import definitions, kept, values
from tinhso.modules.indicators.rules.definitions import Definition, series_of
from tinhso.modules.indicators.rules.periods import between
from tinhso.modules.indicators.rules.values import EMPTY, Point, shown, value_of

BACK_MONTHS = 24  # how far back a correction of facts is looked for every night
_LOCK = 7612
Known = dict[str, tuple[IndicatorVersion, Definition]]


def close(*, by: Actor, at: datetime) -> int:
    """Keep the figures of all periods that are over, for the province and all units with targets; returns how many rows
    that made. What was counted otherwise before is kept anew with the next number, and an entry says so."""
    today = timezone.localdate(at)
    known = definitions.in_force(today)
    first = month_after(today, -BACK_MONTHS)
    own = Target.objects.filter(year__gte=first.year).order_by().values_list("unit_id", flat=True).distinct()
    units = sorted({*own, *tree().root_ids})
    measured = kept.measured([one for _, one in known.values()], units, first, today)
    return sum(_close_unit(known, unit_id, first, today, by, at, measured.get(unit_id)) for unit_id in units)


def recheck(touched: Iterable[tuple[str, int, Period]], *, by: Actor, at: datetime) -> int:
    """Count again what these series, units and periods touch, for the units themselves and all above them."""
    rows = list(touched)
    if not rows:
        return 0
    today = timezone.localdate(at)
    series = {name for name, _, _ in rows}
    known = {
        code: each
        for code, each in definitions.in_force(today).items()
        if any(part.kind == "series" and series_of(part.source, "x")[0] in series for part in each[1].parts)
    }
    holding = Holding()
    units: set[int] = set().union(*(holding.of(unit_id) for unit_id in {unit_id for _, unit_id, _ in rows}))
    first = min(period.since for _, _, period in rows).replace(month=1)
    closed = (
        ClosedValue.objects.filter(unit_id__in=units, since__gte=first).order_by().values_list("unit_id", flat=True)
    )
    return sum(_close_unit(known, unit_id, first, today, by, at) for unit_id in sorted(set(closed)))


@transaction.atomic
def _close_unit(
    known: Known, unit_id: int, first: date, today: date, by: Actor, at: datetime,
    measured: Mapping[str, values.Course] | None = None,
) -> int:  # fmt: skip
    """A unit's periods that are over. Who closes the same unit at once waits. ``measured``: what other modules measure
    of it, by indicator; None leaves those indicators alone."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, unit_id % 2**31])
    told = dict(measured or {})
    wanted = [one for _, one in known.values() if one.numerator.kind != "measure" or one.code in told]
    courses = values.courses(wanted, unit_id, first, today) | told
    ids = [version.indicator_id for version, _ in known.values()]
    rows = ClosedValue.objects.filter(unit_id=unit_id, indicator_id__in=ids, since__gte=first).order_by("number")
    last = {(row.indicator_id, row.since, row.months): row for row in rows}
    fresh: list[ClosedValue] = []
    for one in wanted:
        indicator_id = known[one.code][0].indicator_id
        for period in between(first, today, one.frequency):
            point = courses[one.code].get(period, EMPTY)
            was = last.get((indicator_id, period.since, period.months))
            if period.until >= today or (was is None and point.is_empty) or (was and _same(was, point)):
                continue
            fresh.append(_row(indicator_id, unit_id, period, point, was, at))
            if was is not None:
                _trace(one, indicator_id, unit_id, period, was, point, by, at)
    ClosedValue.objects.bulk_create(fresh)
    return len(fresh)


def _same(was: ClosedValue, point: Point) -> bool:
    return (was.numerator, was.denominator, was.published) == (point.numerator, point.denominator, point.published)


def _row(
    indicator_id: int, unit_id: int, period: Period, point: Point, was: ClosedValue | None, at: datetime
) -> ClosedValue:
    return ClosedValue(
        indicator_id=indicator_id, unit_id=unit_id, since=period.since, months=period.months,
        number=was.number + 1 if was else 1, numerator=point.numerator, denominator=point.denominator,
        published=point.published, counted_at=at,
    )  # fmt: skip


def _trace(
    definition: Definition, indicator_id: int, unit_id: int, period: Period, was: ClosedValue, point: Point,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    data: dict[str, Any] = {
        "code": definition.code, "unit": unit_id, "unit_name": tree().nodes[unit_id].name, "period": period.name,
        "was": said(definition, Point(was.numerator, was.denominator, was.published)), "value": said(definition, point),
        "number": was.number + 1,
    }  # fmt: skip
    record(subject=f"indicators/indicator/{indicator_id}", verb="indicators.correct", by=by, at=at, data=data)


def said(definition: Definition, point: Point) -> str:
    """A value for an entry: as published, a dash for none."""
    value = value_of(definition, point)
    return "–" if value is None else f"{shown(definition, value).value}".replace(".", ",") + definition.sign
