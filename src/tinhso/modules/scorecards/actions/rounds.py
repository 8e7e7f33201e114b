"""Opening a round, filling what the system knows, announcing, closing (everything is frozen) and publishing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import msgspec
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Measured
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.modules.scorecards.models import Appeal, Card, Cell, CriteriaEdition, Evidence, Round
from tinhso.modules.scorecards.queries import cards as reading
from tinhso.modules.scorecards.queries import editions, measures
from tinhso.modules.scorecards.rules import bundles
from tinhso.modules.scorecards.rules.editions import Criterion
from tinhso.modules.scorecards.rules.editions import Edition as Read
from tinhso.modules.scorecards.rules.numbers import plain
from tinhso.modules.scorecards.rules.words import (
    ROUND_MOVES,
    AppealState,
    CardState,
    EvidenceKind,
    Permission,
    RoundState,
)

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a round is opened with: days both inclusive; ``units`` empty means all living units that the groups take."""

    code: str
    name: str
    edition_id: int
    since: date
    until: date
    due_at: datetime
    appeals_until: date | None = None
    previous_id: int | None = None
    units: Collection[int] = ()
    is_demonstration: bool = False


def _manages(by: Actor) -> None:
    if not by.may(Permission.MANAGE):
        raise NotAllowed


def _locked(round_id: int, move: str) -> Round:
    """The round under lock, when it may make this move. Raises Refusal ``scorecards.round_state``."""
    found = Round.objects.select_for_update(of=("self",)).filter(pk=round_id).first()
    if found is None:
        raise NotFound
    if RoundState(found.state) not in ROUND_MOVES[move]:
        raise Refusal("scorecards.round_state", "Kỳ đánh giá đã sang bước khác nên không làm được việc này nữa.")
    return found


def _subject(round_: Round) -> str:
    return f"scorecards/round/{round_.pk}"


@transaction.atomic
def open_round(asked: Asked, *, by: Actor, at: datetime) -> Round:
    """Open a round: a card for each unit, cells of what the system knows filled at once."""
    _manages(by)
    if asked.until < asked.since:
        raise Refusal("scorecards.period", "Ngày cuối của kỳ không được trước ngày đầu.", field="until")
    edition = CriteriaEdition.objects.binding().filter(pk=asked.edition_id).first()
    if edition is None:
        raise Refusal("scorecards.edition_not_published", "Chọn một bộ tiêu chí đã công bố.", field="edition")
    read = editions.of(edition)
    units = _units(read, asked)
    if not units:
        raise Refusal("scorecards.no_units", "Không có đơn vị nào thuộc các nhóm của bộ tiêu chí này.", field="edition")
    try:
        with transaction.atomic():
            opened = Round.objects.create(
                code=asked.code.strip(), name=asked.name.strip(), edition=edition, since=asked.since,
                until=asked.until, due_at=asked.due_at, appeals_until=asked.appeals_until,
                previous_id=asked.previous_id, opened_at=at, is_demonstration=asked.is_demonstration,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("scorecards.code_taken", "Mã kỳ đánh giá này đã dùng. Chọn mã khác.", field="code") from None
    Card.objects.bulk_create((Card(round=opened, unit_id=unit, group=group) for unit, group in units), batch_size=BATCH)
    data = {"name": opened.name, "units": len(units), "edition": edition.pk, "hash": edition.content_hash}
    note(subject=_subject(opened), verb="scorecards.open", by=by, at=at, data=data)
    compute(round_id=opened.pk, by=by, at=at)
    return opened


def _units(edition: Read, asked: Asked) -> list[tuple[int, str]]:
    rows = Unit.objects.living(asked.until).exclude(parent__isnull=True, kind="province")
    if asked.units:
        rows = rows.filter(pk__in=asked.units)
    found = []
    for pk, kind, commune_kind in rows.order_by("pk").values_list("pk", "kind", "commune_kind"):
        group = edition.group_of(kind, commune_kind)
        if group is not None:
            found.append((pk, group.code))
    return found


@transaction.atomic
def compute(*, round_id: int, by: Actor, at: datetime) -> int:
    """Fill and lock every cell whose inputs the platform knows, on cards that are not sent; returns how many cells.

    What was sent keeps the figures of that moment.
    """
    opened = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_id)
    if opened.state != RoundState.OPEN:
        return 0
    read = editions.of(opened.edition)
    computed = [one for one in read.criteria if one.is_computed]
    rows = Card.objects.select_for_update().filter(round=opened, state__in=[CardState.FILLING, CardState.RETURNED])
    cards = {card.unit_id: card for card in rows.order_by("pk")}
    if not computed or not cards:
        return 0
    found = measures.all_of(read, cards.keys(), opened.since, min(opened.until, timezone.localdate(at)))
    made: list[tuple[Cell, dict[str, Measured]]] = []
    for unit, card in cards.items():
        for one in computed:
            known = {each.code: found[unit].get((one.code, each.code)) for each in one.inputs}
            whole = {name: value for name, value in known.items() if value is not None}
            if len(whole) == len(known):
                made.append((_system_cell(card, one, whole, at), whole))
    _write_cells(made, at)
    add_up(opened, list(cards.values()))
    data = {"criteria": len(computed), "cells": len(made), "until": plain_day(at)}
    note(subject=_subject(opened), verb="scorecards.compute", by=by, at=at, data=data)
    return len(made)


