"""A field report's life: states, moves, who may make them, what they need.

States are those that provinces and other systems (Open311, CitySDK) know; see ``OPEN311`` for the latter. The clock
starts when a report is accepted, never before it has been classified; waiting for the sender stops it, going back to
the operator does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Need, Party, Phase, State
from tinhso.kernel.manifest import Role
from tinhso.kernel.people.rules import Actor, ActorKind


class Permission(StrEnum):
    SEE = "field_reports.see"
    OPERATE = "field_reports.operate"
    IDENTIFY = "field_reports.identify"
    HANDLE = "field_reports.handle"
    APPROVE = "field_reports.approve"
    MANAGE = "field_reports.manage"


P = Permission
ROLES = (
    Role("field_reports.operator", "Tổng đài viên 1022", frozenset({P.SEE, P.OPERATE, P.IDENTIFY})),
    Role("field_reports.handler", "Cán bộ xử lý phản ánh", frozenset({P.SEE, P.HANDLE})),
    Role("field_reports.leader", "Lãnh đạo duyệt phản ánh", frozenset({P.SEE, P.HANDLE, P.APPROVE})),
    Role("field_reports.manager", "Quản lý danh mục phản ánh", frozenset({P.MANAGE})),
)

# Whoever holds a report's secret link, or its code and the phone's last digits, acts as its sender.
SENDER = Actor(ActorKind.SYSTEM, name="Người phản ánh")


class Channel(StrEnum):
    """How a report came in."""

    APP = "app"
    WEB = "web"
    PHONE = "phone"
    ZALO = "zalo_oa"
    ZALO_MINI = "zalo_mini"
    FACEBOOK = "facebook"
    EMAIL = "email"
    SMS = "sms"
    WALK_IN = "walk_in"
    CHATBOT = "chatbot"
    OPEN311 = "open311"
    OFFICIAL = "official"
    SENSOR = "sensor"
    MEDIA = "media"


CHANNEL_NAMES = {
    Channel.APP: "Ứng dụng công dân",
    Channel.WEB: "Cổng thông tin",
    Channel.PHONE: "Tổng đài 1022",
    Channel.ZALO: "Zalo",
    Channel.ZALO_MINI: "Zalo Mini App",
    Channel.FACEBOOK: "Facebook",
    Channel.EMAIL: "Thư điện tử",
    Channel.SMS: "Tin nhắn",
    Channel.WALK_IN: "Tại bộ phận một cửa",
    Channel.CHATBOT: "Trợ lý ảo",
    Channel.OPEN311: "Ứng dụng bên thứ ba",
    Channel.OFFICIAL: "Cán bộ ghi nhận",
    Channel.SENSOR: "Cảnh báo thiết bị",
    Channel.MEDIA: "Báo chí, mạng xã hội",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the needs of the moves look at."""

    has_unit: bool = True
    asked_by_unit: bool = False  # the sender was asked by the unit, not by the desk
    not_ours_left: bool = True  # the unit may still hand it back by itself: the first time, within one working day
    was_reopened: bool = False
    is_reopening_late: bool = False
    has_answer: bool = True
    may_be_public: bool = True


HAS_UNIT = Need("field_reports.no_unit", "Chọn đơn vị xử lý trước khi chuyển.", lambda one: one.has_unit)
NOT_OURS_ONCE = Need(
    "field_reports.not_ours_twice",
    "Chỉ được chuyển trả một lần, trong một ngày làm việc từ khi nhận. Ghi ý kiến để tổng đài quyết định.",
    lambda one: one.not_ours_left,
)
ONCE_REOPENED = Need(
    "field_reports.reopened_before",
    "Phản ánh đã được mở lại một lần. Nếu sự việc tái diễn, gửi phản ánh mới.",
    lambda one: not one.was_reopened,
)
IN_DAYS = Need(
    "field_reports.reopening_late",
    "Đã quá 7 ngày từ khi có kết quả nên không mở lại được. Gửi phản ánh mới, ghi mã phản ánh này.",
    lambda one: not one.is_reopening_late,
)
ASKED_BY_DESK = Need(
    "field_reports.asked_by_unit", "Đơn vị đang hỏi thêm người gửi. Chờ câu trả lời.", lambda one: not one.asked_by_unit
)
ASKED_BY_UNIT = Need(
    "field_reports.asked_by_desk", "Tổng đài đang hỏi thêm, chưa chuyển đơn vị.", lambda one: one.asked_by_unit
)
MAY_BE_PUBLIC = Need(
    "field_reports.never_public",
    "Loại phản ánh này hoặc ý người gửi không cho công khai. Duyệt và trả lời riêng.",
    lambda one: one.may_be_public,
)
ANSWERED = Need("field_reports.no_answer", "Ghi nội dung trả lời trước.", lambda one: one.has_answer)


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


