"""Counting the months again from facts and cases, and closing those that have ended.

Counting is set-based and repeatable: the same facts give the same lines. A closed month is left alone; what is recorded
for it later shows up as ``adjusted`` in the month that is still open, so column 6 is column 11 of the one before.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import month_after
from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.actions import note
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.actions.counting import COUNT
from tinhso.modules.statistics.models import CountedMonth, MonthLine

_LOCK = 7_106_766  # one counts at a time


def refresh(*, by: Actor, at: datetime) -> list[date]:
    """Count each month that is not closed, the oldest first; close those that have ended. Returns the closed ones.

    Each month is a transaction: breaking off loses nothing. Somebody who is counting already is waited for.
    """
    today = timezone.localdate(at)
    month, closed = _first_open(), []
    while month is not None and month <= today:
        with transaction.atomic():
            if _count(month, at) and month_after(month, 1) <= today:
                _close(month, by=by, at=at)
                closed.append(month)
        month = month_after(month, 1)
    return closed


def _first_open() -> date | None:
    """The month after the last closed one; at first that of the oldest reception; None while nothing was received."""
    last = CountedMonth.objects.filter(closed_at__isnull=False).order_by("-month").first()
    if last is not None:
        return month_after(last.month, 1)
    days = [
        Fact.objects.filter(name=name).order_by("on").values_list("on", flat=True).first() for name in rules.RECEIVED
    ]
    oldest = min((day for day in days if day is not None), default=None)
    return oldest and oldest.replace(day=1)


def _count(month: date, at: datetime) -> bool:
    """Write the lines of one month; False when somebody closed it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        if CountedMonth.objects.filter(month=month, closed_at__isnull=False).exists():
            return False
        last_entry = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        cursor.execute("set local statement_timeout = '15min'")
        cursor.execute(COUNT, {**_names(), **_places(), **_days(month, at), "entry": last_entry})
    CountedMonth.objects.update_or_create(month=month, defaults={"counted_at": at, "last_entry_id": last_entry})
    return True


def _names() -> dict[str, Any]:
    beside = [(name, part) for part, names in rules.BESIDE.items() for name in names]
    counted = {*rules.RECEIVED, *rules.RESOLVED, *rules.ENDED, *(name for name, _part in beside)}
    return {
        "received": list(rules.RECEIVED),
        "resolved": list(rules.RESOLVED),
        "ended": list(rules.ENDED),
        "ends": [*rules.RESOLVED, *rules.ENDED],
        "split": list(rules.SPLIT),
        "names": sorted(counted),
        "beside_names": [name for name, _part in beside],
        "beside_parts": [part for _name, part in beside],
        "other": rules.OTHER,
        "zone": str(timezone.get_default_timezone()),
    }


def _places() -> dict[str, Any]:
    """Each unit with the body it belongs to and that body's level."""
    known = tree()
    bodies = {unit_id: known.body_of(unit_id) for unit_id in known.nodes}
    return {
        "units": list(bodies),
        "bodies": [body.id for body in bodies.values()],
        "levels": [rules.level_of(body.kind) for body in bodies.values()],
    }


def _days(month: date, at: datetime) -> dict[str, Any]:
    """Overdue is what was due before the month's end; in a running month what was due before today."""
    today = timezone.localdate(at)
    end = month_after(month, 1)
    cut = datetime.combine(min(end, today), datetime.min.time(), timezone.get_default_timezone())
    last = end - timedelta(days=1)
    return {"month": month, "first": month, "last": last, "cut": cut, "before": month_after(month, -1)}


def _close(month: date, *, by: Actor, at: datetime) -> None:
    CountedMonth.objects.filter(month=month).update(closed_at=at)
    line = MonthLine.objects.filter(month=month, unit=None, level="", field="", procedure="").first()
    total = rules.Line(**{name: getattr(line, name) for name in rules.COLUMNS}) if line else rules.Line()
    note(
        subject=f"statistics/{month:%Y-%m}",
        verb="statistics.close",
        by=by,
        at=at,
        data={
            "month": f"{month:%m/%Y}",
            "received": total.received,
            "resolved": total.resolved,
            "open": total.open,
            "cells": list(total.statutory()),
        },
    )
