"""The life of a payment order: a table of moves a cashier could check.

No national list of states is confirmed; these follow what provinces use. ``paid`` comes only from a signed notice of
the bank, a bank statement or cash in the cashier's hand, never from what a browser says on return.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tinhso.kernel.errors import Refusal


class State(StrEnum):
    NOT_REQUIRED = "not_required"
    REQUESTED = "requested"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    MISMATCH = "mismatch"
    REFUND_REQUESTED = "refund_requested"
    REFUNDED = "refunded"
    RECONCILED = "reconciled"


_S = State
STATE_NAMES = {
    _S.NOT_REQUIRED: "Không phải nộp",
    _S.REQUESTED: "Chờ nộp",
    _S.PENDING: "Chờ ngân hàng báo",
    _S.PAID: "Đã nộp",
    _S.FAILED: "Giao dịch không thành",
    _S.EXPIRED: "Hết hạn mã",
    _S.CANCELLED: "Đã hủy",
    _S.MISMATCH: "Tiền chưa khớp",
    _S.REFUND_REQUESTED: "Chờ hoàn tiền",
    _S.REFUNDED: "Đã hoàn tiền",
    _S.RECONCILED: "Đã đối soát",
}
STATE_KINDS = {
    _S.NOT_REQUIRED: ("", "circle-check"),
    _S.REQUESTED: ("warn", "wallet"),
    _S.PENDING: ("wait", "hourglass"),
    _S.PAID: ("ok", "circle-check"),
    _S.FAILED: ("bad", "circle-x"),
    _S.EXPIRED: ("", "clock-alert"),
    _S.CANCELLED: ("", "ban"),
    _S.MISMATCH: ("bad", "circle-alert"),
    _S.REFUND_REQUESTED: ("wait", "undo-2"),
    _S.REFUNDED: ("", "undo-2"),
    _S.RECONCILED: ("ok", "check-check"),
}
OPEN = frozenset({_S.REQUESTED, _S.PENDING, _S.FAILED, _S.MISMATCH})
SETTLED = frozenset({_S.PAID, _S.RECONCILED, _S.REFUND_REQUESTED})
PAYABLE = frozenset({_S.REQUESTED, _S.PENDING, _S.FAILED, _S.MISMATCH})


@dataclass(frozen=True, slots=True)
class Move:
    """One line: from any of ``sources`` to ``target``."""

    verb: str
    sources: frozenset[State]
    target: State


def _m(verb: str, target: State, *sources: State) -> Move:
    return Move(verb, frozenset(sources), target)


MOVES = {
    move.verb: move
    for move in (
        _m("open_code", _S.PENDING, _S.REQUESTED, _S.FAILED, _S.PENDING),
        _m("fail", _S.FAILED, _S.REQUESTED, _S.PENDING),
        _m("pay", _S.PAID, _S.REQUESTED, _S.PENDING, _S.FAILED, _S.MISMATCH, _S.EXPIRED),
        _m("differ", _S.MISMATCH, _S.REQUESTED, _S.PENDING, _S.FAILED, _S.MISMATCH),
        _m("accept", _S.PAID, _S.MISMATCH, _S.EXPIRED),
        _m("expire", _S.EXPIRED, _S.REQUESTED, _S.PENDING, _S.FAILED),
        _m("cancel", _S.CANCELLED, _S.REQUESTED, _S.PENDING, _S.FAILED, _S.EXPIRED),
        _m("waive", _S.NOT_REQUIRED, _S.REQUESTED, _S.PENDING, _S.FAILED),
        _m("reconcile", _S.RECONCILED, _S.PAID),
        _m("ask_refund", _S.REFUND_REQUESTED, _S.PAID, _S.RECONCILED),
        _m("keep", _S.PAID, _S.REFUND_REQUESTED),
        _m("refund", _S.REFUNDED, _S.REFUND_REQUESTED),
        _m("return_all", _S.CANCELLED, _S.MISMATCH),
    )
}


def after(verb: str, state: str) -> State:
    """The state that the move leads to. Raises Refusal ``payments.move_not_open`` where there is no such move."""
    move = MOVES[verb]
    if State(state) not in move.sources:
        raise Refusal(
            "payments.move_not_open",
            f"Khoản thu đang ở trạng thái “{STATE_NAMES[State(state)]}” nên không làm được việc này. Tải lại trang.",
        )
    return move.target


def can(verb: str, state: str) -> bool:
    return State(state) in MOVES[verb].sources
