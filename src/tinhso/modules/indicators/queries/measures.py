"""Every indicator as a number that criteria, reports, campaigns and plans may take: ``measure:indicators.<code>``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from tinhso.kernel.manifest import Measured, MeasureSource
from tinhso.kernel.units.queries import tree
from tinhso.modules.indicators.queries import definitions, values
from tinhso.modules.indicators.rules.definitions import MOST_PLACES
from tinhso.modules.indicators.rules.values import cut, value_of
from tinhso.modules.indicators.rules.words import MEASURES

PREFIX = "indicators."


def sources(seeds: Collection[Mapping[str, Any]]) -> tuple[MeasureSource, ...]:
    """One for each indicator that the module knows from its seeds."""
    return tuple(
        MeasureSource(PREFIX + one["code"], one["name"], _unit(one["measure"]), partial(measure, one["code"]))
        for one in seeds
    )


def _unit(measure: str) -> str:
    words, sign, _factor = MEASURES[measure]
    return sign or words


def measure(code: str, unit_ids: Collection[int], since: date, until: date) -> Mapping[int, Measured]:
    """An indicator's value over some days for each unit that has one: exact to four places, never more than it is."""
    found = definitions.one(code, min(until, timezone.localdate()))
    if found is None:
        return {}
    definition = found[1]
    words = f"{definition.name}, {since:%d/%m/%Y} – {until:%d/%m/%Y}"
    made = {}
    for unit_id, point in values.by_unit(definition, unit_ids, since, until).items():
        value = value_of(definition, point)
        if value is not None:
            said = cut(value, MOST_PLACES, "ROUND_FLOOR")
            made[unit_id] = Measured(Decimal(said), words, _page(code, unit_id, until))
    return made


def _page(code: str, unit_id: int, until: date) -> str:
    return f"/lam-viec/chi-tieu/ma/{code}/?don-vi={tree().nodes[unit_id].code}&nam={until.year}"
