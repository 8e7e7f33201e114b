"""What follows: orders from what happens to dossiers, receipts and messages from what is paid, statements compared."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.journal.jobs import AGAIN
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.money.rules import dong
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.rules import SYSTEM, Actor, ActorKind
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.payments.actions import orders, receipts, statements, transfers
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import tariffs
from tinhso.modules.payments.rules import references
from tinhso.modules.payments.rules.states import SETTLED
from tinhso.modules.payments.rules.words import Purpose

PART = 200
_TOLD: dict[str, tuple[str, str]] = {
    "requested": ("Nộp {shown} cho hồ sơ {number}", "{title}. Nội dung chuyển khoản: {spaced}. Mở trang để quét mã."),
    "changed": ("Số tiền phải nộp của hồ sơ {number} đổi thành {shown}", "{title}. Mở trang để xem cách tính."),
    "waived": ("Hồ sơ {number} không phải nộp phí, lệ phí", "{title}: {reason}."),
    "differs": ("Hồ sơ {number}: tiền nhận được chưa khớp", "Đã nhận {received}; khoản phải nộp {shown}."),
    "expired": (
        "Mã nộp tiền của hồ sơ {number} đã hết hạn",
        "Mở trang để lấy mã mới. Tiền nộp bằng mã cũ vẫn được tìm.",
    ),
    "paid": ("Đã nhận {shown} cho hồ sơ {number}", "{title}. Biên lai điện tử có trên trang thanh toán."),
    "refunded": ("Đã hoàn {shown} của hồ sơ {number}", "Tiền được chuyển theo tài khoản bạn đã cung cấp."),
}


MESSAGES = tuple(Message(f"payments.{verb}", title, body) for verb, (title, body) in _TOLD.items())


def ask_fee(entry: Entry) -> None:
    """A dossier was filed or received: its fee is asked for; money already taken at the counter is booked."""
    known = dossiers.payable(entry.case_id or 0)
    if known is None:
        return
    if entry.verb == "dossier.file" and _asks_later(known):
        return
    order = orders.request_fee(case_id=known.case_id, key=f"fee-{known.case_id}", by=SYSTEM, at=entry.at)
    if order is not None and known.fee_paid_at is not None:
        _cash(order, entry)


def _asks_later(known: dossiers.Payable) -> bool:
    on = timezone.localdate()
    quote = tariffs.quote_for(
        procedure=known.procedure_code, version_id=known.version_id, channel=known.channel, branch=known.branch, on=on
    )
    return quote.ask_at == "acceptance"


def take_cash(entry: Entry) -> None:
    """The one-stop shop noted that the fee was paid at the counter; nothing to do when that was told by a payment."""
    fees = Order.objects.filter(case_id=entry.case_id or 0, purpose=Purpose.FEE)
    if fees.filter(state__in=SETTLED).exists():
        return
    order = fees.open().first()
    if order is None:
        order = orders.request_fee(case_id=entry.case_id or 0, key=f"fee-{entry.case_id}", by=SYSTEM, at=entry.at)
    if order is not None:
        _cash(order, entry)


def _cash(order: Order, entry: Entry) -> None:
    """The money is booked in the name of who noted it; an order that is settled already stays as it is."""
    clerk = Actor(ActorKind.SYSTEM, account_id=entry.actor_id, name=entry.actor_name, unit_id=entry.unit_id)
    orders.collect_noted(order_id=order.pk, by=clerk, at=entry.at)


def ask_finance(entry: Entry) -> None:
    """Another body computed a financial obligation: it is asked for, once for each time it was computed."""
    known = dossiers.payable(entry.case_id or 0)
    if known is None:
        return
    title = f"Nghĩa vụ tài chính – {known.procedure_name}"
    asked = orders.Asked(Purpose.FINANCE, int(entry.data["amount"]), title, f"finance-{entry.case_id}-{entry.seq}")
    orders.request(case_id=known.case_id, asked=asked, by=SYSTEM, at=entry.at)


def settled_elsewhere(entry: Entry) -> None:
    """The handler confirmed by other papers that the obligation is met: nothing is asked for any more."""
    orders.close_all_of(
        case_id=entry.case_id or 0, reason="Đã xác nhận nộp theo chứng từ khác", by=SYSTEM, at=entry.at,
        purpose=Purpose.FINANCE,
    )  # fmt: skip


def close_orders(entry: Entry) -> None:
    """The dossier has ended without a result: what was not paid is not asked for any more."""
    orders.close_all_of(case_id=entry.case_id or 0, reason="Hồ sơ đã kết thúc", by=SYSTEM, at=entry.at)


def issue_receipt(entry: Entry) -> None:
    """Every payment has exactly one receipt, however often this runs."""
    order = Order.objects.filter(reference=entry.data["order"]).first()
    if order is None:
        return
    receipt = receipts.issue(order_id=order.pk, by=SYSTEM, at=timezone.now())
    receipts.print_signed(receipt_id=receipt.pk)


def tell(entry: Entry) -> None:
    """Tell the payer, with the way to the payment page; told twice about one entry, there is still one notice."""
    case = entry.case
    if case is None or case.owner_id is None:
        return
    reference = str(entry.data.get("order", ""))
    known: dict[str, Any] = {**entry.said, "number": case.number, "spaced": references.spaced(reference)}
    known.setdefault("shown", dong(int(entry.data.get("amount", 0))))
    notices.tell_in_words(
        account_id=case.owner_id,
        kind=entry.verb,
        words=known,
        url=f"/thanh-toan/{reference}/",
        dedupe=f"{entry.pk}/{case.owner_id}",
        case_id=case.pk,
        at=entry.at,
    )


def compare(entry: Entry) -> None:
    """Compare a statement that was taken in, then settle in parts the orders that its new bookings name."""
    statement_id = int(entry.data["statement"])
    found = statements.compare(statement_id=statement_id, at=timezone.now())
    for start in range(0, len(found), PART):
        settle_some.defer(order_ids=found[start : start + PART], statement_id=statement_id)


@app.task(name="payments.settle_some", queue="journal", retry=AGAIN)
def settle_some(order_ids: list[int], statement_id: int) -> None:
    """Judge these orders by the money that came; repeatable."""
    for order_id in order_ids:
        transfers.settle(order_id=order_id, by=SYSTEM, at=timezone.now())
    statements.mark_reconciled(statement_id=statement_id, at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="payments.expire", queue="journal", queueing_lock="payments.expire", retry=AGAIN)
def expire(timestamp: int) -> None:
    """Let codes run out."""
    now = timezone.now()
    due = Order.objects.filter(expires_at__lte=now, state__in=["requested", "pending", "failed"])
    for order_id in due.order_by("expires_at").values_list("pk", flat=True)[:1000]:
        orders.expire(order_id=order_id, by=SYSTEM, at=now)
