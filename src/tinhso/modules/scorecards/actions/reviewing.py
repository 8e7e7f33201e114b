"""What the council does: agree or give other points with a reason, ask for more, answer appeals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import insert, update
from tinhso.modules.scorecards.actions.filling import criterion_of, locked_card, points_from, subject_of
from tinhso.modules.scorecards.models import Appeal, Card, Cell, Round
from tinhso.modules.scorecards.queries import cards as reading
from tinhso.modules.scorecards.queries import standing
from tinhso.modules.scorecards.rules import numbers, words
from tinhso.modules.scorecards.rules.editions import Edition as Read
from tinhso.modules.scorecards.rules.words import AppealState, CardState, Permission


def _as_council(card_id: int, move: str, by: Actor) -> tuple[Card, Round, Read]:
    """The card under lock; nobody judges the unit they belong to."""
    card, round_, edition = locked_card(card_id, Permission.REVIEW, move, by)
    if reading.is_own(card, by):
        raise NotAllowed("scorecards.own_unit", "Bạn thuộc đơn vị này nên không được thẩm định phiếu của đơn vị.")
    return card, round_, edition


@transaction.atomic
def review(
    *, card_id: int, criterion: str, points: str, reason: str, revision: int | None, by: Actor, at: datetime
) -> Cell:
    """Agree with a cell (``points`` empty or the same) or set other points, which needs a sentence that all may read.

    Raises Stale when another member changed the cell since ``revision`` was seen.
    """
    card, _round, edition = _as_council(card_id, "review", by)
    wanted = criterion_of(edition, criterion)
    cells = {one.criterion: one for one in Cell.objects.filter(card=card)}
    cell = cells.setdefault(criterion, Cell(card=card, criterion=criterion))
    if revision is not None and revision != cell.review_revision:
        raise Stale("scorecards.review_changed", "Thành viên khác vừa thẩm định tiêu chí này. Xem lại rồi chấm.")
    given = points_from(wanted, points, edition)
    differs = given is not None and given != (cell.self_points or 0)
    cell.review_points = given if differs else None
    cell.review_reason = words.reason_from(reason) if differs else ""
    cell.review_revision += 1
    cell.reviewed_at, cell.reviewed_by_id = at, by.account_id
    scored = reading.scores(edition, cells.values())
    card.review_total = scored.total(scored.reviewed_summary)
    data = {
        "criterion": criterion,
        "points": numbers.shown(given if differs else cell.self_points) or "0",
        "own": numbers.plain(cell.self_points),
        "reason": cell.review_reason,
    }
    subject = subject_of(card)
    entry = journal.compose(
        subject=subject, verb="scorecards.review", by=by, at=at, head=standing.head_of(subject), data=data
    )
    written = update(cell, *_REVIEWED) if cell.pk else insert(cell)
    journal.write(entry, written, update(card, "review_total"))
    return cell


_REVIEWED = ("review_points", "review_reason", "review_revision", "reviewed_at", "reviewed_by")


def _add_up(card: Card, edition: Read) -> None:
    scored = reading.scores(edition, Cell.objects.filter(card=card))
    card.review_total = scored.total(scored.reviewed_summary)
    card.save(update_fields=["review_total"])


@transaction.atomic
def ask_more(*, card_id: int, criteria: Collection[str], reason: str, by: Actor, at: datetime) -> Card:
    """Give the card back for some criteria, with what is missing."""
    card, _round, edition = _as_council(card_id, "ask_more", by)
    if not criteria:
        raise Refusal("scorecards.no_criteria", "Chọn ít nhất một tiêu chí cần bổ sung.", field="criteria")
    codes = [criterion_of(edition, code).code for code in criteria]
    Cell.objects.bulk_create((Cell(card=card, criterion=code) for code in codes), ignore_conflicts=True)
    Cell.objects.filter(card=card, criterion__in=codes).update(needs_more=True)
    card.state, card.asked_words = CardState.RETURNED, words.reason_from(reason)
    card.save(update_fields=["state", "asked_words"])
    data = {"criteria": ", ".join(codes), "reason": card.asked_words, "card": card.pk}
    note(subject=subject_of(card), verb="scorecards.ask_more", by=by, at=at, data=data)
    return card


@transaction.atomic
def finish_review(*, card_id: int, by: Actor, at: datetime) -> Card:
    """The council is done with a card: what it did not touch, it agrees with."""
    card, _round, edition = _as_council(card_id, "finish_review", by)
    scored = reading.scores(edition, Cell.objects.filter(card=card))
    card.review_total = scored.total(scored.reviewed_summary)
    card.state, card.reviewed_at, card.reviewed_by_id = CardState.REVIEWED, at, by.account_id
    card.save(update_fields=["review_total", "state", "reviewed_at", "reviewed_by"])
    data = {"total": numbers.shown(card.review_total)}
    note(subject=subject_of(card), verb="scorecards.finish_review", by=by, at=at, data=data)
    return card


@transaction.atomic
def answer(*, appeal_id: int, granted: bool, reason: str, by: Actor, at: datetime) -> Appeal:
    """Answer an appeal with a public reason; granted, the input (or the points) it named is put right."""
    where = Appeal.objects.filter(pk=appeal_id).values_list("cell__card_id", flat=True).first()
    if where is None:
        raise NotFound
    card, _round, edition = _as_council(where, "answer", by)
    found = Appeal.objects.select_for_update(of=("self",)).select_related("cell").get(pk=appeal_id)
    if found.state != AppealState.OPEN:
        raise Stale("scorecards.answered", "Kiến nghị này đã được trả lời.")
    found.answer = words.reason_from(reason)
    found.state = AppealState.GRANTED if granted else AppealState.REFUSED
    found.answered_by_id, found.answered_at = by.account_id, at
    found.save(update_fields=["answer", "state", "answered_by", "answered_at"])
    if granted:
        _put_right(found)
        _add_up(card, edition)
    data = {
        "criterion": found.cell.criterion, "input": found.input, "claimed": found.claimed, "granted": granted,
        "reason": found.answer,
    }  # fmt: skip
    note(subject=subject_of(card), verb="scorecards.answer", by=by, at=at, data=data)
    return found


def _put_right(found: Appeal) -> None:
    """An input is corrected and the rule decides anew; or the points claimed are given."""
    cell = found.cell
    if found.input:
        cell.final_inputs = {**(cell.final_inputs or cell.inputs), found.input: found.claimed}
        cell.review_points, cell.review_reason = None, ""
    else:
        cell.review_points, cell.review_reason = numbers.read(found.claimed.replace(".", ",")), found.answer
    cell.final_reason = found.answer
    cell.save(update_fields=["final_inputs", "final_reason", "review_points", "review_reason"])
