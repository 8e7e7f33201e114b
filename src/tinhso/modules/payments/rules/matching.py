"""What money that came means for the order it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tinhso.modules.payments.rules.states import State


class Verdict(StrEnum):
    """What a transfer is, as the accountant's page lists it."""

    MATCHED = "matched"
    PARTIAL = "partial"
    OVER = "over"
    DOUBLE = "double"
    LATE = "late"
    UNKNOWN = "unknown"
    IGNORED = "ignored"
    REFUNDED = "refunded"


VERDICT_NAMES = {
    Verdict.MATCHED: "Khớp",
    Verdict.PARTIAL: "Nộp thiếu",
    Verdict.OVER: "Nộp thừa",
    Verdict.DOUBLE: "Nộp hai lần",
    Verdict.LATE: "Đến sau khi hết hạn hoặc hủy",
    Verdict.UNKNOWN: "Không rõ nội dung",
    Verdict.IGNORED: "Bỏ qua có lý do",
    Verdict.REFUNDED: "Đã hoàn",
}
DIFFERENCES = (Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.OVER, Verdict.DOUBLE, Verdict.LATE)
DONE = (Verdict.MATCHED, Verdict.IGNORED, Verdict.REFUNDED)


@dataclass(frozen=True, slots=True)
class Money:
    """One transfer that names the order; ``id`` tells them apart."""

    id: int
    amount: int
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """The move for the order (None: stays), what counts towards it, and the verdict on each transfer by id."""

    verb: str | None
    received: int
    verdicts: dict[int, Verdict]


_ENDED = (State.EXPIRED, State.CANCELLED, State.NOT_REQUIRED)
_KEPT = (State.PAID, State.RECONCILED, State.REFUND_REQUESTED, State.REFUNDED)


def judge(
    *, amount: int, state: State, expires_at: datetime | None, kept: Sequence[int], moneys: Sequence[Money]
) -> Judgement:
    """Judge an order by all transfers that name it, in the order in which the bank booked them.

    The answer depends on the transfers and not on the order in which notices arrived: parts add up until the amount is
    reached exactly; whatever comes for an order that is paid is a double. ``kept`` are the ids of transfers that made a
    paid order paid. Money booked after the code ran out, or for a cancelled order, is late and waits for a person; an
    order that has ended stays so, because a new one may be open already.
    """
    line = sorted(moneys, key=lambda one: (one.booked_at, one.id))
    if state in _KEPT:
        return Judgement(
            None,
            sum(one.amount for one in line if one.id in kept),
            {one.id: Verdict.MATCHED if one.id in kept else Verdict.DOUBLE for one in line},
        )
    if state in _ENDED and not (state is State.EXPIRED and _all_in_time(line, expires_at)):
        return Judgement(None, sum(one.amount for one in line), {one.id: Verdict.LATE for one in line})
    return _adding_up(amount, line, expires_at)


def _all_in_time(line: Sequence[Money], expires_at: datetime | None) -> bool:
    return bool(line) and (expires_at is None or all(one.booked_at <= expires_at for one in line))


def _adding_up(amount: int, line: Sequence[Money], expires_at: datetime | None) -> Judgement:
    received, reached, late = 0, False, False
    verdicts: dict[int, Verdict] = {}
    for one in line:
        if reached:
            verdicts[one.id] = Verdict.DOUBLE
            continue
        received += one.amount
        late = late or (expires_at is not None and one.booked_at > expires_at)
        if late:
            verdicts[one.id] = Verdict.LATE
        elif received > amount:
            verdicts[one.id] = Verdict.OVER
        else:
            verdicts[one.id] = Verdict.PARTIAL
            reached = received == amount
    if reached:
        verdicts = {key: Verdict.MATCHED if one is Verdict.PARTIAL else one for key, one in verdicts.items()}
    return Judgement(("pay" if reached else "differ") if line else None, received, verdicts)
