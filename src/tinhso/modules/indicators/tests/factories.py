"""Units, figures and facts that tests speak of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.clock.rules.periods import period_of
from tinhso.kernel.facts.models import DayFigure, MonthFigure
from tinhso.modules.indicators.actions import figures
from tinhso.modules.indicators.rules.values import Point

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)  # Friday, 10 o'clock in Vietnam
TODAY = date(2026, 11, 20)


def counted(name: str, unit_id: int, on: date, number: int, verdict: str = "", **dims: str) -> None:
    """So many facts on a day, as the projection leaves them: the unit's day and month, and the province's month."""
    split = {**dims, **({"verdict": verdict} if verdict else {})}
    key = ",".join(f"{one}={value}" for one, value in sorted(split.items()))
    day, _made = DayFigure.objects.get_or_create(
        name=name, unit_id=unit_id, on=on, key=key, defaults={"dims": split, "number": 0}
    )
    DayFigure.objects.filter(pk=day.pk).update(number=day.number + number)
    for unit in (None, unit_id):
        month, _made = MonthFigure.objects.get_or_create(
            name=name, unit_id=unit, month=on.replace(day=1), verdict=verdict, defaults={"number": 0}
        )
        MonthFigure.objects.filter(pk=month.pk).update(number=month.number + number)


def said(series: str, unit_id: int, period: str, top: Any = None, below: Any = None, value: Any = None) -> figures.Said:
    """A figure as somebody gives it."""
    numbers = [None if one is None else Decimal(str(one)) for one in (top, below, value)]
    read = period_of(period)
    assert read is not None
    return figures.Said(series, unit_id, read, Point(*numbers), "Báo cáo 1")
