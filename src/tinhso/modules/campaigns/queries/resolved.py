"""A measure that every deployment has: how much of what was resolved, of any kind, was resolved in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from django.db.models import Sum
from django.utils import timezone

from tinhso.kernel.clock.rules import Verdict
from tinhso.kernel.facts.models import DayFigure, MonthFigure
from tinhso.kernel.manifest import Measure, Measured, registry
from tinhso.kernel.units.queries import main_successor_on, tree


def resolved_in_time(unit_ids: Collection[int], since: date, until: date) -> dict[int, Measured]:
    """Share of resolved cases that were early or on time, in percent with two places, cut down and never up.

    What divisions and merged units did counts for the body that stands for them on the last day. One statement."""
    asked = frozenset(unit_ids)
    good, whole = dict.fromkeys(asked, 0), dict.fromkeys(asked, 0)
    for unit, verdict, number in _rows(since, until):
        body = _body_on(unit, until)
        if body in asked and verdict:
            whole[body] += number
            good[body] += number if verdict != Verdict.LATE else 0
    return {unit: _measured(good[unit], whole[unit]) for unit in asked if whole[unit]}


def _measured(good: int, whole: int) -> Measured:
    value = (Decimal(good) * 100 / whole).quantize(Decimal("0.01"), ROUND_DOWN)
    return Measured(value, f"{good}/{whole} vụ việc giải quyết trước hạn, đúng hạn")


def _rows(since: date, until: date) -> Iterable[tuple[int, str, int]]:
    """Unit, verdict and number; from whole months where the days are whole months, else from days."""
    names = [one.name for one in registry.facts.values() if one.measure is Measure.RESOLVED]
    is_whole = since.day == 1 and ((until + timedelta(days=1)).day == 1 or until >= timezone.localdate())
    if is_whole:
        months = MonthFigure.objects.filter(name__in=names, month__range=(since, until), unit__isnull=False)
        return months.values_list("unit_id", "verdict").annotate(number=Sum("number"))
    days = DayFigure.objects.filter(name__in=names, on__range=(since, until))
    return days.values_list("unit_id", "dims__verdict").annotate(number=Sum("number"))


def _body_on(unit_id: int, day: date) -> int:
    body = tree().body_of(unit_id).id
    return main_successor_on(body, day) or body
