"""Periods that are over: their values as they were kept, and what other modules measured in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from tinhso.kernel.clock.rules.periods import Period
from tinhso.modules.indicators.models import ClosedValue
from tinhso.modules.indicators.queries.values import Course, by_unit
from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.periods import between
from tinhso.modules.indicators.rules.values import Point


def kept(unit_id: int, indicator_ids: Collection[int], since: date, until: date) -> dict[int, Course]:
    """By indicator, a unit's values of periods that are over, each as it was counted last: one statement."""
    rows = (
        ClosedValue.objects.filter(unit_id=unit_id, indicator_id__in=indicator_ids, since__gte=since, since__lte=until)
        .order_by("indicator_id", "since", "months", "-number")
        .distinct("indicator_id", "since", "months")
    )
    found: dict[int, Course] = {}
    for one in rows:
        point = Point(one.numerator, one.denominator, one.published)
        if not point.is_empty:
            found.setdefault(one.indicator_id, {})[Period(one.since, one.months)] = point
    return found


def measured(
    definitions: Iterable[Definition], unit_ids: Collection[int], since: date, today: date
) -> dict[int, dict[str, Course]]:
    """By unit and indicator, what other modules measured in each period that is over: one question a period."""
    found: dict[int, dict[str, Course]] = {unit_id: {} for unit_id in unit_ids}
    for one in definitions:
        if one.numerator.kind != "measure":
            continue
        for period in between(since, today, one.frequency):
            if period.until < today:
                for unit_id, point in by_unit(one, unit_ids, period.since, period.until).items():
                    found[unit_id].setdefault(one.code, {})[period] = point
    return found
