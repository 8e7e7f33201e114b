"""The schedule of what is kept how long, who decides about ending it, and what people may ask about their own data.

Sources: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (from 01/01/2026) Điều 4, 9, 23, 33; Nghị định 356/2025/NĐ-CP;
Luật Lưu trữ 33/2024/QH15. How many days each kind of request takes, and how long each kind of thing is kept, is data of
the schedule: what is not confirmed there is marked so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Party, Phase, State
from tinhso.kernel.clock.rules import Limit, Unit
from tinhso.kernel.clock.rules.periods import months_later
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Fate, Readers, Role


class Permission(StrEnum):
    SEE = "privacy.see"
    ANSWER = "privacy.answer"
    SCHEDULE = "privacy.schedule"
    PROPOSE = "privacy.propose"
    APPROVE = "privacy.approve"
    HOLD = "privacy.hold"


P = Permission
ROLES = (
    Role(
        "privacy.officer", "Cán bộ bảo vệ dữ liệu cá nhân",
        frozenset({P.SEE, P.ANSWER, P.SCHEDULE, P.PROPOSE, P.HOLD}),
    ),
    Role("privacy.approver", "Người duyệt hủy dữ liệu", frozenset({P.SEE, P.SCHEDULE, P.APPROVE, P.HOLD})),
)  # fmt: skip

ENTRIES = (
    Entry("privacy.schedule", "{actor} công bố thời hạn lưu, bản số {number} từ {from}", Readers.OFFICIALS),
    Entry("privacy.propose", "{actor} đề nghị hủy {count} mục theo thời hạn lưu bản số {edition}", Readers.OFFICIALS),
    Entry("privacy.approve", "{actor} duyệt hủy theo biên bản {number}", Readers.OFFICIALS),
    Entry("privacy.reject", "{actor} không duyệt {number}: {reason}", Readers.OFFICIALS),
    Entry("privacy.stop", "{actor} dừng {number}: {reason}", Readers.OFFICIALS),
    Entry("privacy.done", "Đã hủy xong {count} mục theo biên bản {number}", Readers.OFFICIALS),
    Entry("privacy.hold", "{actor} giữ nguyên {what}: {source}", Readers.OFFICIALS, frozenset({"what"})),
    Entry("privacy.lift", "{actor} thôi giữ nguyên {what}", Readers.OFFICIALS, frozenset({"what"})),
    Entry("privacy.export", "{actor} tạo bản tải dữ liệu của mình", Readers.OFFICIALS),
    Entry("privacy.download", "{actor} tải bản dữ liệu của mình", Readers.OFFICIALS),
    Entry("privacy.close", "Tài khoản số {account} được đóng theo yêu cầu của chủ tài khoản", Readers.OFFICIALS),
    Entry("data_request.ask", "{actor} yêu cầu: {sort}"),
    Entry("data_request.accept", "Đã nhận yêu cầu, thực hiện trước {due}"),
    Entry("data_request.carry_out", "Đã thực hiện yêu cầu"),
    Entry("data_request.refuse", "Chưa thể thực hiện: {reason}", Readers.PARTIES, frozenset({"reason"})),
    Entry("data_request.cancel", "Người yêu cầu đã rút yêu cầu"),
)

REQUEST = CaseKind(
    "data_request",
    "Yêu cầu về dữ liệu cá nhân",
    page="privacy:case",
    public_page="privacy:request",
    lifecycle=Lifecycle(
        states=(
            State("asked", "Chờ tiếp nhận", Phase.OPEN),
            State("accepted", "Đang thực hiện", Phase.OPEN),
            State("done", "Đã thực hiện", Phase.CLOSED),
            State("refused", "Không thực hiện được", Phase.CLOSED),
            State("cancelled", "Đã rút", Phase.CLOSED),
        ),
        moves=(
            Move("accept", "Tiếp nhận", frozenset({"asked"}), "accepted", P.ANSWER),
            Move("carry_out", "Đã thực hiện", frozenset({"asked", "accepted"}), "done", P.ANSWER, Clock.STOP),
            Move("refuse", "Không thực hiện được", frozenset({"asked", "accepted"}), "refused", P.ANSWER, Clock.STOP),
            Move("cancel", "Rút yêu cầu", frozenset({"asked", "accepted"}), "cancelled", Party.OWNER, Clock.STOP),
        ),
    ),
    see=P.SEE,
    work=P.ANSWER,
    icon="shield-check",
)


class Sort(StrEnum):
    """What somebody may ask about their data (Luật 91/2025/QH15 Điều 4)."""

    CORRECT = "correct"
    ERASE = "erase"
    WITHDRAW = "withdraw"
    RESTRICT = "restrict"
    OBJECT = "object"
    COMPLAIN = "complain"


SORTS = {
    Sort.CORRECT: "Sửa thông tin sai",
    Sort.ERASE: "Xóa dữ liệu",
    Sort.WITHDRAW: "Rút lại sự đồng ý",
    Sort.RESTRICT: "Hạn chế xử lý dữ liệu",
    Sort.OBJECT: "Phản đối việc xử lý dữ liệu",
    Sort.COMPLAIN: "Khiếu nại về việc xử lý dữ liệu",
}
SHORTEST, LONGEST = 10, 2000  # letters of what is asked


class DisposalState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    STOPPED = "stopped"
    DONE = "done"


DISPOSAL_NAMES = {
    DisposalState.PROPOSED: "Chờ duyệt",
    DisposalState.APPROVED: "Đang hủy",
    DisposalState.REJECTED: "Không duyệt",
    DisposalState.STOPPED: "Đã dừng",
    DisposalState.DONE: "Đã hủy xong",
}
OPEN = (DisposalState.PROPOSED, DisposalState.APPROVED)

FATE_NAMES = {
    Fate.DESTROY: "Hủy",
    Fate.ANONYMISE: "Ẩn danh",
    Fate.HAND_OVER: "Nộp lưu trữ",
    Fate.KEEP: "Lưu vĩnh viễn",
}
SPANS = {"day": "ngày", "month": "tháng", "year": "năm"}
LONGEST_KEPT = 200  # years


@dataclass(frozen=True, slots=True)
class Span:
    """How long: an amount of days, months or years."""

    amount: int
    unit: str

    @property
    def words(self) -> str:
        return f"{self.amount} {SPANS[self.unit]}"

    def before(self, moment: datetime) -> datetime:
        """The moment by so much earlier; the last day of a shorter month where the day is missing there."""
        if self.unit == "day":
            return moment.fromordinal(moment.toordinal() - self.amount).replace(
                hour=moment.hour, minute=moment.minute, second=moment.second, tzinfo=moment.tzinfo
            )
        return months_later(moment, -self.amount * (12 if self.unit == "year" else 1))


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of thing is kept and what becomes of it then; ``source`` is the law or decision."""

    code: str
    keep: Span
    fate: Fate
    source: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A version of the schedule. ``reply`` is how long an answer to a request may take, ``carry_out`` by its sort;
    ``export_days``: how long a download waits."""

    rules: tuple[Rule, ...]
    reply: Limit
    carry_out: Mapping[str, Limit]
    export_days: int
    breach: Limit

    def rule(self, code: str) -> Rule | None:
        return next((one for one in self.rules if one.code == code), None)


def schedule_from(content: Mapping[str, Any], known: Mapping[str, Fate] | None = None) -> Schedule:
    """Read the content of a version; ``known`` are the kinds of things there are and how each can end.

    Raises Refusal ``privacy.schedule`` naming what is wrong."""
    try:
        rules = tuple(_rule(one) for one in content["rules"])
        found = Schedule(
            rules,
            _limit(content["reply"]),
            {sort: _limit(content["carry_out"][sort]) for sort in SORTS},
            int(content["export_days"]),
            _limit(content["breach"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise _wrong(f"thiếu hoặc sai phần {wrong}") from wrong
    _check(found, known)
    return found


def _check(found: Schedule, known: Mapping[str, Fate] | None) -> None:
    codes = [one.code for one in found.rules]
    if len(set(codes)) != len(codes):
        raise _wrong("một loại dữ liệu có hai dòng")
    if not 1 <= found.export_days <= 30:
        raise _wrong("bản tải dữ liệu để từ 1 đến 30 ngày")
    for rule in found.rules:
        if not rule.source.strip():
            raise _wrong(f"dòng {rule.code} chưa ghi căn cứ")
        if known is not None and rule.code not in known:
            raise _wrong(f"không có loại dữ liệu {rule.code}")
        if known is not None and rule.fate not in (known[rule.code], Fate.HAND_OVER, Fate.KEEP):
            raise _wrong(f"{rule.code} chỉ {FATE_NAMES[known[rule.code]].lower()} được")
    missing = sorted(set(known or ()) - set(codes))
    if missing:
        raise _wrong(f"chưa có thời hạn của {', '.join(missing)}")


def _rule(one: Mapping[str, Any]) -> Rule:
    amount, unit = int(one["keep"]["amount"]), str(one["keep"]["unit"])
    years = {"day": 366, "month": 12, "year": 1}[unit]
    if not 1 <= amount <= LONGEST_KEPT * years:
        raise ValueError(one["code"])
    return Rule(
        str(one["code"]), Span(amount, unit), Fate(one["fate"]), str(one["source"]), bool(one.get("is_confirmed"))
    )


def _limit(one: Mapping[str, Any]) -> Limit:
    return Limit(Decimal(str(one["amount"])), Unit(one["unit"]))


def _wrong(what: str) -> Refusal:
    return Refusal("privacy.schedule", f"Thời hạn lưu chưa dùng được: {what}. Sửa rồi lưu lại.", field="rows")
