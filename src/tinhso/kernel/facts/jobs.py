"""Counting: from a journal entry to facts, day and month figures and standings. Each entry is counted once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.facts.models import Fact
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Fact as Declared
from tinhso.kernel.manifest import registry

NEVER_DUE = date(9999, 12, 31)
LONGEST_KEY = 200


@cache
def _facts_of(verb: str) -> tuple[Declared, ...]:
    return tuple(fact for fact in registry.facts.values() if fact.verb == verb)


@transaction.atomic
def project(entry: Entry) -> None:
    """Count one entry about a case; a second call changes nothing."""
    case_id, unit_id = entry.case_id, entry.unit_id
    if case_id is None or unit_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("insert into facts_projected (entry_id) values (%s) on conflict do nothing", [entry.pk])
        if not cursor.rowcount:
            return
    for declared in _facts_of(entry.verb):
        if declared.when is None or declared.when(entry):
            _count(declared, entry, case_id, unit_id)
    _move_standing(entry)


def canonical(dims: Mapping[str, Any]) -> str:
    """Dimensions as one text of at most 200 characters: the same for the same dimensions, another for others."""
    text = json.dumps(dims, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text if len(text) <= LONGEST_KEY else hashlib.sha256(text.encode()).hexdigest()


def _count(declared: Declared, entry: Entry, case_id: int, unit_id: int) -> None:
    dims = dict(declared.dimensions(entry)) if declared.dimensions else {}
    on = timezone.localtime(entry.at).date()
    Fact.objects.create(name=declared.name, on=on, unit_id=unit_id, case_id=case_id, entry_id=entry.pk, dims=dims)
    with connection.cursor() as cursor:
        cursor.execute(
            'insert into facts_dayfigure (name, "on", unit_id, key, dims, number) values (%s, %s, %s, %s, %s, 1)'
            ' on conflict (name, unit_id, "on", key) do update set number = facts_dayfigure.number + 1',
            [declared.name, on, unit_id, canonical(dims), json.dumps(dims)],
        )
        _count_month(cursor, declared.name, on, unit_id, verdict_in(dims))


def _count_month(cursor: Any, name: str, on: date, unit_id: int, verdict: str) -> None:
    """The province's month and the unit's, always in this order: who counts at once waits, and never in a circle."""
    said = [name, on.replace(day=1), verdict]
    for unit in (None, unit_id):
        cursor.execute(
            "insert into facts_monthfigure (name, month, verdict, unit_id, number) values (%s, %s, %s, %s, 1)"
            " on conflict (unit_id, name, month, verdict) do update set number = facts_monthfigure.number + 1",
            [*said, unit],
        )


@app.periodic(cron="35 0 * * *", periodic_id="facts.mend")
@app.task(name="facts.mend", queue="journal", queueing_lock="facts.mend")
def mend(timestamp: int) -> None:
    """Months that a program without month figures counted last, as during an upgrade, are summed again."""
    from tinhso.kernel.facts.actions import roll_up

    roll_up(timezone.localdate() - timedelta(days=31))


def verdict_in(dims: Mapping[str, Any]) -> str:
    """Early, on time or late, as month figures are split; empty where nobody judges."""
    return str(dims.get("verdict") or "")[:12]


def due_on(place: Mapping[str, Any]) -> date:
    return timezone.localtime(datetime.fromisoformat(place["due"])).date() if place["due"] else NEVER_DUE


def _move_standing(entry: Entry) -> None:
    was, now = entry.data.get("was"), entry.data.get("is")
    if now is None or entry.case is None:
        return
    changes = [(place, sign) for place, sign in ((was, -1), (now, 1)) if place]
    if was and _standing_key(was) == _standing_key(now):
        return
    with connection.cursor() as cursor:
        for place, sign in sorted(changes, key=lambda change: _standing_key(change[0])):
            unit, state, due = _standing_key(place)
            cursor.execute(
                "insert into facts_standing (kind, unit_id, state, phase, due_on, number)"
                " values (%s, %s, %s, %s, %s, %s) on conflict (kind, unit_id, state, due_on)"
                " do update set number = facts_standing.number + excluded.number",
                [entry.case.kind, unit, state, place["phase"], due, sign],
            )


def _standing_key(place: Mapping[str, Any]) -> tuple[int, str, date]:
    return place["unit"], place["state"], due_on(place)
