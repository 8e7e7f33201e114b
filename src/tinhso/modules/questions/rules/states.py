"""The lifecycle of a question as a table, and the rights that its moves ask for.

Ground: Nghị định 42/2022/NĐ-CP (information and services online); the deadlines are the province's own promise.
"""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Party, Phase, State
from tinhso.kernel.manifest import Role
from tinhso.kernel.people.rules import Actor, ActorKind


class Permission(StrEnum):
    SEE = "questions.see"
    SCREEN = "questions.screen"
    ANSWER = "questions.answer"
    MERGE = "questions.merge"
    PUBLISH = "questions.publish"
    SOURCES = "questions.sources"
    ROUTE = "questions.route"


P = Permission

ROLES = (
    Role("questions.screener", "Tiếp nhận hỏi đáp", frozenset({P.SEE, P.SCREEN, P.MERGE})),
    Role("questions.answerer", "Soạn trả lời hỏi đáp", frozenset({P.SEE, P.ANSWER, P.MERGE})),
    Role("questions.approver", "Duyệt trả lời hỏi đáp", frozenset({P.SEE, P.MERGE, P.PUBLISH})),
    Role("questions.keeper", "Quản lý thư viện trả lời", frozenset({P.SEE, P.SOURCES, P.ROUTE})),
)

_HANDLED = frozenset({"screened", "assigned", "drafted"})
_OPEN = _HANDLED | {"received", "approving"}
ASKER = Actor(ActorKind.SYSTEM, name="Người hỏi")  # whoever holds the secret of a question acts namelessly as its asker
CLOSED_WITH_ANSWER = ("published", "answered_privately", "merged")

QUESTION = CaseKind(
    "question",
    "Câu hỏi",
    page="questions:detail",
    public_page="questions:follow",
    secret_page="questions:by_key",  # noqa: S106 - a page, no password
    resolvers=frozenset({P.ANSWER, P.PUBLISH}),
    icon="message-circle",
    lifecycle=Lifecycle(
        states=(
            State("received", "Đã gửi", Phase.OPEN),
            State("screened", "Đã tiếp nhận", Phase.OPEN),
            State("assigned", "Đang soạn trả lời", Phase.OPEN),
            State("drafted", "Có dự thảo trả lời", Phase.OPEN),
            State("approving", "Chờ duyệt trả lời", Phase.OPEN),
            State("published", "Đã trả lời công khai", Phase.CLOSED),
            State("answered_privately", "Đã trả lời riêng", Phase.CLOSED),
            State("rejected", "Không tiếp nhận", Phase.CLOSED),
            State("merged", "Đã trả lời bằng câu có sẵn", Phase.CLOSED),
            State("withdrawn", "Người hỏi đã rút", Phase.CLOSED),
        ),
        moves=(
            Move("screen", "Tiếp nhận, chuyển đơn vị", frozenset({"received"}), "screened", P.SCREEN),
            Move("send_back", "Trả lại nơi tiếp nhận", _HANDLED, "received", P.ANSWER),
            Move("hand_over", "Chuyển đơn vị khác", _HANDLED, "screened", P.ANSWER),
            Move("take", "Nhận trả lời", frozenset({"screened"}), "assigned", P.ANSWER),
            Move("assign", "Giao người trả lời", _HANDLED, "assigned", P.PUBLISH),
            Move("draft", "Lưu dự thảo", _HANDLED, "drafted", P.ANSWER),
            Move("propose", "Trình duyệt", frozenset({"drafted"}), "approving", P.ANSWER),
            Move("return_draft", "Trả lại để sửa", frozenset({"approving"}), "drafted", P.PUBLISH),
            Move("publish", "Công bố trả lời", frozenset({"approving"}), "published", P.PUBLISH, Clock.STOP),
            Move(
                "answer_privately",
                "Trả lời riêng",
                frozenset({"approving"}),
                "answered_privately",
                P.PUBLISH,
                Clock.STOP,
            ),
            Move("reject", "Không tiếp nhận", frozenset({"received", "screened"}), "rejected", P.SCREEN, Clock.STOP),
            Move("merge", "Trả lời bằng câu có sẵn", _HANDLED | {"received"}, "merged", P.MERGE, Clock.STOP),
            Move("withdraw", "Rút câu hỏi", _OPEN, "withdrawn", Party.OWNER, Clock.STOP),
        ),
    ),
    see=P.SEE,
    work=P.ANSWER,
)
