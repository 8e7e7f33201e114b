"""What a unit does with its card: cells one by one, sending, appeals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Statement, insert, update, update_all
from tinhso.modules.scorecards.models import Appeal, Card, Cell, Round
from tinhso.modules.scorecards.queries import editions, standing
from tinhso.modules.scorecards.rules import numbers, totals, words
from tinhso.modules.scorecards.rules.editions import Criterion, Kind
from tinhso.modules.scorecards.rules.editions import Edition as Read
from tinhso.modules.scorecards.rules.scoring import Scored
from tinhso.modules.scorecards.rules.words import CardState, Permission


@dataclass(frozen=True, slots=True)
class Filled:
    """What a saved cell gives: the cell, and the card's total and number of filled criteria so far."""

    cell: Cell
    total: Decimal
    filled: int


class CellStale(Stale):
    """Two people on one cell: what the other one saved."""

    def __init__(self, inputs: Mapping[str, str], revision: int, who: str) -> None:
        super().__init__("scorecards.cell_changed", f"{who or 'Người khác'} vừa sửa ô này. Xem lại rồi chọn số đúng.")
        self.inputs, self.revision = dict(inputs), revision


def subject_of(card: Card) -> str:
    return f"scorecards/card/{card.pk}"


def locked_card(card_id: int, right: Permission, move: str, by: Actor) -> tuple[Card, Round, Read]:
    """The card under lock with its round as of now; asks the right, then whether the move is possible."""
    card = Card.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=card_id).first()
    if card is None:
        raise NotFound
    if not by.may(right, card.unit_id):
        raise NotAllowed
    round_ = Round.objects.select_related("edition").defer("edition__content").get(pk=card.round_id)
    if not words.may(move, card.state, round_.state):
        raise Refusal("scorecards.card_state", _why_not(card, round_))
    return card, round_, editions.of(round_.edition)


def _why_not(card: Card, round_: Round) -> str:
    if round_.state != words.RoundState.OPEN:
        return f"Kỳ đánh giá này: {words.ROUND_NAMES[words.RoundState(round_.state)].lower()}. Không sửa được nữa."
    return f"Phiếu này: {words.CARD_NAMES[CardState(card.state)].lower()}. Không làm được việc này ở bước này."


def criterion_of(edition: Read, code: str) -> Criterion:
    found = edition.by_code.get(code)
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def fill(
    *, card_id: int, criterion: str, values: Mapping[str, str], revision: int | None, by: Actor, at: datetime
) -> Filled:
    """Put numbers into one cell; its points and the card's total follow at once. Three statements.

    ``revision`` is what the person saw (None: take mine whatever stands there). Raises CellStale with what the other
    one saved, Refusal ``scorecards.number``, ``scorecards.computed`` for a cell the system fills.
    """
    card = _held_to_fill(card_id, by)
    edition = editions.of(card.round.edition)
    wanted = criterion_of(edition, criterion)
    now = standing.now(card, subject_of(card), criterion)
    card.round.state = now.round_state
    if not words.may("fill", card.state, now.round_state):
        raise Refusal("scorecards.card_state", _why_not(card, card.round))
    given = _read(wanted, values)
    inputs = {name: numbers.plain(value) for name, value in given.items() if value is not None}
    was = now.given.get(criterion)
    if was is not None:
        _refuse_changed(was, inputs, revision)
    scored = standing.scored_again(card, now, wanted, inputs)
    cell = Cell(
        card=card, criterion=criterion, inputs=inputs, revision=(was.revision if was else 0) + 1, filled_at=at,
        filled_by_id=by.account_id, self_points=standing.points_of(scored[criterion], edition),
    )  # fmt: skip
    card.self_total = Decimal(totals.compose(edition, scored).total).scaleb(-edition.total_places)
    card.filled = sum(one.points is not None for one in scored.values())
    before = dict(was.inputs) if was else {}
    data = {"criterion": criterion, "inputs": inputs, "was": before, "points": numbers.plain(cell.self_points)}
    entry = journal.compose(subject=subject_of(card), verb="scorecards.fill", by=by, at=at, head=now.head, data=data)
    formulas = _formulas(edition, now, scored, criterion)
    journal.write(entry, _written(cell, was), update(card, "self_total", "filled"), *formulas)
    return Filled(cell, card.self_total, card.filled)


def _held_to_fill(card_id: int, by: Actor) -> Card:
    """The card under lock. Who may fill it sees it, so that only who may not is asked whether they see it at all."""
    card = standing.held(card_id)
    if card is None or not by.may(Permission.FILL, card.unit_id):
        raise NotAllowed if Card.objects.visible_to(by).filter(pk=card_id).exists() else NotFound
    return card


def _refuse_changed(was: standing.Given, inputs: Mapping[str, str], revision: int | None) -> None:
    """A cell of the system is not typed into; one that changed since it was seen is shown again."""
    if was.is_system:
        raise Refusal("scorecards.computed", "Ô này do hệ thống tính, không nhập được. Sai số liệu thì ghi kiến nghị.")
    if revision is not None and revision != was.revision and inputs != was.inputs:
        who = Account.objects.filter(pk=was.filled_by or 0).values_list("display_name", flat=True).first()
        raise CellStale(was.inputs, was.revision, who or "")


_TYPED = ("inputs", "revision", "needs_more", "filled_at", "filled_by", "self_points")


def _written(cell: Cell, was: standing.Given | None) -> Statement:
    """The cell as a new row, or in place of what stood there."""
    if was is None:
        return insert(cell)
    cell.pk = was.id
    return update(cell, *_TYPED)