def plain_day(at: datetime) -> str:
    return timezone.localdate(at).isoformat()


def _system_cell(card: Card, one: Criterion, known: dict[str, Measured], at: datetime) -> Cell:
    inputs = {name: plain(found.value) for name, found in known.items()}
    return Cell(card=card, criterion=one.code, inputs=inputs, is_system=True, filled_at=at, revision=1)


def _write_cells(made: list[tuple[Cell, dict[str, Measured]]], at: datetime) -> None:
    """Cells and the figures that prove them, each with the moment it was taken."""
    Cell.objects.bulk_create(
        (cell for cell, _ in made), batch_size=BATCH, update_conflicts=True, unique_fields=["card", "criterion"],
        update_fields=["inputs", "is_system", "filled_at"],
    )  # fmt: skip
    ids = {
        (card, code): pk
        for pk, card, code in Cell.objects.filter(card_id__in={cell.card_id for cell, _ in made}).values_list(
            "pk", "card_id", "criterion"
        )
    }
    kept = [ids[cell.card_id, cell.criterion] for cell, _ in made]
    Evidence.objects.filter(cell_id__in=kept, kind=EvidenceKind.FIGURE).delete()
    Evidence.objects.bulk_create(
        (
            Evidence(
                cell_id=pk, kind=EvidenceKind.FIGURE, title="Số liệu hệ thống", frozen_at=at, added_at=at,
                figure={
                    "values": cell.inputs,
                    "words": {name: found.words for name, found in known.items()},
                    "links": {name: found.link for name, found in known.items() if found.link},
                },
            )
            for pk, (cell, known) in zip(kept, made, strict=True)
        ),
        batch_size=BATCH,
    )  # fmt: skip


_POINTS = """
update scorecards_cell cell set self_points = given.points
from jsonb_to_recordset(%s::jsonb) as given(id bigint, points numeric) where cell.id = given.id
"""


def add_up(opened: Round, cards: list[Card]) -> None:
    """Points of all cells and totals of these cards anew, after cells were written in bulk."""
    read = editions.of(opened.edition)
    by_card: dict[int, list[Cell]] = {}
    for cell in Cell.objects.filter(card__in=cards):
        by_card.setdefault(cell.card_id, []).append(cell)
    changed = []
    for card in cards:
        cells = by_card.get(card.pk, [])
        scored = reading.scores(read, cells)
        card.self_total = scored.total(scored.own_summary)
        card.filled = sum(one.points is not None for one in scored.own.values())
        for cell in cells:
            points = scored.own[cell.criterion].points
            changed.append(
                {"id": cell.pk, "points": None if points is None else str(Decimal(points).scaleb(-read.decimals))}
            )
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, [msgspec.json.encode(changed).decode()])
    Card.objects.bulk_update(cards, ["self_total", "filled"], batch_size=BATCH)


@transaction.atomic
def announce(*, round_id: int, by: Actor, at: datetime) -> Round:
    """Show the units what the council found; from now they may appeal. Cards that were never sent stay out."""
    _manages(by)
    found = _locked(round_id, "announce")
    _refuse_unfinished(found)
    found.state = RoundState.ANNOUNCED
    found.save(update_fields=["state"])
    note(subject=_subject(found), verb="scorecards.announce", by=by, at=at, data={"round": found.pk})
    return found


