"""A breach of personal data: what it touched, who must be told within which time, and its life.

Source: Luật 91/2025/QH15 Điều 23 (told to the authority within 72 hours, form 08; each person within 72 hours where
biometric data or whereabouts are touched; kept at least 5 years). The 72 hours stand in the schedule (``breach``).
Which fields form 08 has is not confirmed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Phase, State
from tinhso.kernel.manifest import Entry, Message, Readers

ANSWER, SEE = "privacy.answer", "privacy.see"

BREACH = CaseKind(
    "data_breach",
    "Vi phạm dữ liệu cá nhân",
    page="privacy:breach",
    lifecycle=Lifecycle(
        states=(
            State("noticed", "Chưa báo cơ quan có thẩm quyền", Phase.OPEN),
            State("reported", "Đã báo, đang khắc phục", Phase.SETTLED),
            State("closed", "Đã kết thúc", Phase.CLOSED),
            State("dismissed", "Không phải vi phạm", Phase.CLOSED),
        ),
        moves=(
            Move("report", "Đã báo cơ quan có thẩm quyền", frozenset({"noticed"}), "reported", ANSWER, Clock.STOP),
            Move("dismiss", "Không phải vi phạm", frozenset({"noticed"}), "dismissed", ANSWER, Clock.STOP),
            Move("close", "Kết thúc", frozenset({"reported"}), "closed", ANSWER),
        ),
    ),
    see=SEE,
    work=ANSWER,
    icon="shield-alert",
)

BREACH_ENTRIES = (
    Entry("data_breach.notice", "{actor} ghi nhận vi phạm dữ liệu cá nhân", Readers.OFFICIALS),
    Entry("data_breach.describe", "{actor} bổ sung thông tin về vi phạm", Readers.OFFICIALS),
    Entry("data_breach.affect", "{actor} ghi {count} người bị ảnh hưởng", Readers.OFFICIALS),
    Entry("data_breach.report", "{actor} báo {whom}: {document}", Readers.OFFICIALS),
    Entry("data_breach.tell", "{actor} thông báo cho {whom}", Readers.OFFICIALS),
    Entry(
        "data_breach.dismiss", "{actor} kết luận không phải vi phạm: {reason}", Readers.OFFICIALS, frozenset({"reason"})
    ),
    Entry("data_breach.close", "{actor} kết thúc xử lý: {reason}", Readers.OFFICIALS, frozenset({"reason"})),
)
BREACH_MESSAGE = Message(
    "privacy.breach",
    "Dữ liệu của bạn bị ảnh hưởng trong một sự cố",
    "Lúc {when}: {what} Dữ liệu bị ảnh hưởng: {kinds}. Có thể dẫn đến: {consequences} Đã làm: {measures}"
    " Cần hỏi, gửi yêu cầu tại trang Dữ liệu của tôi.",
)


class Kind(StrEnum):
    """Kinds of personal data that a breach may touch."""

    IDENTITY = "identity"
    CONTACT = "contact"
    PAPERS = "papers"
    HEALTH = "health"
    MONEY = "money"
    CHILDREN = "children"
    BIOMETRIC = "biometric"
    LOCATION = "location"


KINDS = {
    Kind.IDENTITY: "Họ tên, số định danh, ngày sinh",
    Kind.CONTACT: "Điện thoại, thư điện tử, địa chỉ",
    Kind.PAPERS: "Giấy tờ trong hồ sơ",
    Kind.HEALTH: "Sức khỏe",
    Kind.MONEY: "Tài khoản, giao dịch",
    Kind.CHILDREN: "Dữ liệu của trẻ em",
    Kind.BIOMETRIC: "Sinh trắc học (khuôn mặt, vân tay)",
    Kind.LOCATION: "Vị trí của cá nhân",
}
EACH_PERSON = frozenset({Kind.BIOMETRIC, Kind.LOCATION})  # Điều 23: everybody concerned is told too


class Whom(StrEnum):
    """Who was told."""

    AUTHORITY = "authority"
    PEOPLE = "people"
    SUPERIOR = "superior"
    OTHER = "other"


WHOM = {
    Whom.AUTHORITY: "Cơ quan chuyên trách bảo vệ dữ liệu cá nhân",
    Whom.PEOPLE: "Người bị ảnh hưởng",
    Whom.SUPERIOR: "Cơ quan cấp trên",
    Whom.OTHER: "Cơ quan, đơn vị khác",
}


def must_tell_people(kinds: Collection[str]) -> bool:
    """Whether each person concerned has to be told, not only the authority."""
    return bool(EACH_PERSON & set(kinds))


def is_late(due_at: datetime | None, told_at: datetime | None, now: datetime) -> bool:
    """Told after the time, or not told though the time is over."""
    return due_at is not None and (told_at or now) > due_at
