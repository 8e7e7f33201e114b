"""Figures of a period by unit and by kind, read from kept sums: three statements, however many reports there are.

A report belongs to the period in which it was received, and to the unit that has it or answered it. The sums know by
which day an open report is due; which of today's are late already is asked of those alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tinhso.kernel.clock.rules.periods import month_after
from tinhso.kernel.people.rules import Scope
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.rules.figures import COUNTS, Tally

_SUMS = ", ".join(f"sum({name})" for name in COUNTS if name != "open") + (
    ", sum(open) filter (where due_on >= %(today)s), sum(open) filter (where due_on < %(today)s)"
)
_FIELDS = (*(name for name in COUNTS if name != "open"), "open_in_time", "open_late")
_SPANS = (
    '((grain = \'month\' and "on" >= %(month)s and "on" < %(edge)s)'
    ' or (grain = \'day\' and ("on" >= %(since)s and "on" < %(month)s or "on" >= %(edge)s and "on" <= %(until)s)))'
)
_BY_UNIT = f"""
select unit_id, {_SUMS} from field_reports_reportfigure
where level = 'unit' and {_SPANS} and (%(everywhere)s or unit_id = any(%(units)s) or desk_id = any(%(desks)s))
group by 1
"""  # noqa: S608 - names of columns
_BY_KIND = f"""
select category, {_SUMS} from (
    select * from field_reports_reportfigure
    where level = 'kind' and {_SPANS} and (%(everywhere)s or desk_id = any(%(desks)s))
    union all
    select * from field_reports_reportfigure
    where level = 'both' and {_SPANS} and not %(everywhere)s and unit_id = any(%(units)s) and desk_id <> all(%(desks)s)
) seen group by 1
"""  # noqa: S608 - names of columns
_LATE_TODAY = """
select c.unit_id, r.category, count(*) from cases_case c join field_reports_report r on r.case_id = c.id
where c.phase = 1 and c.due_at >= %(midnight)s and c.due_at < %(at)s and c.settled_at is null
    and r.received_at >= %(begin)s and r.received_at < %(end)s
    and (%(everywhere)s or c.unit_id = any(%(units)s) or c.received_unit_id = any(%(desks)s))
group by 1, 2
"""


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


@dataclass(frozen=True, slots=True)
class Figures:
    """A period's figures: everything together, and the same by body and by kind, most received first."""

    whole: Tally
    units: list[Line]
    kinds: list[Line]


def of_period(since: date, until: date, seen: Seen, at: datetime, names: dict[str, str]) -> Figures:
    """Reports received from ``since`` to ``until``, both counted; ``names`` are those of the kinds.

    With each body stand the working minutes for which it held what was not its own."""
    asked = _asked(since, until, seen, at)
    by_unit, by_kind, late = _tallies(_BY_UNIT, asked), _tallies(_BY_KIND, asked), _rows(_LATE_TODAY, asked)
    for unit_id, category, number in late:
        for found, key in ((by_unit, unit_id), (by_kind, category)):
            found[key] = plus(found.get(key, Tally()), Tally(open_in_time=-number, open_late=number))
    whole = Tally()
    for tally in by_unit.values():
        whole = plus(whole, tally)
    return Figures(whole, _of_bodies(by_unit), _of_kinds(by_kind, names))


def _asked(since: date, until: date, seen: Seen, at: datetime) -> dict[str, Any]:
    """Whole months are read as such; nothing is received after today, so the running month is whole as well."""
    zone, today = timezone.get_current_timezone(), timezone.localtime(at).date()
    month = since if since.day == 1 else month_after(since, 1)
    edge = month_after(until, 1) if until >= today else month_after(until + timedelta(days=1), 0)
    if edge <= month:
        month = edge = until + timedelta(days=1)  # no whole month: days alone
    return {
        "since": since, "until": until, "month": month, "edge": edge, "today": today, "at": at,
        "midnight": datetime.combine(today, time(), zone),
        "begin": datetime.combine(since, time(), zone),
        "end": datetime.combine(until + timedelta(days=1), time(), zone),
        "everywhere": seen.units.everywhere,
        "units": sorted(seen.units.units),
        "desks": sorted(seen.desks),
    }  # fmt: skip


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchall()


def _tallies(statement: str, asked: dict[str, Any]) -> dict[Any, Tally]:
    return {
        key: Tally(**{name: value or 0 for name, value in zip(_FIELDS, numbers, strict=True)})
        for key, *numbers in _rows(statement, asked)
    }


def _of_bodies(by_unit: dict[int, Tally]) -> list[Line]:
    nodes, found = tree(), dict[int, Tally]()
    for unit_id, tally in by_unit.items():
        body = nodes.body_of(unit_id).id
        found[body] = plus(found.get(body, Tally()), tally)
    lines = [Line(str(pk), nodes.nodes[pk].name, tally) for pk, tally in found.items()]
    return sorted(lines, key=lambda one: (-one.tally.received, one.name))


def _of_kinds(by_kind: dict[str, Tally], names: dict[str, str]) -> list[Line]:
    lines = [Line(code, names.get(code, code), tally) for code, tally in by_kind.items()]
    return sorted(lines, key=lambda one: (-one.tally.received, one.code))


def plus(one: Tally, other: Tally) -> Tally:
    """Two selections together."""
    return Tally(**{name.name: getattr(one, name.name) + getattr(other, name.name) for name in fields(Tally)})
