"""Figures that keep up: ``python -m bench.indicators``, and “indicator page” for ``bench.operations``.

Entries come in at 500 a second; one counts them ahead of the queue, as the worker does, and each must be in the figures
within 5 s. What counting costs is told as processor time for each entry (wanted: at most 1 ms, so that 500 a second are
half a core). Then all figures are counted again from the journal: the same figures, how many entries a second, and how
much memory that takes.
"""

from __future__ import annotations

import argparse
import resource
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bench.ground import cpu_now, database, missed, number, province, room, said, written

if TYPE_CHECKING:
    from bench.operations import Operation, World

WANTED_A_SECOND, WANTED_SECONDS, MOST_STATEMENTS = 500, 5.0, 8
MOST_MS, MOST_MEMORY_MIB = 1.0, 50.0
LOT, CASES = 50, 2_000
CODE, YEARS = "dossiers_on_time", 5
# As the actions write it: a decision that is counted and moves the case to another state.
_ENTRIES = """
insert into journal_entry (case_id, subject, seq, verb, at, actor_name, unit_id, data, hash)
select c.id, '', n / %(cases)s::int + 1, 'dossier.finish', now(), 'Đo', c.unit_id, jsonb_build_object(
        'verdict', (array['early', 'on_time', 'late'])[1 + n %% 3], 'channel', 'online', 'procedure', '1.' || n %% 40,
        'was', was, 'is', was || '{"state": "result_ready", "phase": 3}'),
    decode(repeat('00', 32), 'hex')
from generate_series(%(first)s::int, %(last)s::int) n join cases_case c on c.id = %(case)s::int + n %% %(cases)s::int,
    jsonb_build_object('unit', c.unit_id, 'state', 'processing', 'phase', 1, 'due', now() + n %% 20 * interval '1 day')
    as was
"""


def indicator_page(world: World) -> Operation:
    """Five years of an indicator by month, of the whole province. The bare program beside it reads the statistics."""
    from bench.loading import Ask
    from bench.operations import PAGE, Operation, again
    from tinhso.kernel.people.models import Account, Grant
    from tinhso.kernel.units.queries import tree
    from tinhso.modules.indicators.actions import defining

    defining.load_seeds(at=datetime.now(UTC))
    account = Account.objects.create(
        username=f"do-chi-tieu-{time.time_ns()}", display_name="Đo chỉ tiêu", is_official=True
    )
    Grant.objects.create(
        account=account, role="indicators.viewer", unit_id=tree().root_ids[0], begins_on=date(2025, 7, 1)
    )
    ask = Ask(f"/lam-viec/chi-tieu/ma/{CODE}/", headers=world.session(account))
    bare = again([Ask("/statistics?unit=0")])
    return Operation("indicator page", PAGE, again([ask]), bare, most_statements=MOST_STATEMENTS)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.indicators", description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="how long entries come in")
    parser.add_argument("--entries", default="20k", help="entries of which the cost and the rebuild are measured")
    asked = parser.parse_args()
    with room() as home, database(home):
        province()
        found = measured(asked.seconds, number(asked.entries))
    said(found)
    written(found, "indicators")
    most = {
        "oldest entry not counted, seconds": WANTED_SECONDS, "CPU ms for each entry": MOST_MS,
        "rebuild, MiB more": MOST_MEMORY_MIB, "figures that differ after a rebuild": 0,
    }  # fmt: skip
    return 1 if missed(found, most, {"entries a second": 0.98 * WANTED_A_SECOND}) else 0


def measured(seconds: int, entries: int) -> dict[str, Any]:
    first = _cases()
    flow = Flow(first)
    return flow.keep_up(seconds) | _counted(first, flow.written, entries) | _rebuilt()


def _cases() -> int:
    """So many open cases of the province's communes; the id of the first."""
    from tinhso.kernel.cases.models import Case
    from tinhso.kernel.units.models import Unit

    units = list(Unit.objects.filter(kind="commune", ends_on__isnull=True).values_list("pk", flat=True)[:90])
    now = datetime.now(UTC)
    made = Case.objects.bulk_create(
        Case(kind="dossier", number=f"DO-{n}", lookup_key=f"{n}", title="Đo", state="processing", phase=1,
             unit_id=units[n % len(units)], received_unit_id=units[n % len(units)], opened_at=now, updated_at=now)
        for n in range(CASES)
    )  # fmt: skip
    return int(made[0].pk)


