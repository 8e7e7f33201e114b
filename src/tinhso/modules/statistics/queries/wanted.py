"""What somebody asks for, between which months there are figures, and which units make up a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.kernel.units.queries import todays_heirs, tree
from tinhso.kernel.units.rules import Kind, Node
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.models import CountedMonth

PARTS = (Kind.DIVISION, Kind.CENTRE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a period; all, a level or a unit; all, a field or a procedure.

    ``by_today``: what units that ended had is their heirs' of today; else each figure is the unit's of its time. In
    public only for all procedures: the difference between both maps could tell a number too small to be told."""

    period: Period
    unit_id: int | None = None
    level: str = ""
    field: str = ""
    procedure: str = ""
    by_today: bool = False

    @property
    def is_whole(self) -> bool:
        return self.unit_id is None and not self.level

    @property
    def is_of_all(self) -> bool:
        """Whether it is about all procedures: nobody can be recognised in such sums."""
        return not self.field and not self.procedure

    @property
    def may_be_split(self) -> bool:
        """Whether fields and procedures may be told in public: of a place they are, by the units of their time only."""
        return self.is_whole or not self.by_today


@dataclass(frozen=True)
class Counted:
    """Between which months there are figures, when they were counted, and which months are closed (with last entry)."""

    first: date | None = None
    last: date | None = None
    at: datetime | None = None
    closed: Mapping[date, int] = field(default_factory=dict)

    def is_closed(self, period: Period) -> bool:
        return period.last_month in self.closed


def counted() -> Counted:
    """One statement; a row for each month."""
    rows = list(CountedMonth.objects.order_by("month").values_list("month", "counted_at", "closed_at", "last_entry_id"))
    if not rows:
        return Counted()
    closed = {month: entry for month, _at, closed_at, entry in rows if closed_at is not None}
    return Counted(rows[0][0], rows[-1][0], rows[-1][1], closed)


def heirs_with_parts(wanted: Wanted) -> list[int]:
    """Under today's map: the unit, or the level's units, and all that they inherited from."""
    if not wanted.by_today or wanted.is_whole:
        return []
    found = {unit_id: body for unit_id in tree().nodes if (body := body_today(unit_id)) is not None}
    return sorted(unit_id for unit_id, body in found.items() if _is_meant(body, wanted))


def body_today(unit_id: int) -> Node | None:
    """The body that has today what this unit had; None for one that ended without an heir."""
    known, heir = tree(), todays_heirs().get(unit_id, unit_id)
    body = known.body_of(heir) if heir in known.nodes else None
    return body if body is not None and (heir != unit_id or body.lives_on(timezone.localdate())) else None


def _is_meant(body: Node, wanted: Wanted) -> bool:
    return body.id == wanted.unit_id if wanted.unit_id is not None else rules.level_of(body.kind) == wanted.level


def units_of(wanted: Wanted) -> frozenset[int] | None:
    """The units whose facts make up a place: a body's with its divisions, a level's; None for the province."""
    if wanted.is_whole:
        return None
    if wanted.by_today:
        return frozenset(heirs_with_parts(wanted))
    known = tree()
    bodies = {unit_id: known.body_of(unit_id) for unit_id in known.nodes}
    if wanted.unit_id is not None:
        return frozenset(unit_id for unit_id, body in bodies.items() if body.id == wanted.unit_id)
    return frozenset(unit_id for unit_id, body in bodies.items() if rules.level_of(body.kind) == wanted.level)


def sight(actor: Actor) -> Scope:
    """Where the official sees dossiers; a right on every unit is a right everywhere."""
    kind = registry.case_kinds.get(rules.KIND)
    scope = actor.scope(kind.see) if kind is not None and actor.is_official else Scope()
    return Scope(everywhere=True) if scope.everywhere or scope.units >= tree().nodes.keys() else scope
