"""Who may do what with money, and the words of the module."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Role


class Permission(StrEnum):
    SEE = "payments.see"
    COLLECT = "payments.collect"
    RECONCILE = "payments.reconcile"
    APPROVE = "payments.approve"
    FEES = "payments.fees"


_P = Permission
ROLES = (
    Role("payments.cashier", "Thu ngân", frozenset({_P.SEE, _P.COLLECT})),
    Role("payments.accountant", "Kế toán", frozenset({_P.SEE, _P.COLLECT, _P.RECONCILE})),
    Role("payments.chief", "Phụ trách kế toán", frozenset({_P.SEE, _P.RECONCILE, _P.APPROVE})),
    Role("payments.tariffs", "Quản lý biểu phí, lệ phí", frozenset({_P.SEE, _P.FEES})),
)


class Purpose(StrEnum):
    """What an order is for: the fee of the procedure, or an obligation another body computed."""

    FEE = "fee"
    FINANCE = "finance"


class Method(StrEnum):
    """How the money came."""

    TRANSFER = "transfer"
    GATEWAY = "gateway"
    CASH = "cash"


PURPOSE_NAMES = {Purpose.FEE: "Phí, lệ phí", Purpose.FINANCE: "Nghĩa vụ tài chính"}
METHOD_NAMES = {
    Method.TRANSFER: "Chuyển khoản VietQR",
    Method.GATEWAY: "Cổng thanh toán",
    Method.CASH: "Tiền mặt tại quầy",
}
ONLINE = frozenset({Method.TRANSFER, Method.GATEWAY})
