"""Giving money back: asked for by one person, approved by another, paid out, proven."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.people.rules import Actor
from tinhso.modules.payments.actions import orders, receipts, transfers
from tinhso.modules.payments.models import Order, Receipt, Refund, Transfer
from tinhso.modules.payments.rules import Permission, states
from tinhso.modules.payments.rules.matching import DIFFERENCES, Verdict
from tinhso.modules.payments.rules.receipts import ReceiptState


@transaction.atomic
def ask_for_order(*, order_id: int, reason: str, to_account: str, by: Actor, at: datetime) -> Refund:
    """Ask that a paid order be given back in full, such as one of a dossier that was declined."""
    order = Order.objects.locked(order_id)
    orders.ask_right(order, Permission.RECONCILE, by)
    words = _words(reason)
    order.state = states.after("ask_refund", order.state)
    order.save(update_fields=["state"])
    made = Refund.objects.create(
        order=order, unit_id=order.unit_id, amount=order.amount, reason=words, to_account=to_account.strip()[:120],
        requested_by_id=by.account_id, requested_at=at,
    )  # fmt: skip
    _tell(made, "payments.refund_asked", by, at)
    return made


@transaction.atomic
def ask_for_transfer(
    *, transfer_id: int, reason: str, to_account: str, by: Actor, at: datetime, amount: int | None = None
) -> Refund:
    """Ask that money that does not fit be given back: paid twice, too late, too much, for nobody."""
    held = Transfer.objects.filter(pk=transfer_id).values_list("order_id", flat=True).first()
    if held is not None:
        Order.objects.locked(held)
    transfer = transfers.of_actor(transfer_id, by)
    words = _words(reason)
    if transfer.verdict not in DIFFERENCES or transfer.refunds.exclude(state=Refund.State.REJECTED).exists():
        raise Refusal("payments.decided", "Giao dịch này đã được xử lý. Tải lại trang.")
    wanted = transfer.amount if amount is None else amount
    if not 0 < wanted <= transfer.amount:
        raise Refusal("payments.amount", "Số tiền hoàn không lớn hơn số đã nhận.", field="amount")
    made = Refund.objects.create(
        order=transfer.order, transfer=transfer, unit_id=transfer.account.unit_id, amount=wanted, reason=words,
        to_account=to_account.strip()[:120], requested_by_id=by.account_id, requested_at=at,
    )  # fmt: skip
    _tell(made, "payments.refund_asked", by, at)
    return made


def _locked(refund_id: int) -> Refund:
    held = Refund.objects.filter(pk=refund_id).values_list("order_id", flat=True).first()
    if held is not None:
        Order.objects.locked(held)
    found = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("order__case", "transfer__account", "transfer__order")
        .filter(pk=refund_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def accept_with_surplus(*, order_id: int, to_account: str, by: Actor, at: datetime) -> Order:
    """Take what came as payment; what is too much becomes a refund that waits for approval."""
    order = Order.objects.locked(order_id)
    surplus = order.surplus
    largest = order.transfers.exclude(verdict__in=transfers.OUT_OF_PLAY).order_by("-amount", "-id").first()
    if surplus and (largest is None or largest.amount <= surplus):
        raise Refusal("payments.return_first", "Tiền thừa lớn hơn một lần chuyển: hoàn lại các lần chuyển thừa trước.")
    if surplus and largest is not None:
        ask_for_transfer(
            transfer_id=largest.pk, reason="Hoàn phần nộp thừa", to_account=to_account, by=by, at=at, amount=surplus
        )
    return transfers.accept(order_id=order_id, by=by, at=at)


@transaction.atomic
def decide(*, refund_id: int, approve: bool, reason: str = "", by: Actor, at: datetime) -> Refund:
    """Approve or reject; never the one who asked (two pairs of eyes on money that leaves)."""
    refund = _locked(refund_id)
    if not by.may(Permission.APPROVE, refund.unit_id):
        raise NotAllowed
    if refund.state != Refund.State.REQUESTED:
        raise Refusal("payments.decided", "Đề nghị hoàn này đã được quyết định.")
    if by.account_id is not None and by.account_id == refund.requested_by_id:
        raise Refusal("payments.own_request", "Người đề nghị hoàn tiền không tự duyệt. Chuyển người khác duyệt.")
    if not approve:
        refund.reason = f"{refund.reason} – Không duyệt: {_words(reason)}"[:300]
    refund.state = Refund.State.APPROVED if approve else Refund.State.REJECTED
    refund.decided_by_id, refund.decided_at = by.account_id, at
    refund.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    if not approve and refund.transfer is None and refund.order is not None:
        _move(refund.order, "keep")
    _tell(refund, "payments.refund_approved" if approve else "payments.refund_rejected", by, at)
    return refund


@transaction.atomic
def finish(*, refund_id: int, proof: str, by: Actor, at: datetime) -> Refund:
    """The money left: the bank's number proves it; a receipt of a wholly refunded order is cancelled with it."""
    refund = _locked(refund_id)
    if not by.may(Permission.RECONCILE, refund.unit_id):
        raise NotAllowed
    if refund.state != Refund.State.APPROVED:
        raise Refusal("payments.not_approved", "Chưa được duyệt nên chưa hoàn được.")
    if len(proof.strip()) < 3:
        raise Refusal("payments.proof", "Ghi số chứng từ chi của ngân hàng.", field="proof")
    refund.state, refund.proof = Refund.State.DONE, proof.strip()[:120]
    refund.done_by_id, refund.done_at = by.account_id, at
    refund.save(update_fields=["state", "proof", "done_by", "done_at"])
    if refund.transfer is not None:
        _give_back(refund.transfer, refund, by, at)
    elif refund.order is not None:
        _move(refund.order, "refund")
        _end_receipt(refund.order, by, at)
    _tell(refund, "payments.refunded", by, at)
    return refund


