"""Reading the worklist: one statement for its page, one for its counters, and how many wait in the other lists."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.cases import queries as cases
from tinhso.kernel.cases.addresses import desk_page, peek_page
from tinhso.kernel.cases.models import Case, CaseQuerySet
from tinhso.kernel.cases.queries import (
    AT,
    CAP,
    PAGE,
    Line,
    Reader,
    Urgency,
    Wanted,
    Whose,
    as_lines,
    cut,
    end_of_tomorrow,
)
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import time_left, worded_left
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepState
from tinhso.kernel.search.rules import fold
from tinhso.kernel.statements import Counts, Kept, Slot
from tinhso.kernel.units.queries import tree
from tinhso.shell.inbox.asked import LISTS, OPINIONS, Asked, Left, shown_left

KEEP_SECONDS = 15.0
MANY = 100
MOST_UNITS = 200


def units_of(actor: Actor) -> frozenset[int]:
    """Where the official works: the units on which a right to see was given; who sees everything, their own unit."""
    found: frozenset[int] = frozenset()
    for kind in registry.case_kinds.values():
        scope = actor.scope(kind.see)
        if not scope.everywhere:
            found |= scope.units
        elif actor.unit_id is not None:
            found |= tree().subtree(actor.unit_id)
        else:
            return frozenset(tree().nodes)
    return found


def may_work(actor: Actor) -> bool:
    """Whether there is any kind of case that this official sees at work."""
    return actor.is_official and any(actor.may(kind.see) for kind in registry.case_kinds.values())


def rows_of(asked: Asked, actor: Actor, units: frozenset[int], at: datetime | Slot) -> CaseQuerySet:
    """All cases of the list, most urgent first."""
    rows = cases.found(asked.wanted, actor, units, at)
    return _awaiting_opinion(rows, units) if asked.opinions else rows


def _awaiting_opinion(rows: CaseQuerySet, units: frozenset[int]) -> CaseQuerySet:
    asked = Step.objects.filter(
        case_id=OuterRef("pk"), unit_id__in=units, is_parallel=True, state=StepState.ACTIVE.value
    )
    return rows.filter(Exists(asked))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the worklist, ready to be written out."""

    number: str
    title: str
    news: str
    applicant: str
    place: str
    step: str
    step_kind: str
    left: Left
    url: str
    peek: str


def page(asked: Asked, actor: Actor, units: frozenset[int], at: datetime, size: int = PAGE) -> tuple[list[Row], str]:
    """One page of lines and the key of the next, empty at the end: one statement."""
    if asked.opinions:
        moment, last = asked.wanted.after or (None, None)
        rows = _opinions_listed(_plain(asked), Reader(actor), units, moment is not None, size)
        got, more = cut(rows(at=at, soon=end_of_tomorrow(at), moment=moment, last=last), size)
    else:
        got, more = cases.page(asked.wanted, actor, units, at, size)
    return shown(got, at), more


def _plain(asked: Asked) -> Asked:
    """What tells one list from another, without where one stands in it."""
    return replace(asked, wanted=replace(asked.wanted, after=None))


@lru_cache(maxsize=256)
def _opinions_listed(asked: Asked, reader: Reader, units: frozenset[int], is_further: bool, size: int) -> Kept[Any]:
    return Kept(lambda: as_lines(rows_of(asked, reader.actor, units, AT), size, is_further))


def shown(got: Iterable[Line], at: datetime) -> list[Row]:
    """Cases as lines; asks the database nothing."""
    now, language = timezone.localtime(at), "vi" if get_language() == "vi" else "en"
    return [_row(case, now, language) for case in got]


def _row(case: Line, now: datetime, language: str) -> Row:
    kind = registry.case_kinds[case.kind]
    return Row(
        number=case.number,
        title=case.title,
        news=_(case.news) if case.news else "",
        applicant=case.applicant,
        place=case.place,
        step=case.step or case.state_of.name,
        step_kind="wait" if case.phase == Phase.PAUSED else "ok" if case.phase >= Phase.SETTLED else "info",
        left=left_of(case, now, language),
        url=desk_page(kind, case.number) or peek_of(case),
        peek=peek_of(case),
    )


