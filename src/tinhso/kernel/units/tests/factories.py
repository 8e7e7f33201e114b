"""Actors and units for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.rules import Kind, Level


class Somebody:
    """An actor as far as the tree asks; people stand above units and are not imported here."""

    def __init__(self, *rights: str) -> None:
        self.rights = rights

    def may(self, right: str, unit_id: int | None = None) -> bool:
        return right in self.rights


SOMEBODY_WITHOUT_RIGHTS: Any = Somebody()
BY: Any = Somebody("units.manage")


def unit(code: str, *, parent: Unit | None = None, kind: Kind = Kind.DEPARTMENT, **more: object) -> Unit:
    """A unit since 1 July 2025."""
    columns = {"name": f"Đơn vị {code}", "short_name": code, "level": Level.PROVINCE, "begins_on": date(2025, 7, 1)}
    return Unit.objects.create(code=code, kind=kind, parent=parent, **(columns | more))
