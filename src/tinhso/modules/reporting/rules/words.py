"""Rights, roles, journal entries, and the states of a period and of a unit's sheet."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "reporting.see"  # what the units in scope have sent, and their sum
    FILL = "reporting.fill"  # the own unit's sheets
    SUBMIT = "reporting.submit"  # send them
    RECEIVE = "reporting.receive"  # for the office that asked: approve, return, remind, add up, close
    DESIGN = "reporting.design"  # for the office that asks: templates and who fills them


ROLES = (
    Role("reporting.clerk", "Cán bộ lập báo cáo", frozenset({Permission.SEE, Permission.FILL})),
    Role("reporting.head", "Lãnh đạo gửi báo cáo", frozenset({Permission.SEE, Permission.FILL, Permission.SUBMIT})),
    Role("reporting.receiver", "Cán bộ nhận, tổng hợp báo cáo", frozenset({Permission.SEE, Permission.RECEIVE})),
    Role(
        "reporting.designer",
        "Quản lý chế độ báo cáo",
        frozenset({Permission.SEE, Permission.RECEIVE, Permission.DESIGN}),
    ),
)

ENTRIES = (
    Entry("reporting.draft", "{actor} soạn mẫu báo cáo {name}", Readers.OFFICIALS),
    Entry("reporting.publish", "{actor} công bố mẫu báo cáo {name}, bản {number}", Readers.OFFICIALS),
    Entry("reporting.assign", "{actor} giao báo cáo {name} cho {units} đơn vị", Readers.OFFICIALS),
    Entry("reporting.end", "{actor} thôi giao báo cáo từ ngày {day}", Readers.OFFICIALS),
    Entry("reporting.open", "Mở kỳ báo cáo {name} cho {units} đơn vị", Readers.OFFICIALS),
    Entry("reporting.prefill", "Hệ thống điền sẵn {cells} ô cho {units} đơn vị", Readers.OFFICIALS),
    Entry("reporting.fill", "{actor} điền dòng {row}", Readers.OFFICIALS),
    Entry("reporting.upload", "{actor} nạp {rows} dòng từ tệp Excel", Readers.OFFICIALS),
    Entry("reporting.submit", "{actor} gửi báo cáo", Readers.OFFICIALS),
    Entry("reporting.give_back", "{actor} trả lại báo cáo: {reason}", Readers.OFFICIALS),
    Entry("reporting.approve", "{actor} duyệt báo cáo", Readers.OFFICIALS),
    Entry("reporting.paper", "{actor} ghi nhận báo cáo giấy {number}", Readers.OFFICIALS),
    Entry("reporting.remind", "Nhắc {units} đơn vị chưa gửi báo cáo", Readers.OFFICIALS),
    Entry("reporting.close", "{actor} chốt kỳ báo cáo, còn thiếu {missing} đơn vị", Readers.OFFICIALS),
    Entry("reporting.reopen", "{actor} mở lại kỳ báo cáo: {reason}", Readers.OFFICIALS),
)


class PeriodState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class SheetState(StrEnum):
    FILLING = "filling"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class Channel(StrEnum):
    """How a report came. Those made in the grid or from an uploaded file were made online."""

    GRID = "grid"
    EXCEL = "excel"
    PAPER = "paper"


ONLINE = (Channel.GRID, Channel.EXCEL)
SHEET_NAMES = {
    SheetState.FILLING: "Đang lập", SheetState.SUBMITTED: "Đã gửi, chờ duyệt",
    SheetState.RETURNED: "Bị trả lại", SheetState.APPROVED: "Đã duyệt",
}  # fmt: skip
SHEET_KINDS = {
    SheetState.FILLING: "wait", SheetState.SUBMITTED: "info", SheetState.RETURNED: "warn", SheetState.APPROVED: "ok",
}  # fmt: skip
PERIOD_NAMES = {PeriodState.OPEN: "Đang nhận báo cáo", PeriodState.CLOSED: "Đã chốt"}
CHANNEL_NAMES = {Channel.GRID: "nhập trực tuyến", Channel.EXCEL: "nạp tệp Excel", Channel.PAPER: "báo cáo giấy"}

_MINE = frozenset({SheetState.FILLING, SheetState.RETURNED})
MOVES: dict[str, frozenset[SheetState]] = {
    "fill": _MINE,
    "submit": _MINE,
    "paper": _MINE,
    "give_back": frozenset({SheetState.SUBMITTED, SheetState.APPROVED}),
    "approve": frozenset({SheetState.SUBMITTED}),
}
REASON_LENGTH = 1000


def may(move: str, sheet: str, period: str) -> bool:
    """Whether a sheet in this state can make this move; nothing moves once its period is closed."""
    return PeriodState(period) is PeriodState.OPEN and SheetState(sheet) in MOVES[move]


def reason_from(text: str, *, field: str = "reason") -> str:
    """A reason that others will read: at least five letters. Raises Refusal ``reporting.reason``."""
    said = " ".join(text.replace("\x00", "").split())[:REASON_LENGTH]
    if len(said) < 5:
        raise Refusal("reporting.reason", "Ghi lý do bằng một câu để đơn vị biết phải làm gì.", field=field)
    return said
