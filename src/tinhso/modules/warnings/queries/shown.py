"""What everybody may read: bulletins in force, in one statement, and the story of one warning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.translation import gettext as _

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.queries import tree
from tinhso.modules.warnings.models import Bulletin, Subscription
from tinhso.modules.warnings.queries import places
from tinhso.modules.warnings.rules import KINDS, LEVELS, Kind, Level, State

SHOWN, ON_HOME, ON_WALL = 100, 3, 2
CANCELS_SHOWN = timedelta(days=1)  # how long programs are told that something was withdrawn


class _Row(NamedTuple):
    pk: int
    warning__code: str
    warning__kind: str
    warning__unit: int
    warning__is_demonstration: bool
    number: int
    state: str
    level: int
    title: str
    body: str
    advice: str
    begins_at: datetime
    expires_at: datetime
    published_at: datetime
    ended_at: datetime | None
    reason: str
    units: list[int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A bulletin as everybody sees it."""

    row: _Row

    @property
    def code(self) -> str:
        return self.row.warning__code

    @property
    def kind(self) -> tuple[str, str, str]:
        return KINDS[Kind(self.row.warning__kind)]

    @property
    def kind_name(self) -> str:
        return _(self.kind[0])

    @property
    def icon(self) -> str:
        return self.kind[1]

    @property
    def level_name(self) -> str:
        return _(LEVELS[Level(self.row.level)][0])

    @property
    def colour(self) -> str:
        return LEVELS[Level(self.row.level)][1]

    @property
    def notice(self) -> str:
        """The kind of notice that fits its level."""
        return {"bad": "danger"}.get(self.colour, self.colour)

    @property
    def area(self) -> str:
        return places.names(self.row.units)

    @property
    def issuer(self) -> str:
        node = tree().nodes.get(self.row.warning__unit)
        return node.name if node else ""


_rows: Any = lambda: (  # noqa: E731 - a queryset that each use filters
    Bulletin.objects.annotate(units=ArrayAgg("areas__unit", default=[])).values_list(*_Row._fields)
)
_current: Kept[Any] = Kept(
    lambda: (
        _rows()
        .filter(state=State.PUBLISHED, expires_at__gt=Slot("at"))
        .order_by("-level", "-published_at", "-pk")[:SHOWN]
    )
)


def current(at: datetime, unit_id: int | None = None) -> list[Shown]:
    """What holds now, the most serious first; of one place: what concerns it."""
    found = [Shown(_Row._make(row)) for row in _current(at=at)]
    if unit_id is None:
        return found
    wide = places.audience_of([unit_id])
    return [one for one in found if wide & set(one.row.units)]


def told(at: datetime) -> list[Shown]:
    """For programs: what holds, and what was withdrawn within a day, newest first."""
    holds = Q(state=State.PUBLISHED) | Q(state=State.WITHDRAWN, ended_at__gt=at - CANCELS_SHOWN)
    rows = _rows().filter(holds, expires_at__gt=at).order_by("-published_at", "-pk")
    return [Shown(_Row._make(row)) for row in rows[:SHOWN]]


def one(code: str, number: int | None = None) -> Shown | None:
    """What was published last of a warning, or one of its bulletins by number."""
    rows = _rows().filter(warning__code=code, published_at__isnull=False)
    row = (rows.filter(number=number) if number else rows.order_by("-number")).first()
    return Shown(_Row._make(row)) if row else None


def published_before(code: str, number: int) -> tuple[int, datetime] | None:
    """Number and moment of the published bulletin before this one."""
    rows = Bulletin.objects.filter(warning__code=code, published_at__isnull=False, number__lt=number)
    found: tuple[int, Any] | None = rows.order_by("-number").values_list("number", "published_at").first()
    return found


def places_of(actor: Actor) -> set[int]:
    """Places that the actor follows."""
    return set(Subscription.objects.filter(account_id=actor.account_id or 0).values_list("unit", flat=True))


def tile(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """For the public's home page: the most serious ones and how many more. Calm ones stand below the shortcuts."""
    found = current(at)
    is_calm = not any(Level(one.row.level).is_urgent for one in found)
    return {"warnings": found[:ON_HOME], "others": max(0, len(found) - ON_HOME), "is_calm": is_calm}


def on_wall(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """For the wall of an operations room: where there is danger, above everything else."""
    found = [one for one in current(at) if Level(one.row.level).is_urgent]
    shown = found[:ON_WALL]
    return {"is_empty": not found, "is_alert": True, "warnings": shown, "others": len(found) - len(shown)}
