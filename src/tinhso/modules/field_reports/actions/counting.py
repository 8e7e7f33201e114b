"""Counting reports for their figures: each report is counted as it stands now, and what it was counted as before is
taken off in the same statement, so that doing it again, or in any order, changes nothing.

A report counts for the day it was received, for the unit that has it or answered it, and for its kind; a turn of a
unit that held what then went elsewhere counts its lost minutes, and whether another was late by them, for the day it
began. Merged, withdrawn and abusive ones are not received. Sums are kept by day and by month, and each of them by
unit, by kind and by both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.facts.counting import NEVER_DUE
from tinhso.modules.field_reports.rules.figures import COUNTS

_LOCK = 7_614 << 40  # of one report, beside its number
_KEY = 'level, grain, "on", unit_id, desk_id, category, due_on'
_NAMES = ", ".join(COUNTS)
# Late by the promise, yet in the own time of the unit that answered.
_EXCUSED = "select coalesce(c.settled_at > c.due_at and c.settled_at <= r.unit_due_at, false) as excused"
# What a report counts as. A paused one is never late, so it is due on no day.
SAID = """
select r.case_id as report_id, (r.received_at at time zone %(zone)s)::date as "on", c.unit_id,
    c.received_unit_id as desk_id, r.category,
    case when c.settled_at is null and c.phase = 1 and c.due_at is not null
        then (c.due_at at time zone %(zone)s)::date else %(never)s end as due_on,
    (c.state not in ('merged', 'withdrawn') and r.refusal <> 'abusive')::int as received,
    done.yes::int as processed,
    (done.yes and (c.due_at is null or c.settled_at <= c.due_at))::int as on_time,
    (done.yes and c.due_at is not null and (c.settled_at at time zone %(zone)s)::date
        < (c.due_at at time zone %(zone)s)::date)::int as early,
    (c.settled_at is null)::int as open,
    (c.state = 'rejected' and r.refusal <> 'abusive')::int as rejected,
    (c.state = 'merged')::int as merged,
    (g.score is not null)::int as rated,
    coalesce(g.score >= 4, false)::int as satisfied,
    coalesce(g.score = 3, false)::int as accepting,
    0 as minutes_lost, (done.yes and late.excused)::int as excused, 0 as made_late
from field_reports_report r join cases_case c on c.id = r.case_id
cross join lateral (select c.state in ('published', 'answered_private') as yes) done
cross join lateral ({excused}) late
left join field_reports_rating g on g.report_id = r.case_id
where {report}
union all
select a.report_id, (a.begins_at at time zone %(zone)s)::date, a.unit_id, c.received_unit_id, '', %(never)s,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a.minutes_lost, 0,
    (a.made_late and late.excused and c.state in ('published', 'answered_private'))::int
from field_reports_assignment a join field_reports_report r on r.case_id = a.report_id
join cases_case c on c.id = a.report_id
cross join lateral ({excused}) late
where a.minutes_lost > 0 and {turn}
"""
_CHANGE = """
with gone as (delete from field_reports_countedreport where {kept} returning *),
put as (
    insert into field_reports_countedreport (report_id, "on", unit_id, desk_id, category, due_on, {names})
    {said} returning *),
change as (select -1 as sign, * from gone union all select 1, * from put),
placed as (
    select level, grain, case grain when 'month' then date_trunc('month', "on")::date else "on" end as "on",
        case level when 'kind' then null else unit_id end as unit_id, desk_id,
        case level when 'unit' then '' else category end as category, due_on, {sums}
    from change, (values ('unit'), ('kind'), ('both')) as l(level), (values ('day'), ('month')) as g(grain)
    where level = 'unit' or category <> '' group by 1, 2, 3, 4, 5, 6, 7),
summed as (
    insert into field_reports_reportfigure as f ({key}, {names})
    select {key}, {names} from placed where ({names}) <> ({noughts}) order by {key}
    on conflict ({key}) do update set {added}
    returning id, ({names}) = ({noughts}) as is_empty)
select id from summed where is_empty
"""
_PRINT = f"""
select count(*), coalesce(sum(hashtextextended(concat_ws('|', level, grain, "on", coalesce(unit_id, 0), desk_id,
    category, due_on, {_NAMES}), 0)::numeric), 0)::text from field_reports_reportfigure
"""  # noqa: S608 - names of columns


def _statement(kept: str, report: str, turn: str) -> str:
    return _CHANGE.format(
        kept=kept,
        said=SAID.format(report=report, turn=turn, excused=_EXCUSED),
        names=_NAMES,
        key=_KEY,
        sums=", ".join(f"sum(sign * {name}) as {name}" for name in COUNTS),
        noughts=", ".join("0" for _ in COUNTS),
        added=", ".join(f"{name} = f.{name} + excluded.{name}" for name in COUNTS),
    )


_SOME = _statement("report_id = any(%(ids)s)", "r.case_id = any(%(ids)s)", "a.report_id = any(%(ids)s)")
_ALL = _statement("false", "true", "true")


def recount(report_ids: Sequence[int]) -> None:
    """Count these reports as they stand now. Who counts the same one at once waits, and then sees what was counted."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table field_reports_countedreport in row exclusive mode")  # waits while all is rebuilt
        for one in sorted(set(report_ids)):
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK + one])
        _count(cursor, _SOME, ids=sorted(set(report_ids)))


def rebuild() -> int:
    """Throw all sums away and count every report again, in one transaction; returns how many rows were counted.

    Counting waits meanwhile, pages read the old sums."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table field_reports_countedreport in share row exclusive mode")
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("delete from field_reports_reportfigure; delete from field_reports_countedreport")
        _count(cursor, _ALL)
        cursor.execute("select count(*) from field_reports_countedreport")
        return int(cursor.fetchone()[0])


def _count(cursor: Any, statement: str, **more: Any) -> None:
    cursor.execute(statement, {"zone": str(timezone.get_default_timezone()), "never": NEVER_DUE, **more})
    empty = [row[0] for row in cursor.fetchall()]
    if empty:
        cursor.execute("delete from field_reports_reportfigure where id = any(%s)", [empty])


def fingerprint() -> tuple[int, str]:
    """How many sums there are, and one number over all of them: the same for the same figures."""
    with connection.cursor() as cursor:
        cursor.execute(_PRINT)
        number, hashed = cursor.fetchone()
    return number, hashed
