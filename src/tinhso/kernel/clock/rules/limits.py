"""What a procedure promises: so many working days, days or hours; and what stops or stretches the time.

Words of the law: "ngày" is a calendar day, "ngày làm việc" a working day; hours are working hours. Half a working day
is four working hours. Hours of the clock run by night and on days off too: they are for what endangers people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

WHOLE_DAY_MINUTES = 480
LONGEST = 10_000


class Unit(StrEnum):
    """The unit a limit is counted in."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    CLOCK_HOUR = "clock_hour"
    UNKNOWN = "unknown"


class PauseKind(StrEnum):
    """The legal grounds on which the clock stands still."""

    SUPPLEMENT = "supplement"
    FINANCIAL_OBLIGATION = "financial_obligation"
    VERIFICATION = "verification"
    FORCE_MAJEURE = "force_majeure"


class Count(StrEnum):
    """How one stretch of a limit is counted."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MINUTES = "minutes"
    CLOCK_MINUTES = "clock_minutes"
    SAME_DAY = "same_day"


class Phase(NamedTuple):
    """A stretch of the limit: ``amount`` days or minutes of the kind counted; for the same day, the cutoff minute."""

    counted: Count
    amount: int


def _check(amount: Decimal, unit: Unit) -> None:
    if unit is Unit.UNKNOWN or not 0 < amount <= LONGEST:
        raise ValueError(f"a time of {amount} {unit.value} makes no sense")


def _phases(amount: Decimal, unit: Unit) -> tuple[Phase, ...]:
    if unit is Unit.HOUR:
        return (Phase(Count.MINUTES, _round_up(amount * 60)),)
    if unit is Unit.CLOCK_HOUR:
        return (Phase(Count.CLOCK_MINUTES, _round_up(amount * 60)),)
    whole = int(amount)
    count = Count.DAYS if unit is Unit.DAY else Count.WORKING_DAYS
    rest = _round_up((amount - whole) * WHOLE_DAY_MINUTES)
    parts = (Phase(count, whole), Phase(Count.MINUTES, rest))
    return tuple(part for part in parts if part.amount)


def _round_up(value: Decimal) -> int:
    return math.ceil(value)


@dataclass(frozen=True)
class Limit:
    """A statutory time limit.

    ``amount`` > 0 in ``unit``; ``UNKNOWN`` stands for procedures whose record states no usable limit. With
    ``same_day_cutoff`` the result is due the same day when received before that time, otherwise the next working day
    (15:00 for certification, NĐ 23/2015 Đ.7); the amount then has no part in it.
    """

    amount: Decimal
    unit: Unit
    same_day_cutoff: time | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", Decimal(str(self.amount)))
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.unit is not Unit.UNKNOWN and self.same_day_cutoff is None:
            _check(self.amount, self.unit)

    @classmethod
    def unknown(cls) -> Limit:
        """The limit of a procedure that states none."""
        return cls(Decimal(0), Unit.UNKNOWN)

    @classmethod
    def same_day(cls, cutoff: time = time(15)) -> Limit:
        """Due the same working day when received before the cutoff."""
        return cls(Decimal(1), Unit.WORKING_DAY, cutoff)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The stretches it is counted in; none when unknown."""
        if self.same_day_cutoff is not None:
            return (Phase(Count.SAME_DAY, self.same_day_cutoff.hour * 60 + self.same_day_cutoff.minute),)
        return () if self.unit is Unit.UNKNOWN else _phases(self.amount, self.unit)

    @cached_property
    def whole_working_days(self) -> int:
        """The number of days when it is a plain count of whole working days, otherwise 0: the common short cut."""
        plain = len(self.phases) == 1 and self.phases[0].counted is Count.WORKING_DAYS
        return self.phases[0].amount if plain else 0

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        cutoff = self.same_day_cutoff and self.same_day_cutoff.isoformat("minutes")
        return {"amount": str(self.amount), "unit": self.unit.value, "same_day_cutoff": cutoff}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Limit:
        """The inverse of ``to_json``; the cutoff may be missing."""
        cutoff = value.get("same_day_cutoff")
        return cls(Decimal(value["amount"]), Unit(value["unit"]), time.fromisoformat(cutoff) if cutoff else None)


@dataclass(frozen=True)
class Pause:
    """The clock stands still from ``start`` to ``end`` (still standing when nothing)."""

    kind: PauseKind
    start: datetime
    end: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", PauseKind(self.kind))
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause cannot end before it begins")

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        end = self.end and self.end.isoformat()
        return {"kind": self.kind.value, "start": self.start.isoformat(), "end": end, "reason": self.reason}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Pause:
        """The inverse of ``to_json``."""
        start, end = datetime.fromisoformat(value["start"]), value.get("end")
        return cls(PauseKind(value["kind"]), start, datetime.fromisoformat(end) if end else None, value["reason"])


@dataclass(frozen=True)
class Extension:
    """More time on a legal ground, for example ten days in border and island areas (NĐ 151/2025)."""

    amount: Decimal
    unit: Unit
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", Decimal(str(self.amount)))
        object.__setattr__(self, "unit", Unit(self.unit))
        _check(self.amount, self.unit)

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {"amount": str(self.amount), "unit": self.unit.value, "reason": self.reason}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Extension:
        """The inverse of ``to_json``."""
        return cls(Decimal(value["amount"]), Unit(value["unit"]), value.get("reason", ""))


def stretched(limit: Limit, extensions: tuple[Extension, ...]) -> tuple[Phase, ...]:
    """The stretches of a limit with its extensions.

    An extension in the limit's own unit is added to it; one in another unit runs after it, its first day not counted.
    """
    if not extensions or not limit.phases:
        return limit.phases
    if limit.same_day_cutoff is not None:
        own, amount = None, Decimal(0)
    else:
        own, amount = limit.unit, limit.amount
    amount += sum((more.amount for more in extensions if more.unit is own), Decimal(0))
    head = limit.phases if own is None else _phases(amount, own)
    return head + tuple(
        phase for more in extensions if more.unit is not own for phase in _phases(more.amount, more.unit)
    )
