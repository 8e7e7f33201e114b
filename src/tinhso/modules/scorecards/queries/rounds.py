"""Rounds: who is how far, the ranking with its bars and moves, and one unit's result explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from tinhso.kernel.errors import NotFound
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.rules import Actor
from tinhso.modules.scorecards.models import Appeal, Card, Cell, Round
from tinhso.modules.scorecards.queries import editions
from tinhso.modules.scorecards.rules.editions import Edition
from tinhso.modules.scorecards.rules.numbers import unscaled
from tinhso.modules.scorecards.rules.words import CardState, Permission, RoundState

if TYPE_CHECKING:
    from tinhso.modules.scorecards.rules import robustness

PAGE = 150  # more than any group of a province has
LISTED = 50
SHOWN = 10


def visible(actor: Actor) -> QuerySet[Round]:
    """Rounds in which the actor has a part; those published are there for every official who may see results."""
    if actor.may(Permission.MANAGE) or actor.may(Permission.REVIEW):
        return Round.objects.all()
    own = Q(pk__in=Card.objects.filter(unit_id__in=actor.scope(Permission.FILL).units).values("round_id"))
    if actor.may(Permission.SEE):
        own |= Q(state=RoundState.PUBLISHED)
    return Round.objects.filter(own)


def listed(rows: QuerySet[Round], after: str) -> tuple[list[Round], int | None]:
    """A page of rounds, the newest first, from the one after ``after`` (its number); and where the next page begins."""
    if is_whole(after):
        rows = rows.filter(pk__lt=int(after[:18]))
    found = list(rows.order_by("-pk")[: LISTED + 1])
    return found[:LISTED], found[LISTED - 1].pk if len(found) > LISTED else None


def by_code(code: str, actor: Actor) -> Round:
    found = visible(actor).select_related("edition", "previous").defer("edition__content").filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def published(code: str) -> Round:
    rows = Round.objects.select_related("edition", "previous__edition").filter(state=RoundState.PUBLISHED)
    found = rows.defer("edition__content", "previous__edition__content").filter(code=code).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Progress:
    """How far a round is: cards by state, appeals waiting."""

    by_state: dict[str, int]
    appeals: int

    @property
    def units(self) -> int:
        return sum(self.by_state.values())

    @property
    def sent(self) -> int:
        return self.units - self.by_state.get(CardState.FILLING, 0)


def progress(round_: Round) -> Progress:
    states = dict(Card.objects.filter(round=round_).values_list("state").annotate(Count("pk")))
    return Progress(states, Appeal.objects.filter(cell__card__round=round_, state="open").count())


@dataclass(frozen=True)
class Row:
    """A line of the ranking. ``move``: places gained since the round before (None: was not there)."""

    card: Card
    bars: tuple[tuple[str, Decimal, float], ...]
    weakest: str
    grade: str
    move: int | None

    @property
    def moved(self) -> int:
        return abs(self.move or 0)


def ranking(round_: Round, group: str) -> list[Row]:
    """A group's ranked units, the best first: two statements."""
    edition = editions.of(round_.edition)
    cards = list(
        Card.objects.filter(round=round_, group=group, rank__isnull=False)
        .select_related("unit")
        .defer("row", "decided", "points")
        .order_by("rank", "unit__name")[:PAGE]
    )
    before = _ranks_before(round_, group)
    names = {one.code: one.name for one in edition.grades}
    return [_row(card, edition, names, before) for card in cards]


def _ranks_before(round_: Round, group: str) -> dict[int, int]:
    if round_.previous_id is None:
        return {}
    rows = Card.objects.filter(round_id=round_.previous_id, group=group, rank__isnull=False)
    return {unit: rank for unit, rank in rows.values_list("unit_id", "rank") if rank is not None}


def _row(card: Card, edition: Edition, grades: dict[str, str], before: dict[int, int]) -> Row:
    bars = parts_of(card, edition)
    weakest = min(bars, key=lambda bar: bar[2])[0] if bars else ""
    was = before.get(card.unit_id)
    move = was - card.rank if was is not None and card.rank is not None else None
    return Row(card, bars, weakest, grades.get(card.grade, ""), move)


