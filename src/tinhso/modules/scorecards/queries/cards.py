"""A unit's card as its pages show it: every criterion with what was given, reviewed and decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count

from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.models import Position
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui.templatetags.ui import number
from tinhso.kernel.units.queries import tree
from tinhso.modules.scorecards.models import Card, Cell
from tinhso.modules.scorecards.queries import editions
from tinhso.modules.scorecards.rules import totals
from tinhso.modules.scorecards.rules.editions import Criterion, Edition, Index, Kind
from tinhso.modules.scorecards.rules.numbers import LEFT_OUT, UNFILLED, scaled, shown, unscaled
from tinhso.modules.scorecards.rules.scoring import Scored, Values, score_all


def decimals_of(inputs: Mapping[str, str] | None) -> dict[str, Decimal | None]:
    """Stored plain decimals as numbers; what cannot be read counts as empty."""
    found: dict[str, Decimal | None] = {}
    for name, text in (inputs or {}).items():
        try:
            found[name] = Decimal(text) if text != "" else None
        except InvalidOperation:
            found[name] = None
    return found


@dataclass(frozen=True)
class Scores:
    """One card scored three ways from its cells."""

    own: dict[str, Scored]
    reviewed: dict[str, Scored]
    edition: Edition

    @property
    def own_summary(self) -> totals.Summary:
        return totals.compose(self.edition, self.own)

    @property
    def reviewed_summary(self) -> totals.Summary:
        return totals.compose(self.edition, self.reviewed)

    def total(self, summary: totals.Summary) -> Decimal:
        return Decimal(summary.total).scaleb(-self.edition.total_places)


def final_values(cells: Iterable[Cell]) -> dict[str, Values]:
    """The inputs that count in the end: the unit's, corrected where an appeal was granted."""
    return {one.criterion: decimals_of(one.final_inputs or one.inputs) for one in cells}


def decided_points(edition: Edition, cells: Iterable[Cell]) -> dict[str, int]:
    """Points that the council set, by criterion, in the edition's last place."""
    return {
        one.criterion: scaled(one.review_points, edition.decimals) for one in cells if one.review_points is not None
    }


def scores(edition: Edition, cells: Iterable[Cell]) -> Scores:
    cells = list(cells)
    own = score_all(edition, {one.criterion: decimals_of(one.inputs) for one in cells})
    decided = decided_points(edition, cells)
    if not decided and all(one.final_inputs is None for one in cells):
        return Scores(own, own, edition)
    return Scores(own, score_all(edition, final_values(cells), decided), edition)


@dataclass(frozen=True)
class Field:
    """One input in the grid: ``text`` as people write it in a cell, ``choices`` when it is chosen rather than typed."""

    code: str
    name: str
    value: Decimal | None
    words: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return shown(self.value)

    @property
    def shown(self) -> str:
        """The words of what was chosen, or the number as it is read: with full stops between thousands."""
        return dict(self.choices).get(self.text) or number(self.value)


@dataclass(frozen=True)
class Line:
    """One criterion as the grid shows it. Points are decimals, None while not given."""

    criterion: Criterion
    index: Index
    cell: Cell | None
    fields: tuple[Field, ...]
    own: Decimal | None
    reviewed: Decimal | None
    final: Decimal | None
    evidence: int
    revision: int
    review_revision: int
    is_locked: bool
    is_left_out: bool

    @property
    def code(self) -> str:
        return self.criterion.code

    @property
    def is_done(self) -> bool:
        return self.own is not None

    @property
    def differs(self) -> Decimal | None:
        """How far the council is from the unit; None when they agree."""
        if self.reviewed is None or self.cell is None or self.cell.reviewed_at is None:
            return None
        gap = self.reviewed - (self.own or 0)
        return gap or None

    @property
    def state(self) -> str:
        """A word for the row: locked, more, done, flagged (no evidence) or open."""
        if self.cell is not None and self.cell.needs_more:
            return "more"
        if self.is_locked:
            return "locked"
        if not self.is_done:
            return "open"
        return "done" if self.evidence else "flagged"


