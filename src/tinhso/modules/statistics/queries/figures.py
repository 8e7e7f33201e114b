"""Figures of a period: each in one statement over the sums by month, whatever the number of dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from tinhso.kernel.clock.rules.periods import Period, month_after
from tinhso.kernel.replicas import tolerates_age
from tinhso.kernel.units.queries import tree
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.queries.wanted import Counted, Wanted, body_today, counted, heirs_with_parts
from tinhso.modules.statistics.rules import Line, Row

TREND = 12
NOTHING = Line()


@dataclass(frozen=True)
class Report:
    """A period's figures with the same of the period before, the months up to it, and three ways to split them."""

    wanted: Wanted
    counted: Counted
    line: Line
    before: Line
    months: list[Row]
    by_unit: list[Row]
    by_field: list[Row]
    by_procedure: list[Row]


@tolerates_age
def report(wanted: Wanted, *, by_subject: bool = True) -> Report:
    """Everything a page shows: four statements, or fewer where there is nothing to split.

    ``by_subject``: by field and by procedure too."""
    known = counted()
    if known.last is None:
        return Report(wanted, known, Line(), Line(), [], [], [], [])
    period = wanted.period
    end = min(period.last_month, known.last)
    since = min(period.before.since, month_after(end, 1 - TREND))
    by_month = _months(wanted, since, end)
    return Report(
        wanted,
        known,
        whole(by_month, period, known.last),
        whole(by_month, period.before, known.last),
        [Row(f"{month:%Y-%m}", line) for month, line in by_month.items() if month > month_after(end, -TREND)],
        split(wanted, "unit", known.last) if wanted.unit_id is None else [],
        *(_subjects(wanted, known.last) if by_subject else ([], [])),
    )


def _subjects(wanted: Wanted, last: date) -> tuple[list[Row], list[Row]]:
    """The period by field and by procedure: one statement, none where one procedure is asked for."""
    if wanted.procedure:
        return [], []
    where = f"{_place(wanted)} and field " + ("= %(field)s" if wanted.field else "<> ''")
    found = _summed("subject", wanted, where, wanted.period.since, min(wanted.period.last_month, last))
    fields = [(key[0], line) for key, line in found if not key[1]] if wanted.is_of_all else []
    return _rows(fields), _rows([(key[1], line) for key, line in found if key[1]])


def whole(months: Mapping[date, Line], period: Period, last: date) -> Line:
    """The months of a period as one line: what stood at the beginning, what happened, what stands at the end."""
    inside = [line for month, line in months.items() if period.since <= month <= period.last_month]
    total = sum(inside, Line())
    first, end = months.get(period.since, Line()), months.get(min(period.last_month, last), Line())
    return replace(total, carried=first.carried, open_in_time=end.open_in_time, open_late=end.open_late)


# Lines summed by a key. Only names and conditions of this file are put into the text; values are given apart.
_SUMS = """
select {key}, {sums} from statistics_monthline
where month between %(since)s and %(until)s and {where}
group by 1 order by 1
"""
_KEYS = {
    "month": "month",
    "unit": "unit_id",
    "field": "field",
    "procedure": "procedure",
    "subject": "array[field, procedure]",
}
_AT_EDGE = {"carried": "%(since)s", "open_in_time": "%(until)s", "open_late": "%(until)s"}
_OF_PERIOD = ", ".join(
    f"coalesce(sum({name}) filter (where month = {_AT_EDGE[name]}), 0)" if name in _AT_EDGE else f"sum({name})"
    for name in rules.COLUMNS
)
_OF_MONTH = ", ".join(f"sum({name})" for name in rules.COLUMNS)


def _summed(key: str, wanted: Wanted, where: str, since: date, until: date) -> list[tuple[Any, Line]]:
    """Lines by a key, each column a sum; what stood at the edges of a period counts there only. One statement."""
    said = {
        "since": since, "until": until, "unit": wanted.unit_id, "level": wanted.level, "field": wanted.field,
        "procedure": wanted.procedure, "units": heirs_with_parts(wanted),
    }  # fmt: skip
    sums = _OF_MONTH if key == "month" else _OF_PERIOD
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(key=_KEYS[key], sums=sums, where=where), said)
        return [(row[0], Line(*row[1:])) for row in cursor.fetchall()]


def _under_today(found: list[tuple[Any, Line]], wanted: Wanted) -> list[tuple[Any, Line]]:
    """Lines by unit added up by today's units; one that ended without an heir stays under its own name."""
    known, sums = tree(), dict[int, Line]()
    for unit_id, line in found:
        body = body_today(unit_id) or known.nodes[unit_id]
        if not wanted.level or rules.level_of(body.kind) == wanted.level:
            sums[body.id] = sums.get(body.id, Line()) + line
    return list(sums.items())


def _place(wanted: Wanted) -> str:
    if wanted.by_today and not wanted.is_whole:
        return "unit_id = any(%(units)s)"
    return "unit_id = %(unit)s" if wanted.unit_id is not None else "unit_id is null and level = %(level)s"


def _subject(wanted: Wanted) -> str:
    return "procedure = %(procedure)s" if wanted.procedure else "procedure = '' and field = %(field)s"


def _months(wanted: Wanted, since: date, until: date) -> dict[date, Line]:
    """Each month's line, the oldest first: one statement."""
    return dict(_summed("month", wanted, f"{_place(wanted)} and {_subject(wanted)}", since, until))


@tolerates_age
def split(wanted: Wanted, by: str, last: date) -> list[Row]:
    """The period by unit, field or procedure, most received first: one statement."""
    if by == "unit":
        only_level = wanted.level and not wanted.by_today
        where = f"unit_id is not null and {_subject(wanted)}" + (" and level = %(level)s" if only_level else "")
    elif by == "field":
        where = f"{_place(wanted)} and procedure = '' and field <> ''"
    else:
        where = f"{_place(wanted)} and procedure <> ''" + (" and field = %(field)s" if wanted.field else "")
    found = _summed(by, wanted, where, wanted.period.since, min(wanted.period.last_month, last))
    return _rows(_under_today(found, wanted) if by == "unit" and wanted.by_today else found)


def _rows(found: list[tuple[Any, Line]]) -> list[Row]:
    """Most received first; lines of nothing are left out."""
    rows = [Row(str(key), line) for key, line in found if line != NOTHING]
    return sorted(rows, key=lambda row: (-row.line.received, row.key))


@tolerates_age
def line_of(wanted: Wanted, known: Counted) -> Line:
    """One period's line: one statement."""
    if known.last is None:
        return Line()
    return whole(_months(wanted, wanted.period.since, wanted.period.last_month), wanted.period, known.last)


@tolerates_age
def months_of(wanted: Wanted) -> list[Row]:
    """The months of a period, the oldest first: one statement."""
    months = _months(wanted, wanted.period.since, wanted.period.last_month)
    return [Row(f"{month:%Y-%m}", line) for month, line in months.items()]
