"""The quarter that a page is about: chosen in its address as ``2026-4``, offered as a list."""

from __future__ import annotations

from datetime import date

from tinhso.kernel.clock.rules.periods import QUARTER, Period, around, period_of

OLDEST_YEAR = 2018  # no page has figures from before


def chosen(text: str, today: date) -> Period:
    """The quarter that an address names; anything else is the present one."""
    found = period_of(text.replace("-", "-q"))
    if found is None or found.months != QUARTER or not OLDEST_YEAR <= found.since.year <= today.year:
        return around(today, QUARTER)
    return found


def key(period: Period) -> str:
    return f"{period.since.year}-{period.quarter}"


def offered(today: date, number: int = 8) -> list[tuple[str, str]]:
    """The last quarters as choices, the newest first: ``("2026-4", "Quý IV/2026")``."""
    found = [around(today, QUARTER)]
    while len(found) < number:
        found.append(found[-1].before)
    return [(key(one), one.name) for one in found]
