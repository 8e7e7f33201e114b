"""Counting entries in one go: a few statements however many there are, the same figures as one by one.

Counting is adding up, so the order of entries does not matter; rows are written in one order everywhere, so that two
who count at once wait for each other and never in a circle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Fact as Declared
from tinhso.kernel.manifest import registry

NEVER_DUE = date(9999, 12, 31)
LONGEST_KEY = 200

_MARK = """
insert into facts_projected (entry_id) select one from unnest(%s::bigint[]) one order by one
on conflict do nothing returning entry_id
"""
_FACTS = """
insert into facts_fact (name, "on", unit_id, case_id, entry_id, dims)
select name, "on", unit, "case", entry, dims from jsonb_to_recordset(%s::jsonb)
as given(name text, "on" date, unit bigint, "case" bigint, entry bigint, dims jsonb)
"""
_DAYS = """
insert into facts_dayfigure (name, "on", unit_id, key, dims, number)
select name, "on", unit, key, dims, number from jsonb_to_recordset(%s::jsonb)
as given(name text, "on" date, unit bigint, key text, dims jsonb, number int) order by name, unit, "on", key
on conflict (name, unit_id, "on", key) do update set number = facts_dayfigure.number + excluded.number
"""
_MONTHS = """
insert into facts_monthfigure (name, month, verdict, unit_id, number)
select name, month, verdict, unit, number from jsonb_to_recordset(%s::jsonb)
as given(name text, month date, verdict text, unit bigint, number int) order by unit nulls first, name, month, verdict
on conflict (unit_id, name, month, verdict) do update set number = facts_monthfigure.number + excluded.number
"""
_STANDINGS = """
insert into facts_standing (kind, unit_id, state, phase, due_on, number)
select kind, unit, state, phase, due, number from jsonb_to_recordset(%s::jsonb)
as given(kind text, unit bigint, state text, phase smallint, due date, number int) order by kind, unit, state, due
on conflict (kind, unit_id, state, due_on) do update set number = facts_standing.number + excluded.number
"""


@cache
def facts_of(verb: str) -> tuple[Declared, ...]:
    """What is counted from entries of a verb."""
    return tuple(fact for fact in registry.facts.values() if fact.verb == verb)


def countable(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those entries with what counting reads of them and of their cases, and no more."""
    return entries.select_related("case").only("verb", "at", "unit_id", "case_id", "data", "case__kind")


@transaction.atomic
def count(entries: Sequence[Entry]) -> int:
    """Count those entries about cases that are not counted yet; returns how many that were."""
    known = {one.pk: one for one in entries if one.case_id is not None and one.unit_id is not None}
    if not known:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [sorted(known)])
        fresh = [known[pk] for (pk,) in sorted(cursor.fetchall())]
        facts = [fact for entry in fresh for fact in _facts(entry)]
        for statement, rows in (
            (_FACTS, facts), (_DAYS, _days(facts)), (_MONTHS, _months(facts)), (_STANDINGS, _standings(fresh)),
        ):  # fmt: skip
            if rows:
                cursor.execute(statement, [json.dumps(rows, ensure_ascii=False)])
    return len(fresh)


def canonical(dims: Mapping[str, Any]) -> str:
    """Dimensions as one text of at most 200 characters: the same for the same dimensions, another for others."""
    text = json.dumps(dims, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text if len(text) <= LONGEST_KEY else hashlib.sha256(text.encode()).hexdigest()


def verdict_in(dims: Mapping[str, Any], *, is_whole: bool = False) -> str:
    """Early, on time or late, as month figures are split; empty where nobody judges. The whole province is judged by
    what was promised, a unit by its own time."""
    return str((is_whole and dims.get("promised")) or dims.get("verdict") or "")[:12]


def due_on(place: Mapping[str, Any]) -> date:
    return _day_of(place["due"]) if place["due"] else NEVER_DUE


@lru_cache(maxsize=4_096)
def _day_of(moment: str) -> date:
    """Most due dates are named by several entries: as one becomes another's past."""
    return timezone.localtime(datetime.fromisoformat(moment)).date()


def _facts(entry: Entry) -> Iterable[dict[str, Any]]:
    for declared in facts_of(entry.verb):
        if declared.when is None or declared.when(entry):
            dims = dict(declared.dimensions(entry)) if declared.dimensions else {}
            on = timezone.localtime(entry.at).date().isoformat()
            yield {
                "name": declared.name, "on": on, "unit": entry.unit_id, "case": entry.case_id, "entry": entry.pk,
                "dims": dims,
            }  # fmt: skip


def _days(facts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in facts:
        key = canonical(one["dims"])
        row = {"name": one["name"], "on": one["on"], "unit": one["unit"], "key": key, "dims": one["dims"], "number": 0}
        found.setdefault((one["name"], one["on"], one["unit"], key), row)["number"] += 1
    return list(found.values())


def _months(facts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The province's month and the unit's."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in facts:
        month = f"{one['on'][:7]}-01"
        for unit in (None, one["unit"]):
            verdict = verdict_in(one["dims"], is_whole=unit is None)
            row = {"name": one["name"], "month": month, "verdict": verdict, "unit": unit, "number": 0}
            found.setdefault((one["name"], month, verdict, unit), row)["number"] += 1
    return list(found.values())


def _standings(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Which cases stand elsewhere now; those that came and went meanwhile leave nothing."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for entry in entries:
        was, now = entry.data.get("was"), entry.data.get("is")
        if now is None or entry.case is None:
            continue
        for place, sign in ((was, -1), (now, 1)):
            if place:
                due = due_on(place).isoformat()
                row = {
                    "kind": entry.case.kind, "unit": place["unit"], "state": place["state"], "phase": place["phase"],
                    "due": due, "number": 0,
                }  # fmt: skip
                key = (entry.case.kind, place["unit"], place["state"], due)
                found.setdefault(key, row)["number"] += sign
    return [row for row in found.values() if row["number"]]
