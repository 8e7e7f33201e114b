"""Figures of a period by unit and by kind: one statement each, counted from the reports themselves.

A report belongs to the period in which it was received, and to the unit that has it or answered it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tinhso.kernel.people.rules import Scope
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.rules.figures import Tally

# Refused as tests and merged ones are not received; withdrawn ones neither: nobody was to do anything.
_COUNT = """
select {key},
    count(*) filter (where c.state not in ('merged', 'withdrawn') and r.refusal <> 'abusive') as received,
    count(*) filter (where c.state in ('published', 'answered_private')) as processed,
    count(*) filter (where c.state in ('published', 'answered_private')
        and (c.due_at is null or c.settled_at <= c.due_at)) as on_time,
    count(*) filter (where c.state in ('published', 'answered_private')
        and (c.settled_at at time zone %(zone)s)::date < (c.due_at at time zone %(zone)s)::date) as early,
    count(*) filter (where c.settled_at is null and (c.due_at is null or c.due_at >= %(at)s)) as open_in_time,
    count(*) filter (where c.settled_at is null and c.due_at < %(at)s) as open_late,
    count(*) filter (where c.state = 'rejected' and r.refusal <> 'abusive') as rejected,
    count(*) filter (where c.state = 'merged') as merged,
    count(g.report_id) as rated,
    count(*) filter (where g.score >= 4) as satisfied,
    count(*) filter (where g.score = 3) as accepting
from field_reports_report r join cases_case c on c.id = r.case_id
left join field_reports_rating g on g.report_id = r.case_id
where r.received_at >= %(since)s and r.received_at < %(until)s
    and (%(everywhere)s or c.unit_id = any(%(units)s) or c.received_unit_id = any(%(desks)s))
group by 1
"""
_LOST = """
select a.unit_id, sum(a.minutes_lost) from field_reports_assignment a
where a.minutes_lost > 0 and a.begins_at >= %(since)s and a.begins_at < %(until)s
    and (%(everywhere)s or %(desks)s <> '{}' or a.unit_id = any(%(units)s)) group by 1
"""
FIELDS = ("received", "processed", "on_time", "early", "open_in_time", "open_late", "rejected", "merged", "rated",
          "satisfied", "accepting")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of figures."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose figures: those of these units, and all that came in at these desks."""

    units: Scope
    desks: frozenset[int] = frozenset()


def _asked(since: date, until: date, seen: Seen, at: datetime) -> dict[str, Any]:
    """``until`` counts itself."""
    zone = timezone.get_current_timezone()
    return {
        "since": datetime.combine(since, time(), zone),
        "until": datetime.combine(until + timedelta(days=1), time(), zone),
        "at": at,
        "everywhere": seen.units.everywhere,
        "units": sorted(seen.units.units),
        "desks": sorted(seen.desks),
        "zone": str(zone),
    }


def _rows(key: str, asked: dict[str, Any]) -> dict[Any, Tally]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(key=key), asked)
        return {row[0]: Tally(**dict(zip(FIELDS, row[1:], strict=True))) for row in cursor.fetchall()}


def by_unit(since: date, until: date, seen: Seen, at: datetime) -> list[Line]:
    """By the body responsible, most received first, with the working minutes each held what was not its own."""
    asked, names = _asked(since, until, seen, at), tree()
    with connection.cursor() as cursor:
        cursor.execute(_LOST, asked)
        lost = dict(cursor.fetchall())
    found: dict[int, Tally] = {}
    for unit_id, tally in _rows("c.unit_id", asked).items():
        _add(found, names.body_of(unit_id).id, tally)
    for unit_id, minutes in lost.items():
        _add(found, names.body_of(unit_id).id, Tally(minutes_lost=int(minutes)))
    lines = [Line(str(pk), names.nodes[pk].name, tally) for pk, tally in found.items()]
    return sorted(lines, key=lambda one: (-one.tally.received, one.name))


def _add(found: dict[int, Tally], key: int, more: Tally) -> None:
    found[key] = plus(found.get(key, Tally()), more)


def plus(one: Tally, other: Tally) -> Tally:
    """Two selections together."""
    names = (*FIELDS, "minutes_lost")
    return Tally(**{name: getattr(one, name) + getattr(other, name) for name in names})


def by_kind(since: date, until: date, seen: Seen, at: datetime, names: dict[str, str]) -> list[Line]:
    """By kind, most received first."""
    rows = _rows("r.category", _asked(since, until, seen, at))
    lines = [Line(code, names.get(code, code), tally) for code, tally in rows.items()]
    return sorted(lines, key=lambda one: (-one.tally.received, one.code))


def overall(since: date, until: date, seen: Seen, at: datetime) -> Tally:
    """Everything together."""
    return next(iter(_rows("1", _asked(since, until, seen, at)).values()), Tally())