def parts_of(card: Card, edition: Edition) -> tuple[tuple[str, Decimal, float], ...]:
    """(name, points, share 0–100) of each pillar, or of each index where there are no pillars."""
    scale = 10**edition.decimals
    points = dict(zip((one.code for one in edition.indices), card.indices, strict=False))
    if edition.pillars:
        rows = [(one.name, sum(points.get(code, 0) for code in one.indices), one.points) for one in edition.pillars]
    else:
        rows = [(one.name, points.get(one.code, 0), one.points) for one in edition.indices]
    return tuple(
        (
            name,
            unscaled(made, edition.decimals) or Decimal(0),
            round(100 * made / float(most * scale), 1) if most else 0.0,
        )
        for name, made, most in rows
    )


def counted_grades(round_: Round) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """(group, its name, (grade, units)…): how many of each group got which grade."""
    edition = editions.of(round_.edition)
    rows = Card.objects.filter(round=round_, rank__isnull=False).values_list("group", "grade").annotate(Count("pk"))
    counted = {(group, grade): number for group, grade, number in rows}
    found = []
    for group in edition.groups:
        own = [(one.name, counted.get((group.code, one.code), 0)) for one in edition.grades]
        if any(number for _, number in own):
            found.append((group.code, group.name, own))
    return found


def groups_in(round_: Round) -> list[tuple[str, str]]:
    """Groups that have cards, with their names, in the edition's order."""
    present = set(Card.objects.filter(round=round_).values_list("group", flat=True))
    return [(one.code, one.name) for one in editions.of(round_.edition).groups if one.code in present]


@dataclass(frozen=True)
class Explained:
    """One unit's result: what decides its rank, what moved it since the round before, where points are lost."""

    deciding: list[robustness.Deciding]
    moved: list[robustness.Part]
    lost: list[tuple[Any, Decimal]]
    before: Card | None


def explain(card: Card) -> Explained:
    """For a frozen card: three statements, whatever the group's size."""
    from tinhso.modules.scorecards.rules import robustness

    edition = editions.of(card.round.edition)
    rows = list(
        Card.objects.filter(round_id=card.round_id, group=card.group, points__isnull=False)
        .order_by("pk")
        .values_list("pk", "points")
    )
    place = next((n for n, (pk, _) in enumerate(rows) if pk == card.pk), None)
    decide = robustness.deciding(edition, [points or [] for _, points in rows], place) if place is not None else []
    before = _before(card)
    moved: list[robustness.Part] = []
    if before is not None:
        moved = robustness.contributions(
            editions.of(before.round.edition), before.points or [], edition, card.points or []
        )
    lost = [
        (one, one.points - (unscaled(max(points, 0), edition.decimals) or 0))
        for one, points in zip(edition.criteria, card.points or (), strict=False)
    ]
    lost = sorted((pair for pair in lost if pair[1] > 0), key=lambda pair: -pair[1])[:SHOWN]
    return Explained(decide, moved[:SHOWN], lost, before)


def _before(card: Card) -> Card | None:
    if card.round.previous_id is None:
        return None
    rows = Card.objects.select_related("round__edition").filter(round_id=card.round.previous_id)
    found = rows.filter(unit_id=card.unit_id, points__isnull=False).first()
    same = found is not None and editions.of(found.round.edition).decimals == editions.of(card.round.edition).decimals
    return found if same else None


@dataclass(frozen=True)
class Reason:
    """A point that is not the unit's own word, and why."""

    code: str
    own: Decimal | None
    final: Decimal | None
    words: str


def reasons(card: Card) -> list[Reason]:
    """Where the council or an appeal changed a cell, with the public reason: one statement."""
    edition = editions.of(card.round.edition)
    points = dict(zip((one.code for one in edition.criteria), card.points or (), strict=False))
    rows = Cell.objects.filter(card=card).exclude(review_reason="", final_reason="")
    by_code = {one.criterion: one for one in rows}
    found = []
    for one in edition.criteria:
        cell = by_code.get(one.code)
        if cell is not None:
            final = points.get(one.code)
            shown = None if final is None else unscaled(max(final, 0), edition.decimals)
            found.append(Reason(one.code, cell.self_points, shown, cell.final_reason or cell.review_reason))
    return found


def cards_of(round_: Round, actor: Actor, group: str, after: int = 0) -> list[Card]:
    """The round's cards that the actor may see, by unit, a page at a time."""
    rows: Iterable[Card] = (
        Card.objects.visible_to(actor)
        .filter(round=round_, pk__gt=after, **({"group": group} if group else {}))
        .select_related("unit")
        .defer("row", "decided", "points")
        .order_by("pk")[:PAGE]
    )
    return list(rows)
