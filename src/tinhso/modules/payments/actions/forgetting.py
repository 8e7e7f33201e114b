"""Who paid, and where money went back, is forgotten when the time for accounts is over; the sums stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tinhso.kernel.files import actions as files
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.manifest import Fate, Retained, Spared
from tinhso.modules.payments.models import BankNotice, Order, Receipt, Refund, Transfer


def _orders_due(before: datetime, spared: Spared) -> Any:
    rows = Order.objects.filter(requested_at__lt=before).exclude(state__in=["requested", "pending", "mismatch"])
    rows = rows.exclude(state="refund_requested").exclude(payer_name=NAMELESS)
    return spared.leave_out(rows, case="case_id", person="owner__person_id")


def _end_orders(ids: Sequence[int], **_more: Any) -> None:
    receipts = Receipt.objects.filter(order__in=ids)
    printed = list(receipts.exclude(attachment=None).values_list("attachment_id", flat=True))
    receipts.update(data={}, attachment=None)
    Refund.objects.filter(order__in=ids).update(to_account="")
    Transfer.objects.filter(order__in=ids).update(content="")
    Order.objects.filter(pk__in=ids).update(payer_name=NAMELESS, payer_address="", relief_note="", owner=None)
    files.let_go(printed)


def _notices_due(before: datetime, spared: Spared) -> Any:
    return BankNotice.objects.filter(received_at__lt=before).exclude(body={})


def _end_notices(ids: Sequence[int], **_more: Any) -> None:
    BankNotice.objects.filter(pk__in=ids).update(body={})


RETAINED = (
    Retained(
        "payments.orders", "Người nộp tiền, biên lai", "ngày yêu cầu nộp", Fate.ANONYMISE, _orders_due, _end_orders
    ),
    Retained("payments.bank_notices", "Bản tin của ngân hàng", "ngày nhận", Fate.ANONYMISE, _notices_due, _end_notices),
)
