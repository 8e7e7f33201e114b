"""How fast the clock is on this machine: ``python -m tinhso.kernel.clock.tests.measure``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter, process_time

import numpy as np

from tinhso.kernel.clock.rules import Calendar, Limit, Pause, Unit, due, explain, time_left, verdict
from tinhso.kernel.clock.rules.many import due_many, due_working_days_many, verdict_many, worked_minutes_many
from tinhso.kernel.clock.tests.factories import seeded


def measure(dossiers: int = 1_000_000, singles: int = 20_000) -> dict[str, float]:
    """CPU microseconds for each operation; arrays per dossier, the table in milliseconds of wall time."""
    calendar, start = seeded(), datetime(2026, 11, 18, 2, 10, tzinfo=UTC)
    limits = {
        "5 working days": Limit(5, Unit.WORKING_DAY),
        "20 days": Limit(20, Unit.DAY),
        "4 hours": Limit(4, Unit.HOUR),
        "same day": Limit.same_day(),
        "2.5 working days": Limit("2.5", Unit.WORKING_DAY),
    }
    five = limits["5 working days"]
    stop = [Pause("supplement", start + timedelta(days=1), start + timedelta(days=6))]
    found = due(start, five, calendar)
    figures = {
        f"due, {name}": _each(lambda limit=limit: due(start, limit, calendar), singles)
        for name, limit in limits.items()
    }
    figures["due, one pause"] = _each(lambda: due(start, five, calendar, stop), singles)
    figures["time_left"] = _each(lambda: time_left(start, found.at, calendar), singles)
    figures["verdict"] = _each(lambda: verdict(start, found), singles)
    figures["due and explain"] = _each(lambda: explain(due(start, five, calendar)), singles // 20)
    random = np.random.default_rng(1)
    received = np.datetime64("2023-01-01T00:00", "m") + random.integers(0, 4 * 525_600, dossiers).astype(
        "timedelta64[m]"
    )
    finished = received + random.integers(0, 20_000, dossiers).astype("timedelta64[m]")
    days = random.integers(1, 30, dossiers)
    for name, limit in limits.items():
        figures[f"due_many, {name}"] = _each(lambda limit=limit: due_many(received, limit, calendar), 1) / dossiers
    figures["due_working_days_many"] = _each(lambda: due_working_days_many(received, days, calendar), 1) / dossiers
    figures["worked_minutes_many"] = _each(lambda: worked_minutes_many(received, finished, calendar), 1) / dossiers
    dues = due_many(received, five, calendar)
    figures["verdict_many"] = _each(lambda: verdict_many(finished, dues), 1) / dossiers
    begin = perf_counter()
    _ = Calendar("fresh", off={date(1999, 1, 1): ""}).table
    figures["first table of a calendar, ms"] = (perf_counter() - begin) * 1e3
    return figures


def _each(work: Callable[[], object], times: int) -> float:
    work()
    begin = process_time()
    for _ in range(times):
        work()
    return (process_time() - begin) / times * 1e6


if __name__ == "__main__":
    for label, value in measure().items():
        print(f"{value:9.3f}  {label}")  # noqa: T201
