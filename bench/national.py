"""A whole country on one machine: ``python -m bench.national [--whole]``.

All 34 provinces and 3,321 communes of the unit data, with five years of daily figures: what a commune took in and what
it decided, by procedure and verdict, six dossiers in a row. The figures stand for facts that were counted already:
the pages read nothing else. The small country has three such days a month, one for each verdict, the larger one nine;
``--whole`` makes it 21 working days: 8.4 million daily rows for 50 million facts, ten minutes and 6 GB.

Measured at both sizes: an indicator's five years by month of a province and of a commune, a province's board, its
communes ranked, the published service index, each beside the bare program; ranks of all communes of the country; how
long months take to be summed from days, and a month of the service index to be scored. Wanted: 8 statements, and that
nothing costs more than 1.3 times as much with more facts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.ground import cpu_now, database, room, rows_together, said, written
from bench.indicators import CODE

if TYPE_CHECKING:
    from bench.operations import Operation

SMALL, LARGER, WHOLE = 3, 9, 21  # days of a month with figures; in three of them every verdict occurs
YEARS, EACH = 5, 6  # dossiers that a daily row stands for
HERE = "H53"
MOST_MEMORY_MIB = 300  # ten times as many units as a province has
TURNS = 5
_DAYS = """
insert into facts_dayfigure (name, "on", unit_id, key, dims, number)
select name, "on", unit_id, replace(replace(dims::text, ': ', ':'), ', ', ','), dims, %(each)s from (
    select f.name, month::date + day as "on", u.id as unit_id, jsonb_strip_nulls(jsonb_build_object('channel', 'online',
        'procedure', '1.' || (u.id + day) %% 10, 'verdict', case when f.is_judged then
        (array['early', 'early', 'on_time', 'on_time', 'late'])
        [1 + case when day < 3 then 2 * day else (u.id + day + extract(month from month)::int) %% 5 end] end)) as dims
    from (values ('dossiers.received', false), ('dossiers.signed', true)) f(name, is_judged)
    cross join units_unit u
    cross join generate_series(%(since)s::date, current_date, '1 month') month
    cross join generate_series(%(first)s::int, %(last)s::int) day
    where u.kind = 'commune' and u.ends_on is null order by 1, 3, 2
) as given
"""
# Millions of rows are written without their indexes and without looking up each row's unit.
_BEFORE = (
    "set session_replication_role = replica", "alter table facts_dayfigure drop constraint day_figure_once",
    "drop index day_figure_by_day",
)  # fmt: skip
_AFTER = (
    'alter table facts_dayfigure add constraint day_figure_once unique (name, unit_id, "on", key)',
    'create index day_figure_by_day on facts_dayfigure (name, "on")', "set session_replication_role = origin",
)  # fmt: skip
_TALLIES = """
insert into service_quality_monthtally (month, unit_id, procedure, {columns})
select month::date, u.id, '1.' || p, {values}
from units_unit u cross join generate_series(%(since)s::date, %(until)s::date, '1 month') month
    cross join generate_series(0, 9) p
