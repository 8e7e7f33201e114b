"""The dossier's lifecycle, who may do what, and the small rules around it.

States follow the ten national statuses used between provincial systems and the National Portal; the transitions are
those of N118 (Nghị định 118/2025/NĐ-CP) as amended by N309 (309/2026/NĐ-CP) and TT03 (03/2025/TT-VPCP). Which step of
the internal process a dossier is in is data, not a state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from tinhso.kernel.cases.rules import CaseKind, Clock, Lifecycle, Move, Need, Party, Phase, State
from tinhso.kernel.clock.rules import Calendar
from tinhso.kernel.manifest import Role
from tinhso.kernel.people.rules import IDENTIFY


class Permission(StrEnum):
    SEE = "dossiers.see"
    RECEIVE = "dossiers.receive"
    ASSIGN = "dossiers.assign"
    HANDLE = "dossiers.handle"
    SIGN = "dossiers.sign"
    ISSUE = "dossiers.issue"
    RETURN = "dossiers.return"
    SUPERVISE = "dossiers.supervise"
    MOVE_VERSION = "dossiers.move_version"


_SEE = Permission.SEE
ROLES = (
    Role("dossiers.clerk", "Cán bộ một cửa", frozenset({_SEE, Permission.RECEIVE, Permission.RETURN, IDENTIFY})),
    Role("dossiers.specialist", "Chuyên viên thụ lý", frozenset({_SEE, Permission.HANDLE})),
    Role("dossiers.head", "Lãnh đạo phòng", frozenset({_SEE, Permission.HANDLE, Permission.ASSIGN})),
    Role(
        "dossiers.leader",
        "Lãnh đạo đơn vị",
        frozenset({_SEE, Permission.ASSIGN, Permission.SIGN, Permission.SUPERVISE, Permission.MOVE_VERSION}),
    ),
    Role("dossiers.registrar", "Văn thư", frozenset({_SEE, Permission.ISSUE})),
    Role(
        "dossiers.director",
        "Giám đốc trung tâm phục vụ hành chính công",
        frozenset({_SEE, Permission.RECEIVE, Permission.RETURN, Permission.ASSIGN, Permission.SUPERVISE, IDENTIFY}),
    ),
    Role("dossiers.version_mover", "Cán bộ chuyển bản thủ tục", frozenset({_SEE, Permission.MOVE_VERSION})),
    Role("dossiers.overseer", "Theo dõi toàn tỉnh", frozenset({_SEE})),
)


class Channel(StrEnum):
    """How a dossier came in; the number is the one used in synchronisation (KenhThucHien)."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class Outcome(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    NO_SUPPLEMENT = "cancelled_no_supplement"
    DECLINED = "declined"


