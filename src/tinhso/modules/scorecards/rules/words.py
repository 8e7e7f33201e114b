"""Rights, roles, journal entries and the states of a round and of a unit's card."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "scorecards.see"  # the cards of the units in scope and their results before publication
    FILL = "scorecards.fill"  # the own unit's self-assessment
    SUBMIT = "scorecards.submit"  # send it, answer for it, appeal
    REVIEW = "scorecards.review"  # the council
    MANAGE = "scorecards.manage"  # editions, rounds, closing and publication


ROLES = (
    Role("scorecards.clerk", "Cán bộ tự đánh giá", frozenset({Permission.SEE, Permission.FILL})),
    Role(
        "scorecards.head", "Lãnh đạo gửi tự đánh giá", frozenset({Permission.SEE, Permission.FILL, Permission.SUBMIT})
    ),
    Role("scorecards.council", "Thành viên hội đồng thẩm định", frozenset({Permission.SEE, Permission.REVIEW})),
    Role("scorecards.manager", "Quản lý đánh giá, xếp hạng", frozenset({Permission.SEE, Permission.MANAGE})),
)

ENTRIES = (
    Entry("scorecards.publish_edition", "{actor} công bố bộ tiêu chí {name}", Readers.OFFICIALS),
    Entry("scorecards.open", "{actor} mở kỳ đánh giá {name} cho {units} đơn vị", Readers.OFFICIALS),
    Entry("scorecards.fill", "{actor} điền tiêu chí {criterion}", Readers.OFFICIALS),
    Entry("scorecards.compute", "Hệ thống điền số liệu cho {criteria} tiêu chí", Readers.OFFICIALS),
    Entry("scorecards.attach", "{actor} thêm minh chứng cho tiêu chí {criterion}", Readers.OFFICIALS),
    Entry("scorecards.detach", "{actor} bỏ một minh chứng của tiêu chí {criterion}", Readers.OFFICIALS),
    Entry("scorecards.submit", "{actor} gửi tự đánh giá: {total} điểm", Readers.OFFICIALS),
    Entry("scorecards.ask_more", "{actor} đề nghị bổ sung tiêu chí {criteria}", Readers.OFFICIALS),
    Entry("scorecards.review", "{actor} thẩm định tiêu chí {criterion}: {points} điểm", Readers.OFFICIALS),
    Entry("scorecards.finish_review", "{actor} thẩm định xong: {total} điểm", Readers.OFFICIALS),
    Entry("scorecards.announce", "{actor} gửi kết quả thẩm định cho các đơn vị", Readers.OFFICIALS),
    Entry("scorecards.appeal", "{actor} kiến nghị về tiêu chí {criterion}", Readers.OFFICIALS),
    Entry("scorecards.answer", "{actor} trả lời kiến nghị về tiêu chí {criterion}", Readers.OFFICIALS),
    Entry("scorecards.close", "{actor} chốt kỳ đánh giá {name}", Readers.OFFICIALS),
    Entry("scorecards.publish", "{actor} công bố kết quả kỳ đánh giá {name}", Readers.OFFICIALS),
)


class RoundState(StrEnum):
    """Open: units fill and the council reviews what was sent. Announced: units may appeal. Closed: frozen."""

    OPEN = "open"
    ANNOUNCED = "announced"
    CLOSED = "closed"
    PUBLISHED = "published"


class CardState(StrEnum):
    FILLING = "filling"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"


ROUND_NAMES = {
    RoundState.OPEN: "Đang tự đánh giá, thẩm định", RoundState.ANNOUNCED: "Đang nhận kiến nghị",
    RoundState.CLOSED: "Đã chốt", RoundState.PUBLISHED: "Đã công bố",
}  # fmt: skip
CARD_NAMES = {
    CardState.FILLING: "Đang tự đánh giá", CardState.SUBMITTED: "Đã gửi, chờ thẩm định",
    CardState.RETURNED: "Cần bổ sung", CardState.REVIEWED: "Đã thẩm định",
}  # fmt: skip

# What can be done with a card, from which states of it, while its round is in which state.
CARD_MOVES: dict[str, tuple[frozenset[CardState], frozenset[RoundState]]] = {
    "fill": (frozenset({CardState.FILLING, CardState.RETURNED}), frozenset({RoundState.OPEN})),
    "submit": (frozenset({CardState.FILLING, CardState.RETURNED}), frozenset({RoundState.OPEN})),
    "ask_more": (frozenset({CardState.SUBMITTED}), frozenset({RoundState.OPEN})),
    "review": (frozenset({CardState.SUBMITTED}), frozenset({RoundState.OPEN})),
    "finish_review": (frozenset({CardState.SUBMITTED}), frozenset({RoundState.OPEN})),
    "appeal": (frozenset(CardState), frozenset({RoundState.ANNOUNCED})),
    "answer": (frozenset(CardState), frozenset({RoundState.ANNOUNCED})),
}
ROUND_MOVES: dict[str, frozenset[RoundState]] = {
    "announce": frozenset({RoundState.OPEN}),
    "close": frozenset({RoundState.OPEN, RoundState.ANNOUNCED}),
    "publish": frozenset({RoundState.CLOSED}),
}


class EvidenceKind(StrEnum):
    FILE = "file"
    LINK = "link"
    DOCUMENT = "document"
    FIGURE = "figure"


class AppealState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


REASON_LENGTH = 1000


def may(move: str, card: str, round_: str) -> bool:
    """Whether a card in this state can make this move while its round is in that state."""
    cards, rounds = CARD_MOVES[move]
    return CardState(card) in cards and RoundState(round_) in rounds


def reason_from(text: str, *, field: str = "reason") -> str:
    """A reason that others will read: at least five letters. Raises Refusal ``scorecards.reason``."""
    said = " ".join(text.split())[:REASON_LENGTH]
    if len(said) < 5:
        raise Refusal("scorecards.reason", "Ghi lý do bằng một câu; đơn vị và người dân sẽ đọc lý do này.", field=field)
    return said
