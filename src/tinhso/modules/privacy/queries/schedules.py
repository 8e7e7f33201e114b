"""The schedule in force, and what would be due by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tinhso.kernel.manifest import Fate, Retained, Spared, registry
from tinhso.modules.privacy import rules
from tinhso.modules.privacy.models import ScheduleVersion, spared

COUNTED_AT_MOST = 1_000_000


def edition_on(day: date) -> ScheduleVersion | None:
    """The version that holds on that day."""
    found: ScheduleVersion | None = ScheduleVersion.objects.in_force_on(day).order_by("-valid_from").first()
    return found


def fates() -> dict[str, Fate]:
    """The kinds of things that modules declared, and how each can end."""
    return {one.code: one.fate for one in registry.retained.values()}


@dataclass(frozen=True, slots=True)
class Due:
    """A line of the schedule with what is due by it now: of ``count``, those held are not among them."""

    rule: rules.Rule
    kind: Retained
    before: datetime
    count: int
    held: int


def counted(schedule: rules.Schedule, at: datetime) -> Iterator[Due]:
    """The dry run: how much each line would end now. Two counts a line; nothing is changed."""
    held, nothing = spared(), Spared()
    for rule in schedule.rules:
        kind = registry.retained.get(rule.code)
        if kind is None:
            continue
        before = rule.keep.before(at)
        if rule.fate is Fate.KEEP:
            yield Due(rule, kind, before, 0, 0)
            continue
        count = _count(kind.due(before, held))
        all_of_them = _count(kind.due(before, nothing)) if held != nothing else count
        yield Due(rule, kind, before, count, all_of_them - count)


def _count(rows: Any) -> int:
    return int(rows.order_by().values("pk")[:COUNTED_AT_MOST].count())


def rows_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of a version for its page: one for each kind there is, in the order of the modules."""
    by_code = {one["code"]: one for one in content.get("rules", ())}
    usual: dict[str, Any] = {"keep": {"amount": "", "unit": "year"}, "source": "", "is_confirmed": False}
    return [
        {
            "kind": kind,
            "fate_names": [(one.value, rules.FATE_NAMES[one]) for one in (kind.fate, Fate.HAND_OVER, Fate.KEEP)],
            **{"fate": kind.fate.value, **usual, **by_code.get(kind.code, {})},
        }
        for kind in registry.retained.values()
    ]
