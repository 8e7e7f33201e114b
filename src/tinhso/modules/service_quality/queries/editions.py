"""Editions, read once per process: a published one never changes."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tinhso.modules.service_quality.models import IndexEdition as Row
from tinhso.modules.service_quality.rules import editions as rules
from tinhso.modules.service_quality.rules.editions import Edition

CODE = "q766"


@lru_cache(maxsize=32)
def _read(pk: int, content_hash: str) -> Edition:
    return rules.read(Row.objects.values_list("content", flat=True).get(pk=pk))


def of(row: Row) -> Edition:
    """What an edition says; no statement when it was read before."""
    return _read(row.pk, row.content_hash)


def in_force(day: date) -> Row | None:
    """The edition by which a period that ends on this day is computed."""
    found: Row | None = Row.objects.in_force_on(day).filter(index__code=CODE).order_by("-valid_from").first()
    return found


def all_of() -> list[Row]:
    """Every edition and draft, the newest first."""
    return list(Row.objects.filter(index__code=CODE).select_related("index").order_by("-number"))
