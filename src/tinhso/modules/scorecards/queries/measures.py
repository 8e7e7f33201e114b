"""Numbers the platform knows by itself, for all units of a round at once.

A criterion's input names its source: ``facts:dossiers.issued[verdict=early]+dossiers.signed`` (counted facts),
``supplied:C1.1.a`` (what another office supplied for the year) or ``measure:code`` (what a module declares in its
manifest, such as an indicator).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from tinhso.kernel.facts.models import DayFigure
from tinhso.kernel.facts.rules import terms
from tinhso.kernel.manifest import Measured, registry
from tinhso.kernel.units.queries import main_successor_on, tree
from tinhso.modules.scorecards.models import SuppliedFigure
from tinhso.modules.scorecards.rules.editions import Edition

Found = dict[int, dict[tuple[str, str], Measured]]


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
    kind, _colon, rest = source.partition(":")
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
            rows = rows.filter(dims__contains=term.dims)
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
