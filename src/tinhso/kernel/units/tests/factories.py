"""Actors and units for tests."""

from __future__ import annotations

from datetime import date

from tinhso.kernel.people.rules import NOBODY, SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level

SOMEBODY_WITHOUT_RIGHTS = NOBODY
BY = SYSTEM


def unit(code: str, *, parent: Unit | None = None, kind: Kind = Kind.DEPARTMENT, **more: object) -> Unit:
    """A unit since 1 July 2025."""
    columns = {"name": f"Đơn vị {code}", "short_name": code, "level": Level.PROVINCE, "begins_on": date(2025, 7, 1)}
    return Unit.objects.create(code=code, kind=kind, parent=parent, **(columns | more))
