"""Building the figures anew: all of them from the journal, or the months from the days."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from tinhso.kernel.facts.jobs import project
from tinhso.kernel.journal.models import Entry

_ALL = ("facts_fact", "facts_dayfigure", "facts_monthfigure", "facts_standing", "facts_projected")
FROM_DAYS = """
select f.unit_id, f.name, date_trunc('month', f."on")::date as month,
       left(coalesce(f.dims->>'verdict', ''), 12) as verdict, sum(f.number)::int as number
from facts_dayfigure f where f."on" >= %(since)s
group by grouping sets ((2, 3, 4, 1), (2, 3, 4))
"""
_CHANGED = f"""
with fresh as materialized ({FROM_DAYS}),
gone as (
    delete from facts_monthfigure kept where month >= %(since)s and not exists (
        select 1 from fresh where (fresh.name, fresh.month, fresh.verdict) = (kept.name, kept.month, kept.verdict)
        and fresh.unit_id is not distinct from kept.unit_id) returning 1),
put as (
    insert into facts_monthfigure (unit_id, name, month, verdict, number) select * from fresh
    on conflict (unit_id, name, month, verdict) do update set number = excluded.number
    where facts_monthfigure.number <> excluded.number returning 1)
select (select count(*) from gone) + (select count(*) from put)
"""  # noqa: S608 - no value is put into the text


@transaction.atomic
def rebuild() -> int:
    """Throw all figures away and count the whole journal again; returns the number of entries counted."""
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"delete from {table}" for table in _ALL))  # noqa: S608
    counted = 0
    for entry in Entry.objects.filter(case__isnull=False).select_related("case").order_by("pk").iterator(2000):
        project(entry)
        counted += 1
    return counted


@transaction.atomic
def roll_up(since: date = date.min) -> int:
    """Month figures from the day figures, from the month of a day on; returns how many were wrong.

    Counting waits meanwhile, reading does not."""
    with connection.cursor() as cursor:
        cursor.execute("lock table facts_dayfigure in share row exclusive mode")
        cursor.execute(_CHANGED, {"since": since.replace(day=1)})
        return int(cursor.fetchone()[0])
