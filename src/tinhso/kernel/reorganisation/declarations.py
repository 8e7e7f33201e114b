"""What a package or module declares of its rows that name units (slot ``movers`` of the manifest).

Every column that points to a unit is declared once: it moves (``Rows``, ``OfCase``, ``Dated``) or it stays (``Stays``,
with the reason). A column that nobody declared stops the tests, and verification reports it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

if TYPE_CHECKING:
    from tinhso.kernel.reorganisation.context import Context
    from tinhso.kernel.reorganisation.rules import Traits


@dataclass(frozen=True)
class Rows:
    """Rows that go with the unit, whatever case there may be: ``active`` ones move, all others are history.

    ``traits(row)`` says what decides where a row goes when a unit is divided, from the columns in ``values``. With
    ``unique`` (columns beside the unit) a row gives way, and is taken away, when the goal has one like it already.
    ``add(context)`` gives rows that a plan makes necessary.
    """

    code: str
    title: str
    model: type[Model]
    column: str = "unit"
    active: Q = field(default_factory=Q)
    values: tuple[str, ...] = ()
    traits: Callable[[Mapping[str, Any]], Traits] | None = None
    unique: tuple[str, ...] | None = None
    add: Callable[[Context], Sequence[Model]] | None = None


@dataclass(frozen=True)
class OfCase:
    """Rows that belong to a case and name a unit: the active ones move in the same transaction as the case.

    ``is_received``: the unit that received, which changes only when it ends. With ``unique`` (columns beside case and
    unit) a row is taken away when the goal has one like it already, as when two units that help with the same report
    become one."""

    code: str
    title: str
    model: type[Model]
    column: str = "unit"
    case: str = "case"
    active: Q = field(default_factory=Q)
    is_received: bool = False
    unique: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Dated:
    """Rows with ``begins_on`` and ``ends_on``: the old one ends, a new one begins on the effective day."""

    code: str
    title: str
    model: type[Model]
    column: str = "unit"
    unique: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Stays:
    """A column that goes on naming the unit of its day, and why. With ``forbids_undo`` a new unit that has such rows
    has done what cannot be taken back, such as giving numbers."""

    model: type[Model]
    column: str
    why: str
    title: str = ""
    forbids_undo: bool = False


@dataclass(frozen=True)
class Sorts:
    """What decides where cases of a kind go: ``traits(case_ids) -> {case_id: Traits}``; officials are known anyway."""

    kind: str
    traits: Callable[[Sequence[int]], Mapping[int, Traits]]


def column_of(said: Rows | OfCase | Dated) -> str:
    """The attribute that holds the id of the unit."""
    field: Any = said.model._meta.get_field(said.column)
    return str(field.attname)


Mover = Rows | OfCase | Dated | Stays | Sorts
