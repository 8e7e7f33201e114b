"""When to try again: back-off for one dossier, and a circuit breaker for the whole link.

Our own choices, no law behind them. A portal that is away for hours costs a question every ten minutes, no dossier its
place in the queue, and no worker its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TRIP_AFTER = 5  # failures in a row
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
MOST_STRIKES = 6  # refusals after which an official has to look at a dossier
LEASE = timedelta(minutes=2)  # longer than one delivery may last; a killed worker's dossiers are free again after it
KEEP_BODIES = timedelta(days=90)  # personal data that stand in the dossier too
ARRIVE_WITHIN = timedelta(hours=24)  # how long an answer waits for a dossier that has not arrived


@dataclass(frozen=True, slots=True)
class Circuit:
    """How the link fares: failures in a row, and until when nobody asks."""

    failures: int = 0
    rests_until: datetime | None = None

    def may_try(self, at: datetime) -> bool:
        return self.rests_until is None or at >= self.rests_until

    @property
    def is_doubtful(self) -> bool:
        """After a failure one delivery at a time finds out how things are."""
        return self.failures > 0

    def failed(self, at: datetime) -> Circuit:
        """After ``TRIP_AFTER`` failures the link rests, each time twice as long."""
        failures = self.failures + 1
        if failures < TRIP_AFTER:
            return Circuit(failures, None)
        rest = min(FIRST_REST * 2 ** min(failures - TRIP_AFTER, 20), LONGEST_REST)
        return Circuit(failures, at + rest)


def wait(attempts: int) -> timedelta:
    """The pause after so many attempts at one dossier, from 1."""
    return min(FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 20), LONGEST_WAIT)


def is_strike(*, was_refused: bool, tried_at: datetime | None, link_worked_at: datetime | None) -> bool:
    """Whether a failure speaks against the dossier and not against the link.

    A refusal does. No answer does only when another dossier got through since this one was tried before: otherwise
    hours of outage would turn the whole queue into dead letters."""
    if was_refused:
        return True
    return tried_at is not None and link_worked_at is not None and link_worked_at > tried_at


def age_band(age: timedelta) -> str:
    """How long something has waited, in four bands: ``hour``, ``day``, ``week``, ``older``."""
    if age <= timedelta(hours=1):
        return "hour"
    return "day" if age <= timedelta(days=1) else "week" if age <= timedelta(days=7) else "older"
