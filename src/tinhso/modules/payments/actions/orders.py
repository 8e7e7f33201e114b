"""Asking for money and closing the question: requested, paid, expired, cancelled. Amounts are whole đồng."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.money.rules import dong
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import accounts, tariffs
from tinhso.modules.payments.rules import Permission, references, states
from tinhso.modules.payments.rules.fees import MOST_UNITS, RELIEFS, Count, Quote
from tinhso.modules.payments.rules.states import OPEN, SETTLED, State
from tinhso.modules.payments.rules.words import METHOD_NAMES, ONLINE, Method, Purpose

CODE_LIVES = timedelta(days=7)
LARGEST = 10**13


@dataclass(frozen=True)
class Asked:
    """What is asked for: ``key`` makes the same question once, however often it is put."""

    purpose: Purpose
    amount: int
    title: str
    key: str
    quote: Mapping[str, Any] = field(default_factory=dict)
    collector: str = "resolving"


@transaction.atomic
def request(*, case_id: int, asked: Asked, by: Actor, at: datetime) -> Order:
    """Ask for a payment; asked again with the same key it gives the same order.

    An open order for the same purpose is refused: change that one. An amount of 0 needs no payment and is kept so."""
    if not 0 <= asked.amount < LARGEST:
        raise Refusal("payments.amount", "Nhập số tiền bằng đồng, không âm.", field="amount")
    case = Case.objects.locked(case_id)
    earlier = Order.objects.filter(request_key=asked.key).first()
    if earlier is not None:
        return earlier
    if Order.objects.filter(case_id=case_id, purpose=asked.purpose).open().exists():
        raise Refusal("payments.open_already", "Hồ sơ đã có khoản chờ nộp cùng loại. Sửa khoản đó.")
    order = _new(case, asked, at)
    tell(order, case, "payments.requested" if order.amount else "payments.waived", by, at, reason="không thu")
    return order


def _new(case: Case, asked: Asked, at: datetime) -> Order:
    known = dossiers.payable(case.pk)
    on = timezone.localtime(at).date()
    unit = case.received_unit_id if asked.collector == "receiving" else case.unit_id
    collector = accounts.collector_of(unit)
    return Order.objects.create(
        case=case,
        purpose=asked.purpose,
        state=State.REQUESTED if asked.amount else State.NOT_REQUIRED,
        reference=references.reference(on, cases.take_number(f"payments/{on:%y%m%d}")),
        request_key=asked.key,
        amount=asked.amount,
        quote=dict(asked.quote),
        title=asked.title[:300],
        procedure_code=known.procedure_code if known else "",
        field=known.field if known else "",
        channel=known.channel if known else "",
        branch=known.branch if known else "",
        payer_name=case.applicant,
        payer_address=known.address if known else "",
        owner_id=case.owner_id,
        unit_id=collector,
        received_unit_id=case.received_unit_id,
        account=accounts.account_for(collector),
        requested_at=at,
        expires_at=at + CODE_LIVES if asked.amount else None,
    )


def said(order: Order, **more: Any) -> dict[str, Any]:
    """What an entry tells of an order; nothing about the payer."""
    return {
        "order": order.reference,
        "purpose": order.purpose,
        "title": order.title,
        "what": order.title.partition(" – ")[0].replace("–", "-"),
        "amount": order.amount,
        "shown": dong(order.amount),
        **more,
    }


def tell(order: Order, case: Case, verb: str, by: Actor, at: datetime, **more: Any) -> None:
    cases.record(case, verb, by=by, at=at, data=said(order, **more))


def ask_right(order: Order, right: str, by: Actor) -> None:
    """Raises NotAllowed unless the actor has the right on the unit that collects or that received the dossier."""
    if not (by.may(right, order.unit_id) or by.may(right, order.received_unit_id)):
        raise NotAllowed


@transaction.atomic
def request_fee(*, case_id: int, key: str, by: Actor, at: datetime) -> Order | None:
    """Ask for the procedure's fee by the tariff of the day; None when there is nothing to ask for here."""
    Case.objects.locked(case_id)
    known = dossiers.payable(case_id)
    if known is None or Order.objects.filter(case_id=case_id, purpose=Purpose.FEE).exists():
        return Order.objects.filter(request_key=key).first()
    quote = tariffs.quote_for(
        procedure=known.procedure_code, version_id=known.version_id, channel=known.channel, branch=known.branch,
        on=timezone.localtime(at).date(),
    )  # fmt: skip
    if quote.total == 0:
        return None
    return request(case_id=case_id, asked=_fee(quote, known.procedure_name, key), by=by, at=at)