class ResultChannel(StrEnum):
    """How the applicant wants the result."""

    ELECTRONIC = "electronic"
    COUNTER = "counter"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the needs of the moves look at; one query gathers it."""

    parts_complete: bool = True
    fee_settled: bool = True
    result_ready: bool = False
    result_signed: bool = False
    supplements: int = 0
    guidances: int = 0
    leader_approves: bool = False
    apology_due: bool = False
    children_open: int = 0


def _result_ready(standing: Standing) -> bool:
    return standing.result_ready


def _result_signed(standing: Standing) -> bool:
    return standing.result_signed


def _fee_settled(standing: Standing) -> bool:
    return standing.fee_settled


def _supplement_allowed(standing: Standing) -> bool:
    return standing.supplements == 0 or standing.leader_approves


def _guidance_allowed(standing: Standing) -> bool:
    return standing.guidances == 0 or standing.leader_approves


def _no_result_yet(standing: Standing) -> bool:
    return not standing.result_signed


HAS_RESULT = Need("dossiers.no_result", "Chưa có dự thảo kết quả. Soạn kết quả trước khi trình ký.", _result_ready)
IS_SIGNED = Need("dossiers.not_signed", "Kết quả chưa được ký. Chuyển lãnh đạo ký trước.", _result_signed)
FEE_SETTLED = Need("dossiers.fee_unpaid", "Chưa thu phí, lệ phí. Thu đủ rồi mới trả kết quả.", _fee_settled)
# N118 Đ.11: not more than once in writing. Sector law may allow another round, so a leader can open it.
FIRST_SUPPLEMENT = Need(
    "dossiers.second_supplement",
    "Hồ sơ đã được yêu cầu bổ sung một lần. Yêu cầu lần hai phải có lý do và được lãnh đạo duyệt.",
    _supplement_allowed,
)
# N309 Đ.8.1: complete guidance, once. Otherwise a dossier could wait for its acceptance without an end or a clock.
FIRST_GUIDANCE = Need(
    "dossiers.second_guidance",
    "Hồ sơ đã được hướng dẫn bổ sung một lần. Tiếp nhận, từ chối, hoặc trình lãnh đạo hướng dẫn lần hai.",
    _guidance_allowed,
)
# TT03 Đ.7: stopping on request only while no decision or result document exists.
NO_RESULT_YET = Need("dossiers.result_exists", "Kết quả đã được ký nên không thể rút hoặc dừng hồ sơ.", _no_result_yet)


UNSIGNED = Need("dossiers.result_exists", "Kết quả đã được ký: chỉ còn phát hành và trả kết quả.", _no_result_yet)


# Practice under NĐ 61/2018 Đ.19: nothing goes on with an overdue dossier before the apology is prepared.
APOLOGY_FIRST = Need(
    "dossiers.apology_first",
    "Hồ sơ đã quá hạn. Lập văn bản xin lỗi và hẹn lại (mẫu 04) trước khi chuyển bước.",
    lambda standing: not standing.apology_due,
)
CHILDREN_DONE = Need(
    "dossiers.children_open",
    "Còn hồ sơ con chưa có kết quả. Hồ sơ liên thông chỉ xong khi mọi hồ sơ con xong.",
    lambda standing: standing.children_open == 0,
)


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


_RUNNING = _from("processing")
_STATES = (
    State("filed", "Đã nộp", Phase.OPEN, 1),
    State("incomplete", "Cần bổ sung", Phase.PAUSED, 5),
    State("received", "Đã tiếp nhận", Phase.OPEN, 2),
    State("declined", "Từ chối", Phase.CLOSED, 3),
    State("processing", "Đang xử lý", Phase.OPEN, 4),
    State("supplement", "Cần bổ sung", Phase.PAUSED, 5),
    State("payment", "Tạm dừng", Phase.PAUSED, 6),
    State("withdrawn", "Đã rút", Phase.CLOSED, 7),
    State("stopped", "Đã dừng", Phase.CLOSED, 8),
    State("finished", "Có kết quả", Phase.SETTLED, 9),
    State("returned", "Đã trả kết quả", Phase.CLOSED, 10),
)
_P = Permission
_MOVES = (
    Move("accept", "Tiếp nhận", _from("filed"), "received", _P.RECEIVE, Clock.START),
    Move("decline", "Từ chối tiếp nhận", _from("filed", "incomplete"), "declined", _P.RECEIVE, Clock.STOP),
    Move(
        "ask_completion", "Hướng dẫn bổ sung", _from("filed"), "incomplete", _P.RECEIVE, Clock.KEEP, (FIRST_GUIDANCE,)
    ),
    Move("complete", "Gửi bổ sung", _from("incomplete"), "filed", Party.OWNER),
    Move("take_over", "Nhận bàn giao", _from("received"), "processing", _P.HANDLE, Clock.START),
    Move("hand_to", "Phân công", _from("received"), "processing", _P.ASSIGN, Clock.START),
    Move(
        "ask_supplement", "Yêu cầu bổ sung", _RUNNING, "supplement", _P.HANDLE, Clock.PAUSE,
        (FIRST_SUPPLEMENT, UNSIGNED),
    ),
    Move("supplement", "Gửi bổ sung", _from("supplement"), "processing", Party.OWNER, Clock.RESUME),
    Move("supplement_at_counter", "Nhận bổ sung tại quầy", _from("supplement"), "processing", _P.RECEIVE, Clock.RESUME),
    Move(
        "ask_payment", "Thông báo nghĩa vụ tài chính", _RUNNING, "payment", _P.HANDLE, Clock.PAUSE, (UNSIGNED,)
    ),
    Move("confirm_payment", "Xác nhận đã nộp", _from("payment"), "processing", _P.HANDLE, Clock.RESUME),
    Move("sign", "Ký kết quả", _RUNNING, None, _P.SIGN, Clock.KEEP, (HAS_RESULT, CHILDREN_DONE)),
    Move("finish", "Phát hành kết quả", _RUNNING, "finished", _P.ISSUE, Clock.STOP, (IS_SIGNED,)),
    Move("sign_and_finish", "Ký và phát hành", _RUNNING, "finished", _P.SIGN, Clock.STOP, (HAS_RESULT, CHILDREN_DONE)),
    Move("refuse", "Từ chối giải quyết", _RUNNING, "finished", _P.SIGN, Clock.STOP, (NO_RESULT_YET,)),
    Move("return_result", "Trả kết quả", _from("finished"), "returned", _P.RETURN, Clock.KEEP, (FEE_SETTLED,)),
    Move("return_online", "Trả kết quả điện tử", _from("finished"), "returned", Party.SYSTEM),
    Move(
        "withdraw",
        "Rút hồ sơ",
        _from("filed", "incomplete", "received", "processing", "supplement", "payment"),
        "withdrawn",
        Party.OWNER,
        Clock.STOP,
        (NO_RESULT_YET,),
    ),
    Move(
        "withdraw_at_counter",
        "Rút hồ sơ theo đề nghị",
        _from("received", "processing", "supplement", "payment"),
        "withdrawn",
        _P.RECEIVE,
        Clock.STOP,
        (NO_RESULT_YET,),
    ),
    Move(
        "stop", "Dừng giải quyết", _from("processing", "supplement", "payment"), "stopped", _P.SUPERVISE, Clock.STOP,
        (NO_RESULT_YET,),
    ),
    Move(
        "transfer", "Chuyển cơ quan khác", _from("filed", "received", "processing"), None, _P.ASSIGN, Clock.KEEP,
        (UNSIGNED,),
    ),
    Move("assign", "Phân công", _from("processing", "supplement", "payment"), None, _P.ASSIGN),
    Move("step_on", "Chuyển bước tiếp theo", _RUNNING, None, _P.HANDLE, Clock.KEEP, (APOLOGY_FIRST,)),
    Move("draft_result", "Soạn kết quả", _RUNNING, None, _P.HANDLE),
    Move("step_back", "Trả lại bước trước", _RUNNING, None, _P.SEE),
    Move("consult", "Lấy ý kiến phối hợp", _RUNNING, None, _P.HANDLE, Clock.KEEP, (UNSIGNED,)),
    Move("apologise", "Xin lỗi và hẹn lại", _from("received", "processing"), None, _P.HANDLE),
)  # fmt: skip

DOSSIER = CaseKind(
    "dossier",
    "Hồ sơ",
    page="dossiers:detail",
    lifecycle=Lifecycle(states=_STATES, moves=_MOVES),
    see=Permission.SEE,
    work=Permission.HANDLE,
    public_page="dossiers:tracking",
    icon="file-text",
    resolvers=frozenset({Permission.HANDLE, Permission.SIGN, Permission.ISSUE}),  # N118 Đ.14: received elsewhere
)

ACCEPT_WITHIN_HOURS = Decimal(8)  # NĐ 61/2018 as amended by 107/2021, from memory; unconfirmed under N118
HAND_OVER_CUTOFF = time(15)  # N309 Đ.9: received later, handed over at the start of the next working day


def hand_over_at(received_at: datetime, calendar: Calendar) -> datetime:
    """When a dossier received at another place must reach the resolving unit: at once, or the next working morning."""
    if calendar.is_working(received_at.date()) and received_at.time() < HAND_OVER_CUTOFF:
        return received_at
    day = calendar.next_working_day(received_at.date())
    first = calendar.windows_on(day)[0][0]
    return datetime.combine(day, time(first // 60, first % 60), received_at.tzinfo)


FURTHEST_PROMISE = timedelta(days=366)  # our own choice: a new date further away is a slip of the finger
GUIDANCE_COUNTS = timedelta(days=180)  # our own choice: how long a counter remembers what it asked for
MAY_WRITE = (Permission.HANDLE, Permission.RECEIVE, Permission.ASSIGN)  # to the applicant, outside decisions
MOST_UNANSWERED = 10  # messages of an applicant in a row
NEWS_OF_MESSAGE = "Người nộp vừa nhắn"


_DOSSIER_CODE = re.compile(r"^(?:[A-Z]\d{2}(?:\.\d{2,3}){0,4}|(?:\d{2,3}\.){3}[A-Z]\d{2})-\d{6}-\d{4,}$")


def dossier_code(agency_id: str, on: date, number: int) -> str:
    """``H55.242.01-261118-0042``: agency's identifier, date received, daily number (TT03 Đ.13)."""
    return f"{agency_id}-{on:%y%m%d}-{number:04d}"


