"""Figures of field reports: what counts as received, processed and on time, and how shares are rounded.

Definitions as provinces publish them: the on-time share divides by what was processed, not by what was received;
merged duplicates and tests are not received; refused ones are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

# What is counted of a report; and of units, the minutes for which they held what then went elsewhere.
COUNTS = ("received", "processed", "on_time", "early", "open", "rejected", "merged", "rated", "satisfied", "accepting",
          "minutes_lost", "excused", "made_late")  # fmt: skip
RANKED_FROM = 10  # processed reports that a unit needs to stand in a ranking (our choice)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one selection of reports.

    ``on_time`` is by the promise made to who sent it. ``excused``: late by it, yet the unit that answered took no more
    than its time. ``made_late``: answered late by others because of the ``minutes_lost`` here."""

    received: int = 0
    processed: int = 0
    on_time: int = 0
    early: int = 0
    open_in_time: int = 0
    open_late: int = 0
    rejected: int = 0
    merged: int = 0
    rated: int = 0
    satisfied: int = 0
    accepting: int = 0
    minutes_lost: int = 0
    excused: int = 0
    made_late: int = 0

    @property
    def late(self) -> int:
        """Processed after the deadline."""
        return self.processed - self.on_time

    @property
    def share_processed(self) -> int | None:
        """Per cent of what was received, rounded half up; None of nothing."""
        return percent(self.processed, self.received)

    @property
    def share_on_time(self) -> int | None:
        """Per cent of what was processed."""
        return percent(self.on_time, self.processed)

    @property
    def own_on_time(self) -> int:
        """In the unit's own time: without that for which others held the report."""
        return self.on_time + self.excused

    @property
    def own_late(self) -> int:
        return self.processed - self.own_on_time

    @property
    def share_own_on_time(self) -> int | None:
        """Per cent of what was processed."""
        return percent(self.own_on_time, self.processed)

    @property
    def hours_lost(self) -> float:
        """To a tenth, and never nothing where there is something."""
        return max(round(self.minutes_lost / 60, 1), 0.1 if self.minutes_lost else 0)

    @property
    def share_content(self) -> int | None:
        """Per cent of raters who were satisfied or accepting."""
        return percent(self.satisfied + self.accepting, self.rated)

    @property
    def is_ranked(self) -> bool:
        return self.processed >= RANKED_FROM


def percent(part: int, whole: int) -> int | None:
    """The whole per cent, rounded half up: 380 of 493 is 77; None of nothing."""
    return int(Fraction(100 * part, whole) + Fraction(1, 2)) if whole else None
