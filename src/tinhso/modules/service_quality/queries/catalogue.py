"""The catalogue as the index asks about it, and which procedures are within a unit's competence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache

from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.rules import Node
from tinhso.modules.procedures import door as procedures
from tinhso.modules.service_quality.rules.inputs import Service

LEVEL_OF_UNITS = {"so": "tinh", "xa": "xa"}  # a unit's level → the level at which a procedure is decided


def services(on: date) -> dict[str, Service]:
    """Procedures in force on a day, by code; one statement."""
    return {code: _service(sheet.version_id) for code, sheet in procedures.all_published(on).items()}


def names(on: date) -> Mapping[str, str]:
    """What procedures are called, by code."""
    return {code: sheet.name for code, sheet in procedures.all_published(on).items()}


@lru_cache(maxsize=8_192)
def _service(version_id: int) -> Service:
    """A published version never changes, so each is looked into once."""
    sheet = procedures.sheet(version_id)
    content = sheet.content
    fees = (*content.fees, *(fee for channel in content.channels for fee in channel.fees))
    agencies = content.agencies
    return Service(
        code=sheet.code,
        levels=sheet.levels,
        service_level=content.service_level,
        has_fee=content.fee_set_by != "none" and any(fee.amount is None or fee.amount > 0 for fee in fees),
        is_complete=procedures.has_all_parts(sheet),
        for_persons=sheet.for_persons,
        bodies=fold(f"{agencies.competent} | {agencies.executing} | {agencies.delegated}"),
    )


def competence(known: Mapping[str, Service], level: str, unit: Node | None, seen: Collection[str]) -> list[Service]:
    """The procedures of a level; of a department those that name it, and those of which it had dossiers (``seen``)."""
    wanted = LEVEL_OF_UNITS.get(level)
    at_level = [one for one in known.values() if wanted is None or wanted in one.levels]
    if level != "so" or unit is None:
        return at_level
    name = fold(unit.name)
    return [one for one in at_level if name in one.bodies or one.code in seen]
