"""A real province to test in: units of Tây Ninh as the seeds know them, made in a tenth of a second."""

from __future__ import annotations

from dataclasses import dataclass

from tinhso.kernel.clock import queries as clock
from tinhso.kernel.people import queries as people
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units import actions
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import Unit

PROVINCE = "H53"
COMMUNE, OTHER_COMMUNE = "xa-25459", "xa-25480"


@dataclass(frozen=True)
class Province:
    """The units that tests speak of. ``shop`` is the one-stop centre of ``commune``, ``other_shop`` of ``other``."""

    root: Unit
    commune: Unit
    shop: Unit
    other: Unit
    other_shop: Unit
    department: Unit


def found() -> Province:
    """Found the province; what processes remember of another one is forgotten."""
    actions.found_province(PROVINCE, by=SYSTEM)
    forget()
    codes = (PROVINCE, COMMUNE, f"{COMMUNE}-mc", OTHER_COMMUNE, f"{OTHER_COMMUNE}-mc", f"{PROVINCE}-sxd")
    by_code = Unit.objects.in_bulk(codes, field_name="code")
    return Province(*(by_code[code] for code in codes))


def forget() -> None:
    """Drop what this process remembers of the database: between worlds of different tests."""
    units.forget()
    people.forget()
    clock.forget()