def peek_of(case: Case | Line) -> str:
    """The short view of the kind's own module, else the one that the worklist makes of the case row."""
    from django.urls import reverse

    return peek_page(case.kind_of, case.number) or reverse("desk_peek", args=[case.number])


def left_of(case: Case | Line, now: datetime, language: str = "vi") -> Left:
    """The nearer of due date and step's due date in words of working time, short enough for a column."""
    if case.phase == Phase.PAUSED:
        return Left("wait", "pause", _("Tạm dừng"))
    if case.phase >= Phase.SETTLED:
        return Left("ok", "circle-check", case.state_of.name, None, case.settled_at)
    dues = [due for due in (case.due_at, case.step_due_at) if due is not None]
    if not dues:
        return Left("", "clock", _("Chưa tính hạn"))
    due = min(dues)
    minutes = time_left(now, due, calendar_for(case.unit_id))
    return shown_left(minutes, worded_left(minutes, language).removesuffix(" làm việc"), due)


def counters(asked: Asked, actor: Actor, units: frozenset[int], at: datetime) -> dict[str, int]:
    """How many of each urgency in this list, each counted up to 1,000: one statement."""
    if not asked.opinions:
        return cases.counters(asked.wanted, actor, units, at)
    return _opinions_counts(_plain(asked), Reader(actor), units)(at=at, soon=end_of_tomorrow(at))


@lru_cache(maxsize=256)
def _opinions_counts(asked: Asked, reader: Reader, units: frozenset[int]) -> Counts:
    each = {one.value: replace(asked, wanted=replace(asked.wanted, urgency=one)) for one in Urgency}
    return Counts(lambda: {name: rows_of(one, reader.actor, units, AT) for name, one in each.items()}, CAP)


_kept: dict[tuple[int, int], tuple[float, dict[str, int]]] = {}


def waiting(actor: Actor, units: frozenset[int]) -> dict[str, int]:
    """How many wait in each list, counted up to 100 and at most fifteen seconds old: one statement or none."""
    key = (actor.account_id or 0, tree().version)
    now = time.monotonic()
    kept = _kept.get(key)
    if kept is not None and now - kept[0] < KEEP_SECONDS:
        return kept[1]
    if len(_kept) > 4096:
        _kept.clear()
    found = _waiting(Reader(actor), units)()
    _kept[key] = (now, found)
    return found


@lru_cache(maxsize=512)
def _waiting(reader: Reader, units: frozenset[int]) -> Counts:
    codes = [code for code, _title, _icon in LISTS if code != Whose.ALL]
    return Counts(lambda: {code: _list_rows(code, reader.actor, units) for code in codes}, MANY)


def forget(actor: Actor | None = None) -> None:
    """Count anew: after this official took a case, and between tests."""
    for key in [key for key in _kept if actor is None or key[0] == actor.account_id]:
        _kept.pop(key, None)


def _list_rows(code: str, actor: Actor, units: frozenset[int]) -> CaseQuerySet:
    if code == OPINIONS:
        return rows_of(Asked(Wanted(whose=Whose.ALL), opinions=True), actor, units, AT)
    return rows_of(Asked(Wanted(whose=Whose(code))), actor, units, AT)


def choices(actor: Actor, units: frozenset[int]) -> dict[str, Any]:
    """What the filters offer: kinds, their states and units, from memory."""
    kinds = [kind for kind in registry.case_kinds.values() if actor.may(kind.see)]
    states = {
        state.code: _(state.name) for kind in kinds for state in kind.lifecycle.states if state.phase < Phase.CLOSED
    }
    return {
        "kinds": [(kind.code, _(kind.name)) for kind in kinds],
        "states": list(states.items()),
        "units": _named(units, tree().version),
    }


@lru_cache(maxsize=256)
def _named(units: frozenset[int], version: int) -> list[tuple[int, str]]:
    """Units by name, as many as a select holds; ``version`` of the tree only tells when to sort anew."""
    nodes = tree().nodes
    named = ((unit, nodes[unit].short_name) for unit in units if unit in nodes)
    return sorted(named, key=lambda one: fold(one[1]))[:MOST_UNITS]