def is_dossier_code(text: str) -> bool:
    """Whether it is a dossier code of any generation still in use (TT03, QĐ 20/2020, QCVN 102:2016)."""
    return bool(_DOSSIER_CODE.match(text))


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the applicant is asked for again."""

    code: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What a running dossier would meet in a newer version of its procedure.

    ``step``: the key of the step it is in, empty before acceptance; ``steps``: the keys of the new process;
    ``branches``: the codes of the new version's cases. Due dates are None while no clock runs."""

    is_signed: bool
    has_open_opinion: bool
    branch: str
    branches: frozenset[str]
    step: str
    step_name: str
    steps: tuple[str, ...]
    due_at: datetime | None
    new_due_at: datetime | None


def hindrance(change: VersionChange, at: datetime) -> str:
    """Why the dossier has to stay with the version it began under; empty when it may move.

    A dossier keeps its version unless a decision says otherwise (practice in line with transitional clauses). One that
    is late stays, so that no change of rules makes it punctual; and no change makes one late on the spot."""
    if change.is_signed:
        return "Kết quả đã ký theo bản cũ."
    if change.branch and change.branch not in change.branches:
        return "Bản mới không còn trường hợp của hồ sơ này."
    if change.step and change.step not in change.steps:
        return f"Quy trình mới không có bước đang làm: “{change.step_name}”."
    if change.has_open_opinion:
        return "Còn ý kiến phối hợp chưa trả lời."
    if change.due_at is not None and change.due_at < at:
        return "Đã quá hạn theo bản cũ. Lập văn bản xin lỗi và giải quyết tiếp theo bản cũ."
    if change.new_due_at is not None and change.new_due_at < at:
        return "Theo bản mới thì hạn đã qua."
    return ""
