"""A plan at work: where each row goes, by the ids of units, and the book in which every move is entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.reorganisation.models import Moved, Reorganisation
from tinhso.kernel.reorganisation.rules import Plan, Route, Routes, Traits, parse, routes
from tinhso.kernel.reorganisation.rules.routes import NONE
from tinhso.kernel.statements import insert_all
from tinhso.kernel.units.queries import tree


@dataclass
class Context:
    """``at`` is now; ``routes`` are those kept with the plan once its tree has changed, else computed from today's."""

    row: Reorganisation
    plan: Plan
    routes: Routes
    by: Actor
    at: datetime

    @classmethod
    def of(cls, row: Reorganisation, *, by: Actor, at: datetime) -> Self:
        plan = parse(row.content)
        settled = Routes.from_json(row.routes) if row.routes else routes(plan, tree())
        return cls(row, plan, settled, by, at)

    @cached_property
    def by_id(self) -> Mapping[int, Route]:
        known = tree().by_code
        return {known[code].id: route for code, route in self.routes.by_unit.items() if code in known}

    @cached_property
    def touched(self) -> list[int]:
        return sorted(self.by_id)

    @cached_property
    def ending(self) -> list[int]:
        return sorted(unit_id for unit_id, route in self.by_id.items() if route.ends)

    @cached_property
    def usernames(self) -> Mapping[int, str]:
        """Accounts that the plan names, by id."""
        named = {name for route in self.routes.by_unit.values() for way in route.ways for name in way.officials}
        return dict(Account.objects.filter(username__in=named).values_list("pk", "username")) if named else {}

    def goal(self, unit_id: int | None, traits: Traits = NONE, *, if_ends: bool = False) -> str | None:
        """The code of the unit to which something goes; None when it stays. ``if_ends``: only from units that end."""
        route = self.by_id.get(unit_id or 0)
        return None if route is None or (if_ends and not route.ends) else route.to(traits)

    def target(self, unit_id: int | None, traits: Traits = NONE, *, if_ends: bool = False) -> int | None:
        """The id of the same; the tree has changed already."""
        goal = self.goal(unit_id, traits, if_ends=if_ends)
        return None if goal is None else tree().by_code[goal].id

    def enter(self, mover: str, lines: Iterable[tuple[int, Any, Any]]) -> None:
        """Note in the ledger: key of the row, what it was, what it is now. One statement, or none without lines."""
        noted = [Moved(plan_id=self.row.pk, mover=mover, row=row, was=was, now=now) for row, was, now in lines]
        if noted:
            insert_all(Moved, noted).run()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did: rows changed, and the last row looked at; ``after`` None: there is no further one."""

    moved: int
    after: int | None
