"""Reorganise a province: ``python -m bench.reorganisation [--number 10k] [--folder FOLDER [--all-open]]``.

The demonstration's province is filled with dossiers of a year; then all its communes are merged two by two: dry run,
execution, verification, undoing. Beside it stands the least that a database must do for the same cases: one ``update``
of their two columns. Wanted: at most 25 times its time, each case with its sealed entry, its job and its line in the
ledger.

With ``--folder`` a province that ``make bench`` filled and kept is taken as it is (those of its dossiers move that are
open); afterwards all stands as before, but for the history, which tells of both ways.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.ground import database, number, province, room, written

MOST_TIMES_RAW = 25
SEED, CITIZENS = 1, 500
_OPEN = """
update cases_case set phase = 1, state = 'processing', settled_at = null
where unit_id in (select id from units_unit where kind = 'commune')
"""
_HEIR = """
insert into units_succession (predecessor_id, successor_id, happened_on, is_main, legal_source)
values (%s, %s, now(), true, 'bare')
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
    parser.add_argument("--number", default="10k", help="dossiers in the province, where it has none yet")
    parser.add_argument("--folder", type=Path, help="a province that is kept, filled already or from now on")
    parser.add_argument("--all-open", action="store_true", help="put all dossiers of a kept one in process first")
    asked = parser.parse_args()
    with room(asked.folder) as home, database(home):
        prepare(number(asked.number), is_open=asked.all_open or asked.folder is None)
        found = measure()
    written(found, "reorganisation")
    for name, one in found.items():
        print(f"{name:>22} {one['number']:>8,} in {one['seconds']:7.2f} s  {one['a_second']:8.0f} a second")
    raw, done = found["raw update of cases"], found["executed (cases)"]
    times = raw["a_second"] / done["a_second"]
    print(f"Executing costs {times:.0f} times a bare update.")
    return 0 if times <= MOST_TIMES_RAW else 1


def prepare(number: int, *, is_open: bool) -> None:
    """Dossiers in the database; with ``is_open`` all of communes in process."""
    from django.db import connection

    from tinhso.config.cli import ready
    from tinhso.kernel.cases.models import Case

    ready.be_patient()  # filling and analysing take longer than a page may
    if not Case.objects.exists():
        fill(number)
    with connection.cursor() as cursor:
        if is_open:
            cursor.execute(_OPEN)
        cursor.execute("analyze")


def fill(number: int) -> None:
    """A year of dossiers as the demonstration writes them."""
    from django.db import transaction
    from django.utils import timezone

    from tinhso.config.cli import demonstration

    province()
    now = timezone.localtime().replace(second=0, microsecond=0)
    with transaction.atomic():
        cast = demonstration.prepare(SEED, CITIZENS, now=now)
        demonstration.generate(number, SEED, cast, now=now)


def plan() -> dict[str, Any]:
    """All communes merged two by two, the second into the first; a last one without another stays."""
    from django.utils import timezone

    from tinhso.kernel.units.queries import tree

    living = [one for one in tree().nodes.values() if one.kind == "commune" and one.ends_on is None]
    codes = sorted(one.code for one in living)
    return {
        "code": f"do-tai-{time.time_ns()}",
        "title": "Đo tải",
        "decision": "Đo tải",
        "effective_on": timezone.localdate().isoformat(),
        "steps": [{"merge": [gone, kept], "into": kept} for kept, gone in zip(codes[::2], codes[1::2], strict=False)],
    }


def measure() -> dict[str, Any]:
    """Each part with how many it was and how long it took."""
    from django.utils import timezone

    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.reorganisation import actions

    how = {"by": SYSTEM, "at": timezone.now()}
    row = actions.draft(content=plan(), **how)
    how["plan_id"] = row.pk
    found = {"dry run": _timed(lambda: _counted(actions.rehearse(**how)))}
    actions.schedule(**how)
    actions.start(**how)
    whole = _timed(lambda: _run(how))
    found["executed (all rows)"] = whole
    found["executed (cases)"] = _a_second(_moved(row.pk, mover="cases.case"), whole["seconds"])
    found["verified"] = _timed(lambda: _verified(actions.verify(**how)))
    heirs = _successions(row.decision, timezone.localdate())
    actions.undo(**how)
    whole = _timed(lambda: _run(how))
    found["undone (cases)"] = _a_second(found["executed (cases)"]["number"], whole["seconds"])
    found["raw update of cases"] = _bare(heirs)
    return found


def _run(how: dict[str, Any]) -> int:
    """All batches; how many rows of the plan's ledger there are."""
    from tinhso.kernel.reorganisation import actions

    actions.run(**how)
    return _moved(how["plan_id"])


def _moved(plan_id: int, **which: str) -> int:
    from tinhso.kernel.reorganisation.models import Moved

    return Moved.objects.filter(plan=plan_id, **which).count()


def _bare(heirs: list[tuple[int, int]]) -> dict[str, float]:
    """The two columns of the same cases changed by one statement, and taken back."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_HEIR, heirs)
        begin = time.perf_counter()
        cursor.execute(_RAW)
        took = time.perf_counter() - begin
        transaction.set_rollback(True)
        return _a_second(int(cursor.rowcount), took)


def _successions(decision: str, on: date) -> list[tuple[int, int]]:
    """Who succeeds whom since the plan was carried out."""
    from tinhso.kernel.units.models import Succession

    rows = Succession.objects.filter(legal_source=decision, happened_on=on, is_main=True)
    return list(rows.values_list("predecessor_id", "successor_id"))


def _counted(row: Any) -> int:
    return sum(one["number"] for one in row.counts)


def _verified(row: Any) -> int:
    """How many cases there are, all of them where they belong."""
    from tinhso.kernel.cases.models import Case
    from tinhso.kernel.reorganisation.queries import is_clean

    if not is_clean(row.findings):
        raise AssertionError(row.findings)
    return Case.objects.count()


def _timed(work: Callable[[], int]) -> dict[str, float]:
    begin = time.perf_counter()
    return _a_second(work(), time.perf_counter() - begin)


def _a_second(number: int, seconds: float) -> dict[str, float]:
    return {"number": number, "seconds": round(seconds, 3), "a_second": round(number / max(seconds, 1e-6), 1)}


if __name__ == "__main__":
    sys.exit(main())
