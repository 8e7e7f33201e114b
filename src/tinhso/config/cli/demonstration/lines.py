"""What a dossier's rows consist of while they are thought up: steps, entries, parts, running numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from tinhso.kernel.clock.queries import standard_calendar
from tinhso.kernel.clock.rules import Limit, Unit
from tinhso.kernel.clock.rules.calendars import minute_of, moment_of
from tinhso.kernel.processes.rules import StepPlan


@lru_cache(maxsize=1024)
def _minutes(hours: Decimal) -> int:
    return Limit(hours, Unit.HOUR).phases[0].amount if hours else 0


def step_due(start: datetime, hours: Decimal) -> datetime | None:
    """As ``processes.actions.step_due``, on the standard calendar."""
    minutes = _minutes(hours)
    if not minutes:
        return None
    table = standard_calendar().table
    return moment_of(table.moment(table.minutes(minute_of(start)) + minutes))


@dataclass(slots=True)
class StepRow:
    seq: int
    key: str
    name: str
    kind: str
    role: str
    unit_id: int
    hours: Decimal
    account_id: int | None = None
    is_parallel: bool = False
    state: str = "waiting"
    started_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    round: int = 1
    note: str = ""
    answer: str = ""

    def begin(self, at: datetime) -> None:
        self.state, self.started_at, self.done_at = "active", at, None
        self.due_at = step_due(at, self.hours)

    @classmethod
    def of(cls, seq: int, one: StepPlan) -> Self:
        return cls(seq, one.key, one.name, one.kind.value, one.role, one.unit_id, one.hours)


@dataclass(slots=True)
class EntryRow:
    """A journal entry without its number, which it gets when its day is written."""

    case_id: int
    seq: int
    verb: str
    at: datetime
    actor_id: int | None
    actor_name: str
    unit_id: int
    moment: str
    data: Mapping[str, Any]
    json: bytes
    personal: Mapping[str, Any] | None
    salt: bytes
    hash: bytes
    was: tuple[Any, ...] | None
    now: tuple[Any, ...]


@dataclass(slots=True)
class PartRow:
    code: str
    name: str
    source: str
    originals: int
    copies: int
    attachment_id: int | None
    round: int
    added_at: datetime
    is_digitised: bool = False

    def get_source_display(self) -> str:
        return {"paper": "bản giấy", "upload": "tải lên", "scan": "quét tại quầy"}[self.source]


@dataclass
class Numbers:
    """Running numbers of codes and results, as ``cases_numberseries`` keeps them."""

    last: Counter[str] = field(default_factory=Counter)

    def take(self, series: str) -> int:
        self.last[series] += 1
        return self.last[series]