def _formulas(edition: Read, now: standing.Standing, scored: Mapping[str, Scored], but: str) -> Iterator[Statement]:
    """Points of formulas that name the cell just changed."""
    changed = [
        Cell(pk=given.id, self_points=standing.points_of(scored[code], edition))
        for code, given in now.given.items()
        if code != but and scored[code].points != now.points.get(code)
    ]
    if changed:
        yield update_all(Cell, changed, "self_points")


def _read(wanted: Criterion, values: Mapping[str, str]) -> dict[str, Decimal | None]:
    """The inputs of one criterion as numbers; also refuses what no rule can mean."""
    given: dict[str, Decimal | None] = {}
    for one in wanted.inputs:
        text = str(values.get(one.code, ""))
        given[one.code] = numbers.read(text, name=one.name, field=one.code, may_be_negative=one.may_be_negative)
    first = next(iter(given.values()), None)
    kind = wanted.rule.kind
    if kind is Kind.JUDGED and first is not None and first > wanted.points:
        message = f"Điểm tối đa của tiêu chí này là {numbers.shown(wanted.points)}."
        raise Refusal("scorecards.number", message, field=wanted.inputs[0].code)
    if kind in (Kind.YES_NO, Kind.PARTS) and any(value not in (None, 0, 1) for value in given.values()):
        raise Refusal("scorecards.number", "Chọn Có hoặc Không.", field=wanted.inputs[0].code)
    known = range(len(wanted.rule.choices))
    if kind is Kind.OPTIONS and first is not None and first not in known:
        raise Refusal("scorecards.number", "Chọn một trong các mức.", field=wanted.inputs[0].code)
    return given


@transaction.atomic
def submit(*, card_id: int, by: Actor, at: datetime) -> Card:
    """Send the card to the council. Refused after the due moment, and while a typed score has no evidence."""
    card, round_, edition = locked_card(card_id, Permission.SUBMIT, "submit", by)
    if at > round_.due_at and card.state == CardState.FILLING:
        raise Refusal("scorecards.too_late", "Đã hết hạn gửi tự đánh giá. Liên hệ đơn vị chủ trì.")
    bare = _without_evidence(card, edition)
    if bare:
        shown = ", ".join(bare[:5]) + (f" và {len(bare) - 5} tiêu chí khác" if len(bare) > 5 else "")
        raise Refusal("scorecards.no_evidence", f"Thêm minh chứng cho: {shown}.")
    card.state, card.submitted_at, card.submitted_by_id = CardState.SUBMITTED, at, by.account_id
    card.save(update_fields=["state", "submitted_at", "submitted_by"])
    Cell.objects.filter(card=card, needs_more=True).update(needs_more=False)
    data = {"total": numbers.shown(card.self_total), "filled": card.filled}
    note(subject=subject_of(card), verb="scorecards.submit", by=by, at=at, data=data)
    return card


def _without_evidence(card: Card, edition: Read) -> list[str]:
    """Criteria that claim points but prove nothing, in the order of the sheet."""
    rows = Cell.objects.filter(card=card, is_system=False, self_points__gt=0, evidence__isnull=True)
    codes = set(rows.values_list("criterion", flat=True))
    return [one.code for one in edition.criteria if one.code in codes]


@transaction.atomic
def appeal(
    *, card_id: int, criterion: str, input_code: str, claimed: str, reason: str, by: Actor, at: datetime
) -> Appeal:
    """Object to one input of one criterion, or (``input_code`` empty) to the points the council set."""
    card, round_, edition = locked_card(card_id, Permission.SUBMIT, "appeal", by)
    last = round_.appeals_until
    if last is not None and timezone.localdate(at) > last:
        raise Refusal("scorecards.appeal_too_late", f"Đã hết hạn kiến nghị (ngày {last:%d/%m/%Y}).")
    wanted = criterion_of(edition, criterion)
    cell, _made = Cell.objects.get_or_create(card=card, criterion=criterion)
    said = words.reason_from(reason)
    if input_code:
        if input_code not in {one.code for one in wanted.inputs}:
            raise NotFound
        value = _read(wanted, {**cell.inputs, input_code: claimed})[input_code]
    else:
        value = points_from(wanted, claimed, edition)
    if value is None:
        raise Refusal("scorecards.number", "Nhập số mà đơn vị cho là đúng.", field="claimed")
    if by.account_id is None:
        raise NotAllowed
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                cell=cell,
                input=input_code,
                claimed=numbers.plain(value),
                reason=said,
                made_by_id=by.account_id,
                made_at=at,
            )
    except IntegrityError:
        raise Refusal("scorecards.appealed", "Đã có kiến nghị về số liệu này, đang chờ trả lời.") from None
    data = {"criterion": criterion, "input": input_code, "claimed": made.claimed, "reason": said}
    note(subject=subject_of(card), verb="scorecards.appeal", by=by, at=at, data=data)
    return made


def points_from(wanted: Criterion, text: str, edition: Read) -> Decimal | None:
    """Points within 0 and the maximum, with no more places than the edition rounds to."""
    value = numbers.read(text, name="Điểm", field="points")
    if value is None:
        return None
    if value > wanted.points or value != round(value, edition.decimals):
        limit = numbers.shown(wanted.points)
        message = f"Điểm từ 0 đến {limit}, nhiều nhất {edition.decimals} chữ số thập phân."
        raise Refusal("scorecards.points", message, field="points")
    return value
