"""Definitions in force."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from tinhso.modules.indicators.models import IndicatorVersion
from tinhso.modules.indicators.rules.definitions import Definition, read


@lru_cache(maxsize=512)
def _read(content_hash: str, code: str, version: Frozen) -> Definition:
    return read(code, version.content)


class Frozen:
    """A content that counts as equal to every other: its hash beside it says which one it is."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen)


def definition_of(version: IndicatorVersion, code: str) -> Definition:
    """A version's content, read once in a process: equal contents have equal hashes."""
    return _read(version.content_hash, code, Frozen(version.content))


def in_force(day: date) -> dict[str, tuple[IndicatorVersion, Definition]]:
    """All indicators that hold on a day, by code: one statement."""
    rows = IndicatorVersion.objects.in_force_on(day).select_related("indicator").order_by("indicator_id")
    return {row.indicator.code: (row, definition_of(row, row.indicator.code)) for row in rows}


def one(code: str, day: date) -> tuple[IndicatorVersion, Definition] | None:
    """The version of an indicator that holds on a day; before its first one, the first."""
    rows = IndicatorVersion.objects.binding().filter(indicator__code=code).select_related("indicator")
    found = sorted(rows, key=lambda row: row.valid_from)
    if not found:
        return None
    held = [row for row in found if row.span.holds_on(day)]
    row = held[0] if held else (found[0] if day < found[0].valid_from else found[-1])
    return row, definition_of(row, code)