@dataclass
class Flow:
    """Entries that come in while another thread counts them."""

    case: int
    written: int = 0
    waits: list[float] = field(default_factory=list)

    def keep_up(self, seconds: int) -> dict[str, Any]:
        """Lots of fifty, ten a second, with a counter beside them and one who looks how far behind it is."""
        from tinhso.kernel.facts.jobs import Ahead

        ahead, stop = Ahead(), threading.Event()
        watching = threading.Thread(target=self._watch, args=[stop])
        ahead.start()
        watching.start()
        try:
            took = self._write(seconds * WANTED_A_SECOND // LOT)
            behind = self._wait(30)
        finally:
            stop.set()
            ahead.ended.set()
            for thread in (watching, ahead):
                thread.join()
        return {
            "entries": self.written, "entries a second": self.written / took,
            "oldest entry not counted, seconds": max(self.waits), "seconds until all were counted": behind,
        }  # fmt: skip

    def _write(self, lots: int) -> float:
        """Each lot at its time; the seconds it took."""
        begin = time.perf_counter()
        for lot in range(lots):
            time.sleep(max(0.0, begin + lot * LOT / WANTED_A_SECOND - time.perf_counter()))
            write(self.case, self.written, LOT)
            self.written += LOT
        return max(time.perf_counter() - begin, lots * LOT / WANTED_A_SECOND)

    def _wait(self, most: float) -> float:
        from tinhso.kernel.facts.models import Projected

        begin = time.perf_counter()
        while Projected.objects.count() < self.written and time.perf_counter() - begin < most:
            time.sleep(0.1)
        return time.perf_counter() - begin

    def _watch(self, stop: threading.Event) -> None:
        """How old the oldest entry is that no figure knows yet, twice a second."""
        from django.db import connection
        from django.db.models import Min

        while not stop.wait(0.5):
            oldest = _uncounted().aggregate(oldest=Min("at"))["oldest"]
            self.waits.append((datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0)
        connection.close()


def write(case: int, first: int, number: int) -> None:
    """So many entries, made by the database: the writer must not take the processor from who counts."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"case": case, "cases": CASES, "first": first, "last": first + number - 1})


def _uncounted() -> Any:
    from django.db.models import Exists, OuterRef

    from tinhso.kernel.facts.models import Projected
    from tinhso.kernel.journal.models import Entry

    return Entry.objects.filter(~Exists(Projected.objects.filter(entry_id=OuterRef("pk"))), case__isnull=False)


def _counted(case: int, known: int, number: int) -> dict[str, Any]:
    """What counting costs when a second's entries come together, as they do at 500 a second."""
    from tinhso.kernel.facts.counting import count, countable

    write(case, known, number)
    begin = cpu_now()
    for lot in _lots(list(_uncounted().order_by("pk").values_list("pk", flat=True)), WANTED_A_SECOND):
        count(list(countable(_uncounted().model.objects.filter(pk__in=lot)).order_by("pk")))
    return {"CPU ms for each entry": (cpu_now() - begin) / number * 1_000}


def _lots(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _rebuilt() -> dict[str, Any]:
    """Everything again from the journal; memory beyond what the process had before."""
    from tinhso.kernel.facts.actions import fingerprint, rebuilding

    before, held = fingerprint(), _memory()
    cpu, clock = cpu_now(), time.perf_counter()
    progress = [counted for counted, _total in rebuilding()]
    took, cpu, grown, after = time.perf_counter() - clock, cpu_now() - cpu, _memory() - held, fingerprint()
    counted = progress[-1]
    return {
        "rebuilt entries": counted, "rebuilt entries a second": counted / took,
        "rebuild, CPU ms for each entry": cpu / max(counted, 1) * 1_000, "rebuild, words of progress": len(progress),
        "rebuild, MiB more": grown,
        "figures that differ after a rebuild": sum(before[one] != after[one] for one in after),
    }  # fmt: skip


def _memory() -> float:
    """The most that this process ever held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