where u.kind = 'commune' and u.ends_on is null
"""


def main() -> int:
    from bench.report import table

    parser = argparse.ArgumentParser(prog="bench.national", description=__doc__)
    parser.add_argument("--whole", action="store_true", help="50 million facts: ten minutes and 6 GB")
    parser.add_argument("--folder", type=Path, help="keep the filled database here")
    asked = parser.parse_args()
    with room(asked.folder) as home, database(home):
        countries = list(measured(home, WHOLE if asked.whole else LARGER))
    for country in countries:
        print(f"\n{country['title']}")
        said(country["figures"])
    lines, is_good = table(countries)
    print(lines)
    written(countries, "national")
    return 0 if is_good else 1


def measured(home: Path, days: int) -> Iterator[dict[str, Any]]:
    """The small country and the larger one."""
    from bench.one import measured_together, say

    found_country()
    say("34 provinces founded")
    for first, last in ((0, SMALL - 1), (SMALL, days - 1)):
        figures = fill(first, last)
        say(f"{figures['daily rows']:,} daily rows")
        figures |= scored() | ranked()
        operations, memory = measured_together(home, pages())
        title = f"{figures['facts']:,} facts of {YEARS} years"
        yield {"title": title, "figures": figures, "operations": operations, "web_memory_mib": memory,
               "most_memory_mib": MOST_MEMORY_MIB}  # fmt: skip


def found_country() -> None:
    """All provinces with their communes, departments and predecessors; the indicators; the service index."""
    from django.utils import timezone

    from tinhso.config.cli import statics
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.units import actions, seeds
    from tinhso.kernel.units.models import Unit
    from tinhso.modules.indicators.actions import defining
    from tinhso.modules.service_quality.actions import load_seeds

    statics.collect()
    for one in seeds.provinces():
        if not Unit.objects.filter(admin_code=one.code, kind="province").exists():
            actions.found_province(one.code, by=SYSTEM)
    defining.load_seeds(at=timezone.now())
    load_seeds(at=timezone.now())


def fill(first: int, last: int) -> dict[str, Any]:
    """Days ``first`` to ``last`` of every month of five years, and the months they add up to."""
    from django.db import connection, transaction
    from django.db.models import Sum

    from tinhso.kernel.facts.actions import roll_up
    from tinhso.kernel.facts.models import DayFigure, MonthFigure

    if not DayFigure.objects.filter(on=since() + timedelta(days=first)).exists():  # the folder may be kept
        with transaction.atomic():
            rows_together(connection, *_BEFORE)
            rows_together(connection, _DAYS, each=EACH, since=since(), first=first, last=last)
            rows_together(connection, *_AFTER)
        rows_together(connection, "vacuum analyze facts_dayfigure")
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
    begin = cpu_now()
    roll_up()
    took = cpu_now() - begin
    rows_together(connection, "vacuum analyze facts_monthfigure", "checkpoint")
    return {
        "daily rows": DayFigure.objects.count(), "monthly rows": MonthFigure.objects.count(),
        "facts": DayFigure.objects.aggregate(total=Sum("number"))["total"],
        "months summed from days, CPU seconds": took,
    }  # fmt: skip


def since() -> date:
    """The first month of five calendar years."""
    return date(datetime.now(UTC).year - YEARS + 1, 1, 1)


def scored() -> dict[str, Any]:
    """A month and a year of the service index, for every commune, province and procedure."""
    from django.db import connection
    from django.utils import timezone

    from tinhso.kernel.clock.rules.periods import Period
    from tinhso.modules.service_quality.actions.scoring import score_period
    from tinhso.modules.service_quality.models import CountedPeriod, MonthTally, Score
    from tinhso.modules.service_quality.queries import editions
    from tinhso.modules.service_quality.rules.inputs import COLUMNS

    today = timezone.localdate()
    months = [Period(date(today.year, 1, 1), 12), Period(today.replace(day=1), 1)]
    if not MonthTally.objects.exists():
        values = ", ".join(f"(u.id * {n + 3} + p * {n + 1}) %% {40 if 'late' in name else 400}"
                           for n, name in enumerate(COLUMNS))  # fmt: skip
        statement = _TALLIES.format(columns=", ".join(COLUMNS), values=values)
        rows_together(connection, statement, since=months[0].since, until=months[1].since)
        rows_together(connection, "vacuum analyze service_quality_monthtally")
    row = editions.in_force(today)
    assert row is not None
    took = {}
    for period, words in zip(months, ("year", "month"), strict=True):
        counted, _ = CountedPeriod.objects.update_or_create(
            since=period.since, months=period.months, defaults={"edition": row, "counted_at": timezone.now()}
        )
        Score.objects.filter(since=period.since, months=period.months).delete()
        begin = cpu_now()
        score_period(counted, editions.of(row), today)
        took[f"a {words} of the index scored, CPU seconds"] = cpu_now() - begin
    return took


def ranked() -> dict[str, Any]:
    """All communes of the country by one indicator this year, and beside it the bare sums."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from tinhso.kernel.units.queries import tree
    from tinhso.modules.indicators.queries import boards, definitions

    today = timezone.localdate()
    found = definitions.one(CODE, today)
    assert found is not None
    communes = [one for one in tree().nodes.values() if one.kind == "commune" and one.ends_on is None]
    with CaptureQueriesContext(connection) as sent:
        rows = boards.of_units(found[1], communes, today.year, today)
    assert sum(row.value is not None for row in rows) == len(communes)
    took = median(_cost(lambda: boards.of_units(found[1], communes, today.year, today)) for _ in range(TURNS))
    bare = median(_cost(_bare_ranks) for _ in range(TURNS))
    return {
        "communes": len(communes), "all communes ranked, CPU ms": took * 1_000,
        "bare sums of them, CPU ms": bare * 1_000, "all communes ranked, statements": len(sent),
    }  # fmt: skip


def _cost(work: Any) -> float:
    begin = cpu_now()
    work()
    return cpu_now() - begin


def _bare_ranks() -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_id, sum(number) filter (where verdict <> 'late'), sum(number) from facts_monthfigure"
            " where name = 'dossiers.signed' and unit_id is not null and month >= date_trunc('year', current_date)"
            " group by 1"
        )
        return sorted(cursor.fetchall(), key=lambda row: row[1] / row[2])


def pages() -> Iterator[Operation]:
    """What officials and everybody look at."""
    from bench.loading import Ask
    from bench.operations import WIDE, Operation, again, session_of
    from tinhso.kernel.people.models import Account, Grant
    from tinhso.kernel.units.queries import tree

    province = tree().by_code[HERE]
    commune = next(one for one in tree().nodes.values() if one.kind == "commune" and one.parent_id == province.id)
    account = Account.objects.create(username=f"do-{time.time_ns()}", display_name="Đo tải", is_official=True)
    Grant.objects.create(account=account, role="indicators.viewer", unit_id=province.id, begins_on=date(2025, 7, 1))
    session = session_of(account)
    here, signed = f"?don-vi={HERE}", f"account={account.pk}&session={session['Cookie'].partition('=')[2]}"
    for name, ours, bare in (
        ("5 years, province", f"ma/{CODE}/{here}", f"/years?unit={province.id}&{signed}"),
        ("5 years, commune", f"ma/{CODE}/?don-vi={commune.code}", f"/years?unit={commune.id}&{signed}"),
        ("province board", here, f"/units?unit={province.id}&{signed}"),
        ("communes ranked", f"ma/{CODE}/don-vi/{here}&cap=commune", f"/units?unit={province.id}&{signed}"),
    ):
        ask = Ask(f"/lam-viec/chi-tieu/{ours}", headers=session)
        yield Operation(name, WIDE, again([ask]), again([Ask(bare)]))
    for name, ours, bare in (
        ("service index", "/chi-so-phuc-vu/", "/index"),
        ("index of a commune", f"/chi-so-phuc-vu/{commune.code}/", f"/index?unit={commune.id}"),
    ):
        yield Operation(name, WIDE, again([Ask(ours)]), again([Ask(bare)]))


if __name__ == "__main__":
    sys.exit(main())
