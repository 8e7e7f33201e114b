"""Money that came: judging an order by it, and what a person decides where it does not fit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.people.rules import Actor
from tinhso.modules.payments.actions import orders
from tinhso.modules.payments.models import Order, Transfer
from tinhso.modules.payments.rules import Permission, states
from tinhso.modules.payments.rules.matching import DIFFERENCES, Money, Verdict, judge
from tinhso.modules.payments.rules.states import State
from tinhso.modules.payments.rules.words import Method

OUT_OF_PLAY = (Verdict.IGNORED, Verdict.REFUNDED)


@transaction.atomic
def settle(*, order_id: int, by: Actor, at: datetime) -> Order:
    """Judge an order by all the money that names it. Repeatable: the same money gives the same state."""
    order = Order.objects.locked(order_id)
    settled(order, by=by, at=at)
    return order


def settled(order: Order, *, by: Actor, at: datetime) -> dict[str, Verdict]:
    """As ``settle``, for a locked order; the verdict on each transfer by the bank's own number."""
    rows = _named_by(order)
    judged = judge(
        amount=order.amount,
        state=State(order.state),
        expires_at=order.expires_at,
        kept=[one.id for one, verdict, _ in rows if verdict == Verdict.MATCHED],
        moneys=[one for one, _, _ in rows],
    )
    for verdict in {judged.verdicts[one.id] for one, old, _ in rows if judged.verdicts[one.id] != old}:
        changed = [one.id for one, old, _ in rows if judged.verdicts[one.id] == verdict != old]
        Transfer.objects.filter(pk__in=changed).update(verdict=verdict.value)
    before, order.received = order.received, judged.received
    if judged.verb == "pay":
        orders.paid(order, method=Method.TRANSFER, by=by, at=at)
        orders.close_renewed(order, by=by, at=at)
    elif judged.verb == "differ" and (order.state != State.MISMATCH or before != order.received):
        order.state = states.after("differ", order.state)
        order.save(update_fields=["state", "received"])
        orders.tell(order, order.case, "payments.differs", by, at, received=dong(order.received))
    elif before != order.received:
        order.save(update_fields=["received"])
    return {reference: judged.verdicts[one.id] for one, _, reference in rows}


def _named_by(order: Order) -> list[tuple[Money, str, str]]:
    """The money that names an order and is in play: with its verdict so far and the bank's own number."""
    rows = Transfer.objects.filter(order_id=order.pk).exclude(verdict__in=[one.value for one in OUT_OF_PLAY])
    found = rows.order_by("id").values_list("id", "amount", "booked_at", "verdict", "bank_reference")
    return [(Money(key, amount, at), verdict, reference) for key, amount, at, verdict, reference in found]


def of_actor(transfer_id: int, by: Actor) -> Transfer:
    """The transfer, locked, if the actor reconciles its account or its order. Raises NotFound, NotAllowed."""
    found = Transfer.objects.select_for_update(of=("self",)).select_related("account").filter(pk=transfer_id).first()
    if found is None:
        raise NotFound
    units = {found.account.unit_id} | ({found.order.unit_id} if found.order else set())
    if not any(by.may(Permission.RECONCILE, unit) for unit in units):
        raise NotAllowed
    return found


@transaction.atomic
def assign(*, transfer_id: int, reference: str, by: Actor, at: datetime) -> Order:
    """Give money without a readable reference, or for an order that had ended, to the order it is meant for."""
    target = Order.objects.filter(reference=reference).first()
    if target is None:
        raise Refusal("payments.no_order", "Không có khoản thu nào mang mã này. Kiểm tra lại mã.", field="reference")
    order = Order.objects.locked(target.pk)
    transfer = of_actor(transfer_id, by)
    _undecided(transfer)
    if order.state not in states.PAYABLE:
        name = states.STATE_NAMES[State(order.state)]
        raise Refusal("payments.not_waiting", f"Khoản thu này đang “{name}”, không nhận thêm tiền.", field="reference")
    before = transfer.order
    transfer.order, transfer.verdict = order, Verdict.PARTIAL
    _decided(transfer, f"Gán cho {order.reference}", by, at)
    order.expires_at = None  # a person looked at it: it is not late any more
    order.save(update_fields=["expires_at"])
    settled(order, by=by, at=at)
    if before is not None and before.pk != order.pk:
        _left(before, by, at)
    return order


def _left(order: Order, by: Actor, at: datetime) -> None:
    """The order that the money was first taken for: without it, nothing lies there any more."""
    rest = Transfer.objects.filter(order=order).exclude(verdict__in=OUT_OF_PLAY).exists()
    if order.state != State.MISMATCH:
        settled(order, by=by, at=at)
    elif not rest:
        order.state, order.received = states.after("return_all", order.state), 0
        order.note = "Tiền đã chuyển sang khoản thu khác"
        order.save(update_fields=["state", "received", "note"])


@transaction.atomic
def accept(*, order_id: int, by: Actor, at: datetime) -> Order:
    """Take what came as payment although it came late or is too much; the surplus is then a refund of its own.

    Refused while it is too little."""
    order = Order.objects.locked(order_id)
    orders.ask_right(order, Permission.RECONCILE, by)
    states.after("accept", order.state)
    if order.received < order.amount:
        raise Refusal(
            "payments.too_little", f"Còn thiếu {dong(order.missing)}: đợi nộp thêm hoặc hoàn lại phần đã nhận."
        )
    Transfer.objects.filter(order=order, verdict__in=DIFFERENCES).update(
        verdict=Verdict.MATCHED, decided_by_id=by.account_id, decided_at=at, reason="Chấp nhận"
    )
    orders.paid(order, method=Method.TRANSFER, by=by, at=at)
    orders.close_renewed(order, by=by, at=at)
    return order


@transaction.atomic
def ignore(*, transfer_id: int, reason: str, by: Actor, at: datetime) -> Transfer:
    """Leave money out with a reason, such as a transfer between the agency's own accounts."""
    words = _reason(reason)
    held = Transfer.objects.filter(pk=transfer_id).values_list("order_id", flat=True).first()
    order = Order.objects.locked(held) if held else None
    transfer = of_actor(transfer_id, by)
    _undecided(transfer)
    transfer.verdict = Verdict.IGNORED
    _decided(transfer, words, by, at)
    if order is not None:
        after_leaving(order, by, at)
    return transfer


def after_leaving(order: Order, by: Actor, at: datetime) -> None:
    """Judge again once money was taken out: a double gone leaves the order paid, the only money gone closes it."""
    if order.state == State.MISMATCH and not order.transfers.exclude(verdict__in=OUT_OF_PLAY).exists():
        _left(order, by, at)
    else:
        settled(order, by=by, at=at)


def _undecided(transfer: Transfer) -> None:
    if transfer.verdict not in DIFFERENCES:
        raise Refusal("payments.decided", "Giao dịch này đã được xử lý. Tải lại trang.")


def _reason(text: str) -> str:
    if len(text.strip()) < 5:
        raise Refusal("payments.reason", "Ghi lý do để người sau hiểu (ít nhất 5 ký tự).", field="reason")
    return text.strip()[:300]


def _decided(transfer: Transfer, reason: str, by: Actor, at: datetime) -> None:
    transfer.decided_by_id, transfer.decided_at, transfer.reason = by.account_id, at, reason
    transfer.save(update_fields=["order", "verdict", "decided_by", "decided_at", "reason"])
    journal.note(
        subject=f"payments/{transfer.account.code}",
        verb="payments.transfer_decided",
        by=by,
        at=at,
        data={"bank_reference": transfer.bank_reference, "shown": dong(transfer.amount), "reason": reason},
    )