STATES = (
    State("received", "Mới tiếp nhận", Phase.OPEN),
    State("need_info", "Chờ người gửi bổ sung", Phase.PAUSED),
    State("accepted", "Đã phân loại", Phase.OPEN),
    State("assigned", "Đã chuyển đơn vị", Phase.OPEN),
    State("in_progress", "Đang xử lý", Phase.OPEN),
    State("returned", "Đơn vị chuyển trả", Phase.OPEN),
    State("answered", "Đã có kết quả, chờ duyệt", Phase.OPEN),
    State("published", "Đã xử lý", Phase.CLOSED),
    State("answered_private", "Đã trả lời riêng", Phase.CLOSED),
    State("rejected", "Từ chối", Phase.CLOSED),
    State("merged", "Đã gộp", Phase.CLOSED),
    State("withdrawn", "Người gửi rút", Phase.CLOSED),
    State("reopened", "Mở lại", Phase.OPEN),
)
AT_UNIT = _from("assigned", "in_progress")
ANSWERED_STATES = _from("published", "answered_private")
FINAL = _from("published", "answered_private", "rejected", "merged", "withdrawn")
# In these states a report of a public kind is shown to everybody. A refused or merged one never is.
SHOWN = _from("accepted", "assigned", "in_progress", "returned", "answered", "published", "reopened")
OPEN311 = {state.code: "closed" if state.code in FINAL else "open" for state in STATES}

MOVES = (
    Move("accept", "Tiếp nhận", _from("received", "need_info"), "accepted", P.OPERATE, Clock.START,
         (ASKED_BY_DESK,)),
    Move("ask", "Hỏi thêm người gửi", _from("received"), "need_info", P.OPERATE, Clock.PAUSE),
    Move("ask_from_unit", "Hỏi thêm người gửi", AT_UNIT, "need_info", P.HANDLE, Clock.PAUSE),
    Move("supply", "Gửi bổ sung", _from("need_info"), "received", Party.OWNER, Clock.RESUME, (ASKED_BY_DESK,)),
    Move("supply_to_unit", "Gửi bổ sung", _from("need_info"), "in_progress", Party.OWNER, Clock.RESUME,
         (ASKED_BY_UNIT,)),
    Move(
        "reject", "Từ chối", _from("received", "need_info", "accepted", "returned"), "rejected", P.OPERATE, Clock.STOP,
    ),
    Move(
        "merge", "Gộp vào phản ánh khác",
        _from("received", "need_info", "accepted", "assigned", "in_progress", "returned"), "merged", P.OPERATE,
        Clock.STOP,
    ),
    Move(
        "withdraw", "Rút phản ánh", _from("received", "need_info", "accepted", "assigned"), "withdrawn", Party.OWNER,
        Clock.STOP,
    ),
    Move("route", "Chuyển đơn vị xử lý", _from("accepted", "returned", "reopened"), "assigned", P.OPERATE,
         needs=(HAS_UNIT,)),
    Move("reroute", "Chuyển đơn vị khác", AT_UNIT, "assigned", P.OPERATE, needs=(HAS_UNIT,)),
    Move("start", "Bắt đầu xử lý", _from("assigned", "reopened"), "in_progress", P.HANDLE),
    Move("send_back", "Không thuộc đơn vị", AT_UNIT, "returned", P.HANDLE, needs=(NOT_OURS_ONCE,)),
    Move("answer", "Trình kết quả", _from("assigned", "in_progress", "reopened"), "answered", P.HANDLE,
         needs=(ANSWERED,)),
    Move("revise", "Trả lại để làm tiếp", _from("answered"), "in_progress", P.APPROVE),
    Move("approve", "Duyệt và công khai", _from("answered"), "published", P.APPROVE, Clock.STOP, (MAY_BE_PUBLIC,)),
    Move("approve_private", "Duyệt, trả lời riêng", _from("answered"), "answered_private", P.APPROVE, Clock.STOP),
    Move("reopen", "Mở lại", ANSWERED_STATES | {"rejected"}, "reopened", Party.OWNER, Clock.START,
         (ONCE_REOPENED, IN_DAYS)),
)  # fmt: skip

FIELD_REPORT = CaseKind(
    "field_report",
    "Phản ánh",
    page="field_reports:detail",
    lifecycle=Lifecycle(states=STATES, moves=MOVES),
    see=P.SEE,
    work=P.HANDLE,
    public_page="field_reports:mine",
    secret_page="field_reports:followed",  # noqa: S106 - a page, no password
    icon="megaphone",
)

SEND_BACK_MINUTES = 480  # one working day
REOPEN_DAYS, RATE_DAYS = 7, 30  # our choice
WITHHELD = "Người gửi được giữ kín"  # what stands where other kinds of case name their applicant


def report_code(year: int, number: int) -> str:
    """``PA-2026-0001234``."""
    return f"PA-{year}-{number:07d}"
