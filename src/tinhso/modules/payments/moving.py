"""What becomes of orders, accounts and receipts when units change."""

from __future__ import annotations

from django.db.models import Q

from tinhso.kernel.reorganisation.declarations import Mover, OfCase, Rows, Stays
from tinhso.modules.payments.models import BankAccount, Order, ReceiptSeries, Refund
from tinhso.modules.payments.rules.states import OPEN

UNPAID = Q(state__in=sorted(one.value for one in OPEN))
RUNNING = Q(state__in=(Refund.State.REQUESTED, Refund.State.APPROVED))

MOVERS: tuple[Mover, ...] = (
    OfCase("payments.order", "Khoản thu chưa nộp", Order, active=UNPAID),
    OfCase(
        "payments.order_received",
        "Nơi nhận của khoản thu chưa nộp",
        Order,
        "received_unit",
        active=UNPAID,
        is_received=True,
    ),
    Rows("payments.account", "Tài khoản thu", BankAccount, active=Q(is_active=True)),
    Rows("payments.refund", "Khoản hoàn trả đang làm", Refund, active=RUNNING),
    Stays(
        ReceiptSeries, "unit", "biên lai mang tên cơ quan thu; cơ quan mới đăng ký mẫu của mình", "Mẫu biên lai", True
    ),
)