def _fee(quote: Quote, procedure_name: str, key: str) -> Asked:
    names = " và ".join(dict.fromkeys(line.name for line in quote.lines if line.amount)) or "Phí, lệ phí"
    return Asked(Purpose.FEE, quote.total, f"{names} – {procedure_name}", key, tariffs.kept(quote), quote.collector)


@transaction.atomic
def count_anew(
    *, order_id: int, counts: Mapping[str, Count], relief: str, relief_note: str, by: Actor, at: datetime
) -> Order:
    """Work the fee out again with the real number of pieces and who pays less; an exemption needs its paper named."""
    order = Order.objects.locked(order_id)
    ask_right(order, Permission.COLLECT, by)
    if order.state not in (State.REQUESTED, State.PENDING, State.FAILED) or order.purpose != Purpose.FEE:
        raise Refusal("payments.move_not_open", "Chỉ tính lại được khoản phí, lệ phí đang chờ nộp.")
    if any(not 0 <= value <= MOST_UNITS for one in counts.values() for value in (one.count, one.size)):
        raise Refusal("payments.counts", f"Số lượng từ 0 đến {MOST_UNITS}.", field="counts")
    if relief and relief not in RELIEFS:
        raise Refusal("payments.relief", "Chọn đối tượng miễn, giảm trong danh sách.", field="relief")
    if relief and len(relief_note.strip()) < 5:
        raise Refusal("payments.relief_note", "Ghi giấy tờ chứng minh (loại, số, ngày).", field="relief_note")
    return _changed(order, counts, relief, relief_note.strip(), by, at)


def _changed(order: Order, counts: Mapping[str, Count], relief: str, note: str, by: Actor, at: datetime) -> Order:
    known = dossiers.payable(order.case_id)
    if known is None:
        raise Refusal("payments.no_dossier", "Không thấy hồ sơ của khoản thu này.")
    quote = tariffs.quote_for(
        procedure=known.procedure_code, version_id=known.version_id, channel=known.channel, branch=known.branch,
        on=timezone.localtime(order.requested_at).date(), relief=relief, counts=counts,
    )  # fmt: skip
    before, order.amount = order.amount, quote.total
    order.quote, order.relief, order.relief_note = tariffs.kept(quote), relief, note[:200]
    order.counts = {code: [one.count, one.size] for code, one in counts.items()}
    order.state = order.state if quote.total else states.after("waive", order.state)
    order.save(update_fields=["amount", "quote", "relief", "relief_note", "counts", "state"])
    if quote.total:
        tell(order, order.case, "payments.changed", by, at, before=dong(before))
    else:
        tell(order, order.case, "payments.waived", by, at, reason=RELIEFS.get(relief, "không thu").lower())
    return order


@transaction.atomic
def say_sent(*, order_id: int, by: Actor, at: datetime) -> Order:
    """The payer says the transfer is made: the page waits for the bank. It makes nothing paid."""
    order = Order.objects.locked(order_id)
    if order.owner_id is None or order.owner_id != by.account_id:
        raise NotAllowed
    if order.state in SETTLED or order.state == State.MISMATCH:
        return order
    order.state = states.after("open_code", order.state)
    order.save(update_fields=["state"])
    return order


def paid(order: Order, *, method: Method, by: Actor, at: datetime) -> None:
    """Mark a locked order paid and record it; everything that follows hangs on that entry."""
    order.state = State.PAID
    order.paid_at, order.method = at, method
    order.cashier_id = by.account_id if method is Method.CASH else None
    order.save(update_fields=["state", "paid_at", "method", "cashier", "received"])
    tell(
        order, order.case, "payments.paid", by, at,
        method=method.value, method_name=METHOD_NAMES[method], is_online=method in ONLINE,
        channel=order.channel, procedure=order.procedure_code, field=order.field, order_id=order.pk,
    )  # fmt: skip


