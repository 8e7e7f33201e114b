"""How long one due date takes, alone and among a million."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from time import process_time
from timeit import repeat

SINGLE, TOGETHER = 4_000, 1_000_000
ROUNDS = 5  # the best counts: the others tell what else the machine did


def measure() -> dict[str, float]:
    """Microseconds of processor time for each due date of five working days."""
    import numpy as np

    from tinhso.kernel.clock.queries import standard_calendar
    from tinhso.kernel.clock.rules import Limit, Unit, due
    from tinhso.kernel.clock.rules.many import due_many

    calendar, limit = standard_calendar(), Limit(Decimal(5), Unit.WORKING_DAY)
    start = datetime(2026, 11, 18, 2, 10, tzinfo=UTC)
    due(start, limit, calendar)
    single = min(repeat(lambda: due(start, limit, calendar), timer=process_time, number=SINGLE, repeat=ROUNDS))
    minutes = np.random.default_rng(1).integers(0, 4 * 525_600, TOGETHER).astype("timedelta64[m]")
    received = np.datetime64("2023-01-01T00:00", "m") + minutes
    due_many(received, limit, calendar)
    begin = process_time()
    due_many(received, limit, calendar)
    return {"single": single / SINGLE * 1e6, "together": (process_time() - begin) / TOGETHER * 1e6}
