"""Numbers the platform knows by itself, for all units of a round at once.

A criterion's input names its source: ``facts:dossiers.issued[verdict=early]+dossiers.signed`` (counted facts),
``supplied:C1.1.a`` (what another office supplied for the year) or ``measure:code`` (what a module declares in its
manifest, such as an indicator).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Sum

from tinhso.kernel.facts.models import DayFigure
from tinhso.kernel.manifest import Measured, registry
from tinhso.kernel.units.queries import main_successor_on, tree
from tinhso.modules.scorecards.models import SuppliedFigure
from tinhso.modules.scorecards.rules.editions import Edition

_TERM = re.compile(r"([\w.]+)(?:\[(\w+)=([\w.-]+)\])?")
Found = dict[int, dict[tuple[str, str], Measured]]


@dataclass(frozen=True, slots=True)
class Term:
    """A fact's name, and the one dimension that narrows it (empty: none)."""

    name: str
    dimension: str = ""
    value: str = ""


@lru_cache(maxsize=256)
def terms(source: str) -> tuple[Term, ...]:
    """The facts that a source adds up. Raises ValueError for one that cannot be read."""
    found = []
    for part in source.removeprefix("facts:").split("+"):
        match = _TERM.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"source {source!r} cannot be read")
        found.append(Term(match[1], match[2] or "", match[3] or ""))
    return tuple(found)


def all_of(edition: Edition, unit_ids: Collection[int], since: date, until: date) -> Found:
    """Unit → (criterion, input) → number, for every input that has a source: a statement for each source."""
    wanted = [
        (one.code, each.code, each.source) for one in edition.criteria for each in one.inputs if each.source
    ]  # fmt: skip
    by_source = {source: _values(source, unit_ids, since, until) for source in {source for _, _, source in wanted}}
    found: Found = {unit: {} for unit in unit_ids}
    for code, name, source in wanted:
        for unit, measured in by_source[source].items():
            if unit in found:
                found[unit][code, name] = measured
    return found


def _values(source: str, unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    kind, _, rest = source.partition(":")
    if kind == "facts":
        return _facts(source, unit_ids, since, until)
    if kind == "supplied":
        return _supplied(rest, unit_ids, until)
    declared = registry.measures.get(rest)
    return declared.values(unit_ids, since, until) if declared else {}


def _facts(source: str, unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """Sums of day figures by body; what a merged unit did before counts for the unit that took over."""
    totals = dict.fromkeys(unit_ids, 0)
    for term in terms(source):
        rows = DayFigure.objects.filter(name=term.name, on__gte=since, on__lte=until)
        if term.dimension:
            rows = rows.filter(dims__contains={term.dimension: term.value})
        for unit, number in rows.values_list("unit_id").annotate(Sum("number")):
            body = _body_on(unit, until)
            if body in totals:
                totals[body] += number
    words = f"Đếm từ hồ sơ, {since:%d/%m/%Y} – {until:%d/%m/%Y}"
    return {unit: Measured(Decimal(number), words) for unit, number in totals.items()}


def _body_on(unit_id: int, day: date) -> int:
    body = tree().body_of(unit_id).id
    return main_successor_on(body, day) or body


def _supplied(code: str, unit_ids: Collection[int], until: date) -> Mapping[int, Measured]:
    rows = SuppliedFigure.objects.filter(code=code, year=until.year, unit_id__in=list(unit_ids))
    return {
        unit: Measured(value, f"{supplier} cung cấp, tính đến {as_of:%d/%m/%Y}")
        for unit, value, supplier, as_of in rows.values_list("unit_id", "value", "supplier", "as_of")
    }