def fields_of(criterion: Criterion, cell: Cell | None) -> tuple[Field, ...]:
    given = decimals_of(cell.inputs if cell else {})
    words: Mapping[str, Any] = {}
    if cell is not None and cell.is_system:
        figure = next((one.figure for one in cell.evidence.all() if one.kind == "figure"), None)
        words = (figure or {}).get("words", {})
    return tuple(
        Field(one.code, one.name, given.get(one.code), str(words.get(one.code, "")), _choices(criterion))
        for one in criterion.inputs
    )


def _choices(criterion: Criterion) -> tuple[tuple[str, str], ...]:
    if criterion.rule.kind is Kind.OPTIONS:
        return tuple((str(n), name) for n, (name, _) in enumerate(criterion.rule.choices))
    if criterion.rule.kind in (Kind.YES_NO, Kind.PARTS):
        return (("1", "Có"), ("0", "Không"))
    return ()


def lines(card: Card) -> list[Line]:
    """All criteria of a card in order; three statements however many there are."""
    edition = editions.of(card.round.edition)
    rows = Cell.objects.filter(card=card).annotate(number=Count("evidence")).prefetch_related("evidence")
    cells = {one.criterion: one for one in rows}
    scored = scores(edition, cells.values())
    final = dict(zip((one.code for one in edition.criteria), card.points or (), strict=False))

    def line(one: Criterion) -> Line:
        cell = cells.get(one.code)
        own, reviewed = scored.own[one.code], scored.reviewed[one.code]
        return Line(
            criterion=one,
            index=edition.index_of[one.code],
            cell=cell,
            fields=fields_of(one, cell),
            own=_points(edition, own.points),
            reviewed=_points(edition, reviewed.points),
            final=_points(edition, final.get(one.code)),
            evidence=cell.number if cell else 0,
            revision=cell.revision if cell else 0,
            review_revision=cell.review_revision if cell else 0,
            is_locked=bool(cell and cell.is_system),
            is_left_out=own.left_out,
        )

    return [line(one) for one in edition.criteria]


def _points(edition: Edition, points: int | None) -> Decimal | None:
    if points is None or points == UNFILLED:
        return None
    return Decimal(0) if points == LEFT_OUT else unscaled(points, edition.decimals)


@dataclass(frozen=True)
class Part:
    """A heading of the grid: an index with its lines and what they give so far."""

    index: Index
    lines: list[Line] = field(default_factory=list)

    @property
    def own(self) -> Decimal:
        return sum((one.own or Decimal(0) for one in self.lines), Decimal(0))


def parts(all_lines: Iterable[Line]) -> list[Part]:
    found: dict[str, Part] = {}
    for one in all_lines:
        found.setdefault(one.index.code, Part(one.index)).lines.append(one)
    return list(found.values())


def visible_card(card_id: int, actor: Actor) -> Card:
    """Raises NotFound for a card the actor may not see."""
    card = (
        Card.objects.visible_to(actor)
        .select_related("round__edition", "unit", "submitted_by", "reviewed_by")
        .defer("round__edition__content")
        .filter(pk=card_id)
        .first()
    )
    if card is None:
        raise NotFound
    return card


def is_own(card: Card, actor: Actor) -> bool:
    """Whether the actor belongs to the unit that is assessed, or filled its card: then they cannot judge it."""
    if actor.account_id is None:
        return False
    places = Position.objects.filter(account_id=actor.account_id, ends_on__isnull=True).values_list(
        "unit_id", flat=True
    )
    known = tree()
    bodies = {known.body_of(place).id for place in places if place in known.nodes}
    if card.unit_id in bodies or card.submitted_by_id == actor.account_id:
        return True
    acts = ("scorecards.fill", "scorecards.attach", "scorecards.submit")
    history = Entry.objects.filter(subject=f"scorecards/card/{card.pk}", actor_id=actor.account_id, verb__in=acts)
    return history.exists()
