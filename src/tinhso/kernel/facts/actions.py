"""Building the figures anew: all of them from the journal, or the months from the days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection, transaction

from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts.counting import count, countable
from tinhso.kernel.facts.models import Standing
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import registry

AT_ONCE = 2_000
_ALL = ("facts_fact", "facts_dayfigure", "facts_monthfigure", "facts_standing", "facts_projected")
FROM_DAYS = """
select f.unit_id, f.name, date_trunc('month', f."on")::date as month,
       left(coalesce(f.dims->>'verdict', ''), 12) as verdict, sum(f.number)::int as number
from facts_dayfigure f where f."on" >= %(since)s group by 1, 2, 3, 4
union all
select null, f.name, date_trunc('month', f."on")::date,
       left(coalesce(f.dims->>'promised', f.dims->>'verdict', ''), 12), sum(f.number)::int
from facts_dayfigure f where f."on" >= %(since)s group by 2, 3, 4
"""
# What a month's row is about, as one value: compared part by part, the planner joins by month and name alone and looks
# at every unit of the one against every unit of the other.
_KEY = "concat_ws('|', coalesce({0}.unit_id, 0), {0}.month, {0}.verdict, {0}.name)"
_CHANGED = f"""
with fresh as materialized ({FROM_DAYS}),
gone as (
    delete from facts_monthfigure kept where month >= %(since)s and not exists (
        select 1 from fresh where {_KEY.format("fresh")} = {_KEY.format("kept")}) returning 1),
put as (
    insert into facts_monthfigure (unit_id, name, month, verdict, number) select * from fresh
    on conflict (unit_id, name, month, verdict) do update set number = excluded.number
    where facts_monthfigure.number <> excluded.number returning 1)
select (select count(*) from gone) + (select count(*) from put)
"""  # noqa: S608 - no value is put into the text


def rebuilding() -> Iterator[tuple[int, int]]:
    """Throw all figures away and count the whole journal again, in one transaction; says how many entries of how many.

    Counting waits meanwhile; pages read the old figures until all is done. A few thousand entries are held at a time,
    however many there are.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("lock table facts_projected in share row exclusive mode")
            cursor.execute("; ".join(f"delete from {table}" for table in _ALL))  # noqa: S608
        wanted = Entry.objects.filter(case__isnull=False)
        total, counted, last = wanted.count(), 0, 0
        yield 0, total
        while rows := list(countable(wanted.filter(pk__gt=last)).order_by("pk")[:AT_ONCE]):
            count(rows)
            counted, last = counted + len(rows), rows[-1].pk
            yield counted, max(total, counted)
        Standing.objects.filter(number=0).delete()  # states that were only passed through


def rebuild() -> int:
    """The same without a word in between; returns the number of entries counted."""
    return [counted for counted, _total in rebuilding()][-1]


_PRINTED = {
    "facts": ("facts_fact", """name, "on", unit_id, case_id, entry_id, dims"""),
    "days": ("facts_dayfigure", """name, "on", unit_id, key, number"""),
    "months": ("facts_monthfigure", "name, month, coalesce(unit_id, 0), verdict, number"),
    "standings": ("facts_standing where number <> 0", "kind, unit_id, state, phase, due_on, number"),
}
# Hashes of rows are added up: neither an order nor memory is needed, however many rows there are.
_PRINT = "select count(*), coalesce(sum(hashtextextended(concat_ws('|', {}), 0)::numeric), 0)::text from {}"


def fingerprint() -> dict[str, tuple[int, str]]:
    """How many rows each kind of figure has, and the sum of their hashes: the same for the same figures."""
    found = {}
    with connection.cursor() as cursor:
        for name, (rows, columns) in _PRINTED.items():
            cursor.execute(_PRINT.format(columns, rows))
            found[name] = tuple(cursor.fetchone())
    return found | {sums.code: sums.fingerprint() for sums in registry.sums.values()}


def run_rebuild(arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso facts rebuild [check]``: count everything again, with the sums that modules keep, say how far it is, and
    whether figures are the same.

    With ``check`` the old figures stay; Refusal ``facts.differ`` where they are not what the journal gives."""
    if list(arguments) not in ([], ["check"]):
        raise Refusal("facts.usage", "Cách dùng: tinhso facts rebuild [check]")
    is_check, told = bool(arguments), -100
    with transaction.atomic():
        before = fingerprint()
        for counted, total in rebuilding():
            share = 100 * counted // total if total else 100
            if share >= told + 5 or counted == total:
                told = share
                yield f"{counted:,} / {total:,} entries ({share}%)"
        for sums in registry.sums.values():
            if counted := sums.rebuild():
                yield f"{sums.code}: {counted:,} rows counted"
        after = fingerprint()
        transaction.set_rollback(is_check)
    differing = [name for name in before if before[name] != after[name]]
    for name in differing:
        yield f"  {name}: {before[name][0]:,} rows before, {after[name][0]:,} counted again"
    if differing and is_check:
        raise Refusal("facts.differ", f"different: {', '.join(differing)}")
    yield "different figures were put right" if differing else "identical"


@transaction.atomic
def roll_up(since: date = date.min) -> int:
    """Month figures from the day figures, from the month of a day on; returns how many were wrong.

    Counting waits meanwhile, reading does not."""
    with connection.cursor() as cursor:
        cursor.execute("lock table facts_dayfigure in share row exclusive mode")
        cursor.execute(_CHANGED, {"since": since.replace(day=1)})
        return int(cursor.fetchone()[0])
