"""Reorganise a province: ``python -m bench.reorganisation [--number 10k]``.

The demonstration's province is filled with dossiers of a year; then all its communes are merged two by two: dry run,
execution, verification, undoing. Beside it stands the least that a database must do for the same cases: one ``update``
of their two columns. Wanted: at most 25 times its time, each case with its sealed entry, its job and its line in the
ledger.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.ground import database, number, province, room, written

MOST_TIMES_RAW = 25
SEED, CITIZENS = 1, 500
_OPEN = """
update cases_case set phase = 1, state = 'processing', settled_at = null
where unit_id in (select id from units_unit where kind = 'commune')
"""
_RAW = """
update cases_case c set
    unit_id = coalesce((select successor_id from units_succession s where s.predecessor_id = c.unit_id), unit_id),
    received_unit_id = coalesce(
        (select successor_id from units_succession s where s.predecessor_id = c.received_unit_id), received_unit_id)
where unit_id in (select predecessor_id from units_succession where legal_source = 'bare')
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.reorganisation", description=__doc__)
    parser.add_argument("--number", default="10k", help="dossiers in the province")
    asked = parser.parse_args()
    with room() as home, database(home):
        fill(number(asked.number))
        found = measure()
    written(found, "reorganisation")
    for name, one in found.items():
        print(f"{name:>22} {one['number']:>8,} in {one['seconds']:7.2f} s  {one['a_second']:8.0f} a second")
    raw, done = found["raw update of cases"], found["executed (cases)"]
    times = raw["a_second"] / done["a_second"]
    print(f"Executing costs {times:.0f} times a bare update.")
    return 0 if times <= MOST_TIMES_RAW else 1


def fill(number: int) -> None:
    """A year of dossiers as the demonstration writes them, those of communes all in process again."""
    from django.db import connection, transaction
    from django.utils import timezone

    from tinhso.config.cli import demonstration, ready

    ready.be_patient()  # filling and analysing take longer than a page may
    province()
    now = timezone.localtime().replace(second=0, microsecond=0)
    with transaction.atomic():
        cast = demonstration.prepare(SEED, CITIZENS, now=now)
        demonstration.generate(number, SEED, cast, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        cursor.execute("analyze")


def plan() -> dict[str, Any]:
    """All communes merged two by two, the second into the first; a last one without another stays."""
    from django.utils import timezone

    from tinhso.kernel.units.queries import tree

    living = [one for one in tree().nodes.values() if one.kind == "commune" and one.ends_on is None]
    codes = sorted(one.code for one in living)
    return {
        "code": "do-tai",
        "title": "Đo tải",
        "decision": "Đo tải",
        "effective_on": timezone.localdate().isoformat(),
        "steps": [{"merge": [gone, kept], "into": kept} for kept, gone in zip(codes[::2], codes[1::2], strict=False)],
    }


def measure() -> dict[str, Any]:
    from django.db import connection, transaction
    from django.utils import timezone

    from tinhso.kernel.cases.models import Case
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions
    from tinhso.kernel.reorganisation.models import Moved

    at = timezone.now()
    row = actions.draft(content=plan(), by=SYSTEM, at=at)
    found = {"dry run": _timed(lambda: _counted(actions.rehearse(plan_id=row.pk, by=SYSTEM, at=at)))}
    actions.schedule(plan_id=row.pk, by=SYSTEM, at=at)
    actions.start(plan_id=row.pk, by=SYSTEM, at=at)

    def execute() -> int:
        actions.run(plan_id=row.pk, by=SYSTEM, at=at)
        return Moved.objects.filter(plan=row).count()

    found["executed (all rows)"] = _timed(execute)
    cases = Moved.objects.filter(plan=row, mover="cases.case").count()
    seconds = found["executed (all rows)"]["seconds"]
    found["executed (cases)"] = {"number": cases, "seconds": seconds, "a_second": round(cases / seconds, 1)}
    found["verified"] = _timed(
        lambda: _verified(actions.verify(plan_id=row.pk, by=SYSTEM, at=at), Case.objects.count())
    )
    actions.undo(plan_id=row.pk, by=SYSTEM, at=at)
    successions = dict(_successions())

    def back() -> int:
        actions.run(plan_id=row.pk, by=SYSTEM, at=at)
        return cases

    found["undone (cases)"] = _timed(back)

    def bare() -> int:
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into units_succession (predecessor_id, successor_id, happened_on, is_main, legal_source)"
                " values (%s, %s, now(), true, 'bare')",
                list(successions.items()),
            )
            begin[0] = time.perf_counter()
            cursor.execute(_RAW)
            return int(cursor.rowcount)

    begin = [0.0]
    with transaction.atomic():
        number = bare()
        took = time.perf_counter() - begin[0]
        transaction.set_rollback(True)
    found["raw update of cases"] = {"number": number, "seconds": round(took, 3), "a_second": round(number / took, 1)}
    return found


def _successions() -> list[tuple[int, int]]:
    """Who succeeds whom since the plan was carried out."""
    from tinhso.kernel.units.models import Succession

    rows = Succession.objects.filter(legal_source="Đo tải", is_main=True)
    return list(rows.values_list("predecessor_id", "successor_id"))


def _counted(row: Any) -> int:
    return sum(one["number"] for one in row.counts)


def _verified(row: Any, number: int) -> int:
    from tinhso.kernel.reorganisation.queries import is_clean

    if not is_clean(row.findings):
        raise AssertionError(row.findings)
    return number


def _timed(work: Callable[[], int]) -> dict[str, float]:
    begin = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begin
    return {"number": done, "seconds": round(seconds, 2), "a_second": round(done / max(seconds, 1e-6), 1)}


if __name__ == "__main__":
    sys.exit(main())
