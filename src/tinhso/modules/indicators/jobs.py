"""What runs without a page: periods closed each night, and the command ``tinhso indicators close``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.indicators.actions import closing


@app.periodic(cron="45 1 * * *", periodic_id="indicators.close")
@app.task(name="indicators.close", queue="journal", queueing_lock="indicators.close")
def close(timestamp: int) -> None:
    """Each night periods that are over are kept, and those that were corrected late leave a trace."""
    closing.close(by=SYSTEM, at=timezone.now())


def run_close(_arguments: Sequence[str]) -> Iterator[str]:
    """``tinhso indicators close``: the same, now."""
    yield f"{closing.close(by=SYSTEM, at=timezone.now())} values kept or corrected"