def _give_back(transfer: Transfer, refund: Refund, by: Actor, at: datetime) -> None:
    """The money is out of play; where only a surplus went back, the rest still pays its order."""
    if refund.amount < transfer.amount:
        return
    transfer.verdict = Verdict.REFUNDED
    transfer.decided_by_id, transfer.decided_at, transfer.reason = by.account_id, at, f"Hoàn {dong(refund.amount)}"
    transfer.save(update_fields=["verdict", "decided_by", "decided_at", "reason"])
    if transfer.order is not None:
        transfers.after_leaving(Order.objects.locked(transfer.order.pk), by, at)


def _move(order: Order, verb: str) -> None:
    order.state = states.after(verb, order.state)
    order.save(update_fields=["state"])


def _end_receipt(order: Order, by: Actor, at: datetime) -> None:
    receipt = Receipt.objects.filter(order=order, state=ReceiptState.ISSUED).first()
    if receipt is not None:
        receipts.end(receipt.pk, ReceiptState.CANCELLED, "Hoàn trả toàn bộ số tiền", by, at)


def _words(text: str) -> str:
    if len(text.strip()) < 5:
        raise Refusal("payments.reason", "Ghi lý do hoàn tiền (ít nhất 5 ký tự).", field="reason")
    return text.strip()[:300]


def _tell(refund: Refund, verb: str, by: Actor, at: datetime) -> None:
    """On the dossier's history when the money named one, else on the account's."""
    data: dict[str, Any] = {"shown": dong(refund.amount), "reason": refund.reason, "to_account": refund.to_account}
    if refund.order is not None:
        data["order"] = refund.order.reference
        cases.record(refund.order.case, verb, by=by, at=at, data=data)
    elif refund.transfer is not None:
        data["bank_reference"] = refund.transfer.bank_reference
        journal.note(subject=f"payments/{refund.transfer.account.code}", verb=verb, by=by, at=at, data=data)
