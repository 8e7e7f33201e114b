"""Payments: what a dossier costs, how it is paid, and the receipt for it.

A fee is worked out from dated tariffs and asked for with a VietQR code. The bank's signed notice or its statement makes
it paid, never the browser; cash at the counter does too. Each payment has one electronic receipt, numbered without gaps
and signed. Money that does not fit waits for the accountant; money that goes back needs two people. The dossier goes on
as soon as it is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.manifest import Audience, Entry, Fact, Family, Import, Menu, Module, Panel, Readers
from tinhso.modules.payments import jobs
from tinhso.modules.payments.actions import forgetting, tariffs
from tinhso.modules.payments.demo import demo
from tinhso.modules.payments.moving import MOVERS
from tinhso.modules.payments.queries import held
from tinhso.modules.payments.queries.tariffs import price
from tinhso.modules.payments.rules import ROLES, Permission

P = Permission


def _split(entry: Any) -> Mapping[str, str]:
    """Split by how the dossier came in, by procedure and field, and by how the money came."""
    return {key: str(entry.data.get(key, "")) for key in ("channel", "procedure", "field", "method")}


def _is_fee(entry: Any) -> bool:
    return bool(entry.data.get("purpose") == "fee")


def _is_fee_online(entry: Any) -> bool:
    return _is_fee(entry) and bool(entry.data.get("is_online"))


PRIVATE = frozenset({"to_account", "reason"})  # kept apart, and erased when its time is over
ENTRIES = (
    Entry("payments.requested", "Thông báo nộp {shown}: {what}"),
    Entry("payments.changed", "Tính lại số tiền phải nộp từ {before} thành {shown}"),
    Entry("payments.waived", "Không phải nộp phí, lệ phí: {reason}", personal=PRIVATE),
    Entry("payments.paid", "Đã nộp {shown} ({method_name})"),
    Entry("payments.differs", "Đã nhận {received}, chưa khớp khoản phải nộp {shown}"),
    Entry("payments.expired", "Mã nộp tiền {order} hết hạn"),
    Entry("payments.cancelled", "Hủy khoản thu {order}: {reason}"),
    Entry("payments.refund_asked", "Đề nghị hoàn {shown}: {reason}", Readers.PARTIES, PRIVATE),
    Entry("payments.refund_approved", "Duyệt hoàn {shown}", Readers.PARTIES, PRIVATE),
    Entry("payments.refund_rejected", "Không duyệt hoàn {shown}: {reason}", Readers.PARTIES, PRIVATE),
    Entry("payments.refunded", "Đã hoàn {shown}", Readers.PARTIES, PRIVATE),
    Entry("payments.receipt", "Lập biên lai {number} cho khoản {order}: {shown}", Readers.OFFICIALS),
    Entry("payments.receipt_cancelled", "{actor} hủy biên lai {number}: {reason}", Readers.OFFICIALS),
    Entry("payments.receipt_replaced", "{actor} thay thế biên lai {number}: {reason}", Readers.OFFICIALS),
    Entry("payments.series_opened", "{actor} mở ký hiệu biên lai {series} cho {collector}", Readers.OFFICIALS),
    Entry("payments.transfer_decided", "{actor} xử lý giao dịch {bank_reference} {shown}: {reason}", Readers.OFFICIALS),
    Entry("payments.statement_taken", "{actor} nhập sao kê {name}", Readers.OFFICIALS),
    Entry("payments.statement_compared", "Đối soát {lines} dòng sao kê, {new} giao dịch mới", Readers.OFFICIALS),
    Entry("payments.tariff_published", "{actor} công bố {name} từ {valid_from}", Readers.OFFICIALS),
    Entry("payments.tariff_ended", "{actor} kết thúc {name} hết ngày {last_day}", Readers.OFFICIALS),
)

FOLLOWERS = {
    "dossier.file": (jobs.ask_fee,),
    "dossier.accept": (jobs.ask_fee,),
    "dossier.receive": (jobs.ask_fee,),
    "dossier.fee_paid": (jobs.take_cash,),
    "dossier.ask_payment": (jobs.ask_finance,),
    "dossier.confirm_payment": (jobs.settled_elsewhere,),
    **dict.fromkeys(
        ("dossier.decline", "dossier.withdraw", "dossier.withdraw_at_counter", "dossier.stop"), (jobs.close_orders,)
    ),
    "payments.paid": (jobs.issue_receipt, jobs.tell),
    "payments.statement_taken": (jobs.compare,),
    **dict.fromkeys(
        (f"payments.{verb}" for verb in ("requested", "changed", "waived", "differs", "expired", "refunded")),
        (jobs.tell,),
    ),
}

MODULE = Module(
    code="payments",
    name="Phí, lệ phí và thanh toán",
    family=Family.SERVICES,
    permissions=P,
    roles=ROLES,
    entries=ENTRIES,
    followers=FOLLOWERS,
    messages=jobs.MESSAGES,
    retained=forgetting.RETAINED,
    holdings=held.HOLDINGS,
    facts=(
        Fact("payments.paid", "Khoản phí, lệ phí đã nộp", "payments.paid", _split, when=_is_fee),
        Fact("payments.paid_online", "Phí, lệ phí nộp trực tuyến", "payments.paid", _split, when=_is_fee_online),
        Fact("payments.refunded", "Khoản đã hoàn", "payments.refunded"),
    ),
    panels=(
        Panel("tracking", "Thanh toán phí, lệ phí", "payments:panel", order=10),
        Panel("case", "Phí, lệ phí", "payments:case_panel", order=10),
    ),
    menu=(
        Menu("payments.mine", "Thanh toán", "payments:mine", "wallet", Audience.PORTAL, order=54, is_own=True),
        Menu("payments.orders", "Thu phí, lệ phí", "payments:orders", "banknote", order=30, permission=P.SEE),
        Menu("payments.differences", "Đối soát", "payments:differences", "scale", order=31, permission=P.RECONCILE),
        Menu("payments.receipts", "Biên lai", "payments:receipts", "receipt", order=32, permission=P.RECONCILE),
        Menu("payments.refunds", "Hoàn tiền", "payments:refunds", "undo-2", order=33, permission=P.RECONCILE),
        Menu("payments.tariffs", "Biểu phí, lệ phí", "payments:tariffs", "list-checks", order=88, permission=P.SEE),
    ),
    imports=(Import("tariffs", "Biểu phí, lệ phí", tariffs.run_import),),
    demo=demo,
    movers=MOVERS,
    price=price,
)
