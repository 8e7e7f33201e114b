"""Cases that go to other units because the units themselves changed: many at once, each with entry and clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.kernel.cases.actions import _compose, _place_of, _turn_clock
from tinhso.kernel.cases.models import Case, Promise
from tinhso.kernel.cases.rules import Clock, Phase, urgent_at
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import insert_all, update_all

CHANGED = (
    "unit", "received_unit", "concerned", "assignee", "place", "news", "clock", "due_at", "urgent_at", "updated_at",
    "revision", "journal_seq", "journal_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Relocation:
    """A locked case and what changes about it: ``unit_id``, ``received_unit_id``, ``concerned`` and the like.

    ``recount`` lets the new unit's calendar count the due date; without it the clock in ``change`` is taken."""

    case: Case
    change: Mapping[str, Any]
    data: Mapping[str, Any]
    recount: bool = True


def relocate(moves: Sequence[Relocation], verb: str, *, by: Actor, at: datetime, reason: str) -> None:
    """Write all of them and their entries in three statements.

    A running case is counted anew by its new unit's calendar, as after any transfer; where that moves the due date the
    applicant gets a new promise. A case that stays where it is worked on keeps its date."""
    entries, told = [], []
    for one in moves:
        case, was = one.case, _place_of(one.case)
        for name, value in one.change.items():
            setattr(case, name, value)
        is_elsewhere = one.recount and case.unit_id != was["unit"] and case.phase in (Phase.OPEN, Phase.PAUSED)
        if is_elsewhere:
            _turn_clock(case, Clock.KEEP, at, "", "", is_elsewhere=True)
        if case.due_at is not None and _place_of(case)["due"] != was["due"]:
            told.append(Promise(case=case, due_at=case.due_at, promised_at=at, reason="reorganise", note=reason[:300]))
        entries.append(_compose(case, verb, by=by, at=at, data=one.data, was=was))
        case.updated_at, case.revision = at, case.revision + 1
        case.urgent_at = urgent_at(Phase(case.phase), case.due_at, case.step_due_at)
    if not moves:
        return
    update_all(Case, [one.case for one in moves], *CHANGED).run()
    journal.write_all(entries)
    if told:
        insert_all(Promise, told).run()