def _refuse_unfinished(found: Round) -> None:
    waiting = Card.objects.filter(round=found, state__in=[CardState.SUBMITTED, CardState.RETURNED]).count()
    if waiting:
        raise Refusal(
            "scorecards.unfinished", f"Còn {waiting} phiếu chưa thẩm định xong. Thẩm định xong hoặc nhận bổ sung trước."
        )


@transaction.atomic
def close(*, round_id: int, by: Actor, at: datetime) -> Round:
    """Freeze all that the scores come from, and score, rank and grade every unit that sent its card.

    Whoever types at this moment is either before it, and counted, or refused.
    """
    _manages(by)
    found = _locked(round_id, "close")
    cards = list(Card.objects.select_for_update(of=("self",)).filter(round=found).order_by("pk"))
    _refuse_unfinished(found)
    if Appeal.objects.filter(cell__card__round=found, state=AppealState.OPEN).exists():
        raise Refusal("scorecards.open_appeals", "Còn kiến nghị chưa trả lời. Trả lời hết rồi chốt.")
    freeze([card for card in cards if card.state == CardState.REVIEWED], editions.of(found.edition))
    found.state, found.closed_at = RoundState.CLOSED, at
    found.save(update_fields=["state", "closed_at"])
    note(subject=_subject(found), verb="scorecards.close", by=by, at=at, data={"name": found.name, "units": len(cards)})
    return found


def freeze(cards: list[Card], edition: Read) -> None:
    """Write the frozen columns of these cards."""
    if not cards:
        raise Refusal("scorecards.nothing_to_close", "Chưa có phiếu nào được thẩm định nên chưa chốt được.")
    from tinhso.modules.scorecards.rules.plans import Plan

    plan = Plan(edition)
    cells: dict[int, list[Cell]] = {}
    for cell in Cell.objects.filter(card__in=cards):
        cells.setdefault(cell.card_id, []).append(cell)
    for card in cards:
        own = cells.get(card.pk, [])
        card.row = plan.inputs(reading.final_values(own))
        card.decided = reading.decided_points(edition, own)
    made = bundles.compute(
        edition,
        [card.group for card in cards],
        [tuple(card.row or ()) for card in cards],
        [card.decided or {} for card in cards],
    )
    points = made.result.points.tolist()
    for n, card in enumerate(cards):
        card.points = points[n]
        card.final_total = Decimal(int(made.result.totals[n])).scaleb(-edition.total_places)
        card.pillars, card.indices = made.result.pillars[n].tolist(), made.result.indices[n].tolist()
        card.rank, card.grade = made.ranks[n], made.grades[n]
    _intervals(cards, edition)
    Card.objects.bulk_update(cards, _FROZEN, batch_size=500)


_FROZEN = [
    "row", "decided", "points", "pillars", "indices", "final_total", "rank", "grade", "rank_low", "rank_high",
]  # fmt: skip


def _intervals(cards: list[Card], edition: Read) -> None:
    from tinhso.modules.scorecards.rules import robustness

    groups: dict[str, list[Card]] = {}
    for card in cards:
        groups.setdefault(card.group, []).append(card)
    for own in groups.values():
        given = [robustness.Given(card.row or [], card.points or [], card.decided or {}) for card in own]
        found = robustness.intervals(edition, given, [card.rank or 0 for card in own])
        for card, one in zip(own, found, strict=True):
            card.rank_low, card.rank_high = one.low, one.high


@transaction.atomic
def publish(*, round_id: int, number: str, decided_on: date, by: Actor, at: datetime) -> Round:
    """Publish a closed round under the number of its decision; everybody can read it from now on."""
    _manages(by)
    found = _locked(round_id, "publish")
    if not number.strip():
        raise Refusal("scorecards.number_missing", "Nhập số, ký hiệu quyết định công bố.", field="number")
    found.state, found.published_at = RoundState.PUBLISHED, at
    found.decision_number, found.decided_on = number.strip()[:60], decided_on
    found.save(update_fields=["state", "published_at", "decision_number", "decided_on"])
    note(subject=_subject(found), verb="scorecards.publish", by=by, at=at, data={"name": found.name, "round": found.pk})
    return found