@transaction.atomic
def collect_cash(*, order_id: int, by: Actor, at: datetime) -> Order:
    """The cashier has the money in hand; taken twice it stays one payment.

    Refused while transfers that do not fit lie on the order: first decide what becomes of them."""
    order = Order.objects.locked(order_id)
    ask_right(order, Permission.COLLECT, by)
    return _cash(order, by=by, at=at)


@transaction.atomic
def collect_noted(*, order_id: int, by: Actor, at: datetime) -> Order:
    """Book cash that was noted on the dossier, where the right was asked; nothing to do for an order that has ended."""
    order = Order.objects.locked(order_id)
    is_waiting = order.state in (State.REQUESTED, State.PENDING, State.FAILED)
    return _cash(order, by=by, at=at) if is_waiting else order


def _cash(order: Order, *, by: Actor, at: datetime) -> Order:
    if order.state in SETTLED:
        return order
    if order.state == State.MISMATCH:
        raise Refusal("payments.money_lies_there", "Đã có tiền chuyển khoản chưa khớp. Xử lý ở mục Đối soát trước.")
    if order.state == State.EXPIRED:
        raise Refusal("payments.expired", "Mã đã hết hạn: cấp mã mới rồi thu theo mã đó.")
    states.after("pay", order.state)
    paid(order, method=Method.CASH, by=by, at=at)
    return order


@transaction.atomic
def cancel(*, order_id: int, reason: str, by: Actor, at: datetime) -> Order:
    """Close an order that is not to be paid any more, such as one of a dossier that was withdrawn."""
    order = Order.objects.locked(order_id)
    ask_right(order, Permission.COLLECT, by)
    return close(order, reason=reason, by=by, at=at)


def close(order: Order, *, reason: str, by: Actor, at: datetime) -> Order:
    if not reason.strip():
        raise Refusal("payments.reason", "Ghi lý do hủy khoản thu.", field="reason")
    order.state = states.after("cancel", order.state)
    order.note = reason.strip()[:200]
    order.save(update_fields=["state", "note"])
    tell(order, order.case, "payments.cancelled", by, at, reason=order.note)
    return order


@transaction.atomic
def close_all_of(*, case_id: int, reason: str, by: Actor, at: datetime, purpose: Purpose | None = None) -> int:
    """Close what is still asked of a dossier that has ended; money that lies there already stays for a person."""
    Case.objects.locked(case_id)
    rows = Order.objects.filter(case_id=case_id, state__in=[State.REQUESTED, State.PENDING, State.FAILED])
    found = list(rows.filter(purpose=purpose) if purpose else rows)
    for order in found:
        close(Order.objects.locked(order.pk), reason=reason, by=by, at=at)
    return len(found)


@transaction.atomic
def expire(*, order_id: int, by: Actor, at: datetime) -> Order:
    """Let a code run out; one that was paid or renewed meanwhile stays as it is."""
    order = Order.objects.locked(order_id)
    if order.expires_at is None or order.expires_at > at or not states.can("expire", order.state):
        return order
    order.state = states.after("expire", order.state)
    order.save(update_fields=["state"])
    tell(order, order.case, "payments.expired", by, at)
    return order


@transaction.atomic
def renew(*, order_id: int, by: Actor, at: datetime) -> Order:
    """A new code for an expired one; asked twice it is the same new one. The old is still watched for late money."""
    order = Order.objects.locked(order_id)
    if order.owner_id != by.account_id or by.account_id is None:
        ask_right(order, Permission.COLLECT, by)
    if order.replaced_by is not None:
        return order.replaced_by
    if order.state != State.EXPIRED:
        raise Refusal("payments.not_expired", "Mã còn dùng được. Quét mã hiện có.")
    asked = Asked(
        Purpose(order.purpose), order.amount, order.title, f"renew-{order.pk}", order.quote,
        str(order.quote.get("collector", "resolving")),
    )  # fmt: skip
    order.replaced_by = request(case_id=order.case_id, asked=asked, by=by, at=at)
    order.save(update_fields=["replaced_by"])
    return order.replaced_by


def close_renewed(order: Order, *, by: Actor, at: datetime) -> None:
    """An old code was paid in time after all: the new one is not needed any more."""
    later = order.replaced_by
    if later is not None and later.state in OPEN and not later.received:
        close(Order.objects.locked(later.pk), reason="Đã nộp bằng mã trước", by=by, at=at)
