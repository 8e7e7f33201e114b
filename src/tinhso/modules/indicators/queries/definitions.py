"""Definitions in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q

from tinhso.modules.indicators.models import IndicatorVersion, Target
from tinhso.modules.indicators.rules.definitions import Definition, read

_TARGET = tuple(field.attname for field in Target._meta.concrete_fields)


_READ: dict[tuple[str, str], Definition] = {}  # by hash of the content and code: equal contents have equal hashes
MOST_READ = 2_048


def definition_of(version: IndicatorVersion, code: str) -> Definition:
    """A version's content, read once in a process."""
    return _READ.get((version.content_hash, code)) or _kept(version.content_hash, code, version.content)


def _kept(content_hash: str, code: str, content: Any) -> Definition:
    if len(_READ) >= MOST_READ:
        _READ.clear()
    return _READ.setdefault((content_hash, code), read(code, content))


@dataclass(frozen=True, slots=True)
class Aimed:
    """An indicator with what a unit is to reach in a year, if that was set."""

    definition: Definition
    target: Target | None


def aimed(day: date, unit_id: int, year: int) -> dict[str, Aimed]:
    """All indicators that hold on a day with a unit's targets of a year, by code: one statement, and one more for
    contents that this process has not read yet."""
    targets = FilteredRelation(
        "indicator__targets", condition=Q(indicator__targets__unit_id=unit_id, indicator__targets__year=year)
    )
    rows = list(
        IndicatorVersion.objects.in_force_on(day)
        .annotate(aim=targets)
        .order_by("indicator_id")
        .values_list("pk", "indicator__code", "content_hash", *(f"aim__{name}" for name in _TARGET))
    )
    unread = {pk: (said, code) for pk, code, said, *_ in rows if (said, code) not in _READ}
    if unread:
        for pk, content in IndicatorVersion.objects.filter(pk__in=unread).values_list("pk", "content"):
            _kept(*unread[pk], content)
    return {
        code: Aimed(_READ[said, code], Target(**dict(zip(_TARGET, aim, strict=True))) if aim[0] is not None else None)
        for _pk, code, said, *aim in rows
    }


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
