"""Figures that keep up: ``python -m bench.indicators``, and “indicator page” for ``bench.operations``.

Entries come in at 500 a second; one counts them ahead of the queue, as the worker does, and each must be in the figures
within 5 s. Then all figures are counted again from the journal: the same figures, and how many entries a second.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.operations import Operation, World

WANTED_A_SECOND, WANTED_SECONDS, MOST_STATEMENTS = 500, 5.0, 8
CODE, YEARS = "dossiers_on_time", 5


def indicator_page(world: World) -> Operation:
    """Five years of an indicator by month, of the whole province. The bare program beside it reads the statistics."""
    from bench.loading import Ask
    from bench.operations import PAGE, Operation, _again
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
    bare = _again([Ask("/statistics?unit=0")])
    return Operation("indicator page", PAGE, _again([ask]), bare, most_statements=MOST_STATEMENTS)


def main() -> int:
    from bench.__main__ import RESULTS

    parser = argparse.ArgumentParser(prog="bench.indicators", description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="how long entries come in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tinhso-bench-") as folder:
        found = _measured(Path(folder), asked.seconds)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y-%m-%d-%H%M%S')}-indicators.json"
    path.write_text(json.dumps(found, indent=1))
    for name, value in found.items():
        print(f"{name:>40} {value:>12,.2f}")
    print(f"Figures: {path}")
    keeps_up = found["oldest entry not counted, seconds"] <= WANTED_SECONDS and found["entries a second"] >= 490
    return 0 if keeps_up and found["figures that differ after a rebuild"] == 0 else 1


def _measured(home: Path, seconds: int) -> dict[str, Any]:
    os.environ.update(TINHSO_HOME=str(home), DATABASE_URL="", DJANGO_SETTINGS_MODULE="tinhso.config.settings")
    from tinhso.config import embedded

    embedded.prepare(home)
    with embedded.running(home):
        import django

        django.setup()
        from tinhso.config.cli.ready import close_connections

        try:
            return _kept_up(seconds) | _rebuilt()
        finally:
            close_connections()


def _kept_up(seconds: int) -> dict[str, Any]:
    """Entries written in lots of fifty, ten lots a second, while another thread counts."""
    from django.core.management import call_command

    from tinhso.config.cli.init import found
    from tinhso.kernel.cases.models import Case
    from tinhso.kernel.facts.jobs import Ahead
    from tinhso.kernel.facts.models import Projected
    from tinhso.kernel.journal.models import Entry
    from tinhso.kernel.units.models import Unit

    call_command("migrate", verbosity=0, interactive=False)
    found("H53")
    units = list(Unit.objects.filter(kind="commune", ends_on__isnull=True).values_list("pk", flat=True)[:90])
    now = datetime.now(UTC)
    cases = Case.objects.bulk_create(
        Case(kind="dossier", number=f"DO-{n}", lookup_key=f"{n}", title="Đo", state="processing", phase=1,
             unit_id=units[n % len(units)], received_unit_id=units[n % len(units)], opened_at=now, updated_at=now)
        for n in range(2_000)
    )  # fmt: skip
    ahead, waits, stop = Ahead(), [], threading.Event()
    ahead.start()

    def watch() -> None:
        """How old the oldest entry is that no figure knows yet."""
        from django.db import connection
        from django.db.models import Exists, Min, OuterRef

        while not stop.wait(0.5):
            missing = Entry.objects.filter(
                ~Exists(Projected.objects.filter(entry_id=OuterRef("pk"))), case__isnull=False
            )
            oldest = missing.aggregate(oldest=Min("at"))["oldest"]
            waits.append((datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0)
        connection.close()

    watching = threading.Thread(target=watch)
    watching.start()
    begin, written = time.perf_counter(), 0
    for lot in range(seconds * WANTED_A_SECOND // 50):
        time.sleep(max(0.0, begin + lot * 0.1 - time.perf_counter()))
        Entry.objects.bulk_create(_entry(cases[(written + n) % len(cases)], written + n) for n in range(50))
        written += 50
    took = time.perf_counter() - begin
    while Projected.objects.count() < written and time.perf_counter() - begin < took + 30:
        time.sleep(0.1)
    behind = time.perf_counter() - begin - took
    stop.set()
    watching.join()
    ahead.ended.set()
    ahead.join()
    return {
        "entries": written, "entries a second": written / took, "oldest entry not counted, seconds": max(waits),
        "seconds until all were counted": behind,
    }  # fmt: skip


def _entry(case: Any, number: int) -> Any:
    """As the actions write it: a decision that is counted and moves the case to another state and back."""
    from tinhso.kernel.journal.models import Entry

    due = (datetime.now(UTC) + timedelta(days=number % 20)).isoformat()
    place = {"unit": case.unit_id, "state": "processing", "phase": 1, "due": due}
    data = {"verdict": ("early", "on_time", "late")[number % 3], "channel": "online", "procedure": f"1.{number % 40}",
            "was": place, "is": {**place, "state": "result_ready", "phase": 3}}  # fmt: skip
    return Entry(
        case_id=case.pk, seq=number // 2_000 + 1, verb="dossier.finish", at=datetime.now(UTC), actor_name="Đo",
        unit_id=case.unit_id, data=data, hash=b"0" * 32,
    )  # fmt: skip


def _rebuilt() -> dict[str, Any]:
    from tinhso.kernel.facts.actions import fingerprint, rebuild

    before, begin = fingerprint(), time.perf_counter()
    counted = rebuild()
    took = time.perf_counter() - begin
    after = fingerprint()
    return {
        "rebuilt entries a second": counted / took,
        "figures that differ after a rebuild": sum(before[name] != after[name] for name in before),
    }


if __name__ == "__main__":
    sys.exit(main())
