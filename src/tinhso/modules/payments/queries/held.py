"""What payments hold of a person, told to that person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import Holding, Subject
from tinhso.kernel.money.rules import dong
from tinhso.modules.payments.models import Order


def _orders(subject: Subject) -> Any:
    return Order.objects.filter(owner_id=subject.account_id).select_related("case")


def _tell(row: Order) -> Mapping[str, Any]:
    return {
        "Mã khoản thu": row.reference, "Hồ sơ": row.case.number, "Về việc": row.title, "Số tiền": dong(row.amount),
        "Người nộp": row.payer_name, "Địa chỉ": row.payer_address, "Yêu cầu lúc": row.requested_at,
        "Nộp lúc": row.paid_at,
    }  # fmt: skip


def _files(row: Order) -> list[Attachment]:
    receipts = row.receipts.exclude(attachment=None).select_related("attachment__blob")
    return [one.attachment for one in receipts if one.attachment]


HOLDINGS = (
    Holding(
        "payments.orders", "Khoản phải nộp và biên lai", "Thu phí, lệ phí, kế toán",
        "Luật Phí và lệ phí, pháp luật về kế toán", _orders, _tell, files=_files, page="payments:mine", order=30,
        law="Chứng từ kế toán phải giữ đủ thời hạn theo pháp luật về kế toán.",
    ),
)  # fmt: skip
