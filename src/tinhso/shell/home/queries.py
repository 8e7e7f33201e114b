"""What the public's home page shows: my cases in one statement, the public figures from what was counted by month."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases.addresses import own_page
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.rules import Verdict
from tinhso.kernel.facts.queries import by_month
from tinhso.kernel.manifest import Audience, Measure, Shortcut, Tile, registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.ui.context import address_of
from tinhso.kernel.ui.statuses import STATUSES
from tinhso.kernel.units.queries import tree

MINE = 20
SHOWN = 3
KEEP_SECONDS = 60.0

# Situations in life as people name them; each is a question to the search: words, question, icon, colour.
LIFE_EVENTS = (
    ("Sinh con", "khai sinh", "baby", "sen"),
    ("Kết hôn", "kết hôn", "heart-handshake", "sen"),
    ("Cư trú", "thường trú", "id-card", "info"),
    ("Đất đai", "đất đai", "map-pin-house", "warn"),
    ("Xây dựng", "xây dựng", "hammer", "warn"),
    ("Kinh doanh", "hộ kinh doanh", "store", ""),
    ("Người thân mất", "khai tử", "leaf", "ok"),
    ("Chứng thực", "chứng thực", "stamp", "info"),
)


@dataclass(frozen=True, slots=True)
class Mine:
    """One of my cases as the home page shows it."""

    title: str
    number: str
    url: str
    state: str
    colour: str
    icon: str
    unit: str
    opened_at: datetime
    is_waiting: bool
    answer_by: datetime | None
    is_supplement: bool = False
    kind: str = ""


@dataclass(frozen=True)
class MyCases:
    """``todo`` is the one that waits for me with the nearest date, ``others`` how many more do."""

    todo: Mine | None = None
    others: int = 0
    latest: list[Mine] = field(default_factory=list)


class Own(NamedTuple):
    """What is read of a case of mine."""

    kind: str
    number: str
    title: str
    state: str
    phase: int
    unit_id: int
    opened_at: datetime
    step_due_at: datetime | None


def _of(*order: Any, most: int, is_waiting: bool, **more: Any) -> QuerySet[Case, Any]:
    rows = Case.objects.filter(owner_id=Slot("owner"), **more).order_by(*order)
    return rows.annotate(listed=Value(is_waiting)).values_list("listed", *Own._fields)[:most]


_own: Kept[Any] = Kept(
    lambda: _of("-opened_at", "-id", most=SHOWN, is_waiting=False).union(
        _of(F("step_due_at").asc(nulls_last=True), "-opened_at", most=MINE, is_waiting=True, phase=Phase.PAUSED),
        all=True,
    )
)


def my_cases(actor: Actor) -> MyCases:
    """My newest cases, and what waits for me however old it is: one statement."""
    latest: list[Mine] = []
    waiting: list[Mine] = []
    for is_waiting, *row in _own(owner=actor.account_id):
        (waiting if is_waiting else latest).append(_mine(Own._make(row)))
    latest.sort(key=lambda one: one.opened_at, reverse=True)  # no order is promised across the two
    waiting.sort(key=lambda one: (one.answer_by is None, one.answer_by or one.opened_at))
    return MyCases(waiting[0] if waiting else None, max(0, len(waiting) - 1), latest)


def all_cases(actor: Actor, before: str, *, is_waiting: bool = False) -> tuple[list[Mine], str]:
    """One page of my cases of every kind, the newest first, and the key of the next (empty at the end): one
    statement. ``before`` is such a key; what is none begins at the beginning. ``is_waiting``: only what waits."""
    rows = Case.objects.filter(owner_id=actor.account_id).order_by("-opened_at", "-id")
    if is_waiting:
        rows = rows.filter(phase=Phase.PAUSED)
    key = read_key(before)
    if key is not None:
        moment, last = key
        rows = rows.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, id__lt=last))
    got = list(rows.values_list("id", *Own._fields)[: MINE + 1])
    shown = [Own._make(row[1:]) for row in got[:MINE]]
    more = f"{shown[-1].opened_at.isoformat()}~{got[MINE - 1][0]}" if len(got) > MINE else ""
    return [_mine(one) for one in shown], more


def _mine(case: Own) -> Mine:
    kind = registry.case_kinds[case.kind]
    words = kind.lifecycle.state(case.state).name
    known = next((status for status in STATUSES.values() if status.words == words), None)
    unit = tree().nodes.get(case.unit_id)
    return Mine(
        title=case.title,
        number=case.number,
        url=own_page(kind, case.number),
        state=_(words),
        colour=known.kind if known else "",
        icon=known.icon if known else "file-text",
        unit=unit.short_name if unit else "",
        opened_at=case.opened_at,
        is_waiting=case.phase == Phase.PAUSED,
        answer_by=case.step_due_at,
        is_supplement=words == STATUSES["supplement"].words,
        kind=_(kind.name),
    )


def shortcuts() -> list[tuple[Shortcut, str]]:
    """The large buttons with their addresses; those whose page this deployment lacks are left out."""
    placed = [(one, address_of(one.page)) for one in registry.collect("shortcuts")]
    return [(one, url) for one, url in placed if url]


def tiles(actor: Actor, at: datetime) -> list[tuple[Tile, Any]]:
    """Panels that modules offer to the public, each with its own data."""
    declared = registry.collect("tiles", Audience.PORTAL)
    allowed = [tile for tile in declared if tile.permission is None or actor.may(tile.permission)]
    return [(tile, tile.load(actor, at)) for tile in allowed]


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """This year so far: cases received and resolved, and the share resolved by the due date (0–100, None of none)."""

    since: date
    received: int
    resolved: int
    on_time: float | None


class _Kept:
    figures: PublicFigures | None = None
    at: float = 0.0


def public_figures(at: datetime) -> PublicFigures:
    """Three figures for everybody, at most a minute old: one statement then, none in between."""
    now, today = time.monotonic(), timezone.localdate(at)
    kept = _Kept.figures
    if kept is None or now - _Kept.at > KEEP_SECONDS or kept.since.year != today.year:
        kept = _Kept.figures = _counted(date(today.year, 1, 1), today)
        _Kept.at = now
    return kept


def forget() -> None:
    """Count anew at the next question: between tests."""
    _Kept.figures = None


def _counted(since: date, until: date) -> PublicFigures:
    names = {fact.name: fact.measure for fact in registry.facts.values() if fact.measure}
    total: Counter[Any] = Counter()
    for row in by_month(list(names), since, until, None):
        total[names[row.name]] += row.number
        if names[row.name] is Measure.RESOLVED:
            total[row.verdict] += row.number
    kept = total[Verdict.EARLY.value] + total[Verdict.ON_TIME.value]
    judged = kept + total[Verdict.LATE.value]
    share = 100 * kept / judged if judged else None
    return PublicFigures(since, total[Measure.RECEIVED], total[Measure.RESOLVED], share)
