"""A real province to test in: units of Tây Ninh as the seeds know them, founded once a process, then copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.clock import queries as clock
from tinhso.kernel.people import queries as people
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units import actions
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.actions.changes import tree_changed
from tinhso.kernel.units.models import Succession, Unit

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


_founded: dict[Any, bytes] = {}  # model → its rows as they were when the province was first founded


def found() -> Province:
    """Found the province; what processes remember of another one is forgotten."""
    if _founded and not Unit.objects.exists():
        _put_back()
    else:
        is_alone = not Unit.objects.exists()
        actions.found_province(PROVINCE, by=SYSTEM)
        if is_alone:
            _founded.update({model: _rows(model) for model in (Unit, Succession)})
    forget()
    codes = (PROVINCE, COMMUNE, f"{COMMUNE}-mc", OTHER_COMMUNE, f"{OTHER_COMMUNE}-mc", f"{PROVINCE}-sxd")
    by_code = Unit.objects.in_bulk(codes, field_name="code")
    return Province(*(by_code[code] for code in codes))


@transaction.atomic
def _put_back() -> None:
    for model, rows in _founded.items():
        with connection.cursor() as cursor, cursor.copy(f"copy {model._meta.db_table} from stdin") as copy:
            copy.write(rows)
    tree_changed()


def _rows(model: Any) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"copy {model._meta.db_table} to stdout") as copy:
        return b"".join(copy)


def forget() -> None:
    """Drop what this process remembers of the database: between worlds of different tests."""
    units.forget()
    people.forget()
    clock.forget()
