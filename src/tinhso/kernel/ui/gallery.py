# ruff: noqa: E501 - tables read better with a row on a line
"""Sample data for the gallery of components. All names are invented for demonstration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tinhso.kernel.ui.charts import Point, bars, line
from tinhso.kernel.ui.context import Frame, Group, Line
from tinhso.kernel.ui.statuses import STATUSES

FRAMES = ("portal", "flow", "desk", "board")

ICONS = [
    "inbox",
    "clock",
    "file-plus",
    "file-search",
    "bell",
    "user",
    "search",
    "camera",
    "megaphone",
    "wallet",
    "house",
    "qr-code",
    "check",
    "circle-check",
    "circle-alert",
    "pause",
    "hourglass",
    "stamp",
    "printer",
    "paperclip",
    "map-pin",
    "users",
    "building-2",
    "landmark",
    "calendar",
    "calendar-clock",
    "download",
    "upload",
    "trash-2",
    "pencil",
    "eye",
    "log-out",
    "settings",
    "list-checks",
    "message-square",
    "send",
    "undo-2",
    "arrow-left",
    "arrow-right",
    "x",
    "plus",
    "filter",
    "sun",
    "moon",
    "languages",
    "shield-check",
    "phone",
    "wifi-off",
    "info",
    "triangle-alert",
    "signature",
    "baby",
    "heart-handshake",
    "id-card",
    "hammer",
    "briefcase",
    "car",
    "graduation-cap",
    "heart-pulse",
    "leaf",
    "scale",
    "chart-line",
    "keyboard",
    "copy",
    "external-link",
    "history",
    "git-branch",
    "award",
    "gavel",
]

_AT = datetime(2026, 11, 22, 4, 16, tzinfo=UTC)

_ROWS = [
    ("Cấp giấy phép xây dựng nhà ở riêng lẻ", "0137", 7, "Chờ ý kiến phòng", "Trần Quốc Mẫu", "P. Long Hoa", "bad", "Quá hạn 5 giờ", "20/11, 16:00", 100),
    ("Cấp lại giấy phép kinh doanh vận tải", "0021", 5, "", "HTX Vận tải Minh Họa", "P. Tân Ninh", "bad", "Còn 14 phút", "Hôm nay, 11:30", 97),
    ("Cấp giấy phép xây dựng nhà ở riêng lẻ", "0088", 6, "Người dân vừa nộp bản vẽ mới", "Nguyễn Thị Mẫu", "P. Tân Ninh", "warn", "Còn 3 giờ", "Hôm nay, 16:30", 88),
    ("Điều chỉnh giấy phép xây dựng", "0091", 12, "", "Công ty TNHH Thí Dụ", "P. Trảng Bàng", "warn", "Còn 3,5 giờ", "Hôm nay, 17:00", 84),
    ("Cấp giấy phép đấu nối nút giao vào đường tỉnh", "0042", 9, "Chờ ý kiến Công an tỉnh", "Công ty CP Minh Họa", "X. Châu Thành", "", "Còn 2 ngày", "25/11", None),
    ("Cấp giấy phép xây dựng nhà ở riêng lẻ", "0033", 5, "", "Võ Thị Mẫu", "P. Hòa Thành", "wait", "Tạm dừng", "Chờ dân 2 ngày", None),
    ("Gia hạn giấy phép xây dựng", "0012", 3, "", "Đặng Văn Mẫu", "X. Bến Lức", "", "Còn 4 ngày", "27/11", None),
]  # fmt: skip
_FIELDS = ("title", "code", "papers", "note", "who", "place", "kind", "left", "due", "share")


def _menu(*lines: tuple[str, str, int | None]) -> tuple[Line, ...]:
    return tuple(Line(icon, title, icon, "?", title == "Hồ sơ của tôi", count) for icon, title, count in lines)


class SampleFrame(Frame):
    """The surroundings of a sample page: an invented official with a full menu."""

    province = "Tỉnh Tây Ninh"
    user = True
    who = "Mai Văn Mẫu"
    initials = "MM"
    role = "Chuyên viên · Sở Xây dựng"
    unread = 4
    session_seconds = 0
    account_mark = ""
    desk_groups = [
        Group("Việc của tôi", _menu(("inbox", "Hồ sơ của tôi", 31), ("megaphone", "Phản ánh", 3), ("flag", "Nhiệm vụ", 5))),
        Group("Đơn vị", _menu(("users", "Chưa phân công", 12), ("stamp", "Chờ lãnh đạo ký", 9), ("hourglass", "Chờ bổ sung", 14))),
        Group("Số liệu", _menu(("chart-column", "Kết quả tháng này", None))),
        Group("Quản trị", _menu(("settings", "Cài đặt", None)), is_folding=True),
    ]  # fmt: skip
    portal_menu = [*_menu(("file-text", "Hồ sơ", None), ("camera", "Phản ánh", None), ("qr-code", "Ví giấy tờ", None))]
    tabs = [Line("home", "Trang chủ", "house", "?", True), *portal_menu, Line("me", "Cá nhân", "user", "?", False)]


def samples() -> dict[str, Any]:
    """Everything the gallery's templates show, the same at every call so that pictures can be compared."""
    return {
        "at": _AT,
        "rows": [dict(zip(_FIELDS, row, strict=True)) for row in _ROWS],
        "columns": ["Chọn", "Hồ sơ", "Người nộp", "Bước", {"title": "Hạn xử lý", "sorted": "ascending", "url": "?"}],
        "statuses": sorted(STATUSES),
        "journey": _journey(),
        "history": _history(),
        "tasks": _tasks(),
        "answers": _answers(),
        "counters": _counters(),
        "parcels": [
            ("214", "Thửa 214, tờ bản đồ 18", "Phường Tân Ninh · 126,4 m² · đất ở đô thị"),
            ("khac", "Thửa đất khác", "Bạn sẽ nhập số thửa và tải giấy chứng nhận"),
        ],
        "wards": [("25456", "Phường Tân Ninh"), ("25480", "Phường Long Hoa"), ("25486", "Xã Châu Thành")],
        "errors": [("so_nha", "Nhập số nhà và tên đường. Nếu chưa có số nhà, ghi “chưa có”.")],
        "file": {"name": "so-do-trang-1.jpg", "size": 1_258_291, "url": "?"},
        "by_hour": bars([Point("07", 82), Point("08", 305), Point("09", 422), Point("10", 388), Point("11", 270, is_open=True)]),
        "by_month": line([Point(str(month), value) for month, value in zip(range(5, 12), (93.1, 92.4, 89.7, 93.8, 95.9, 97.1, 98.2), strict=True)], goal=95, low=85, unit="%"),
        "icon_names": ICONS,
        "steps": 7,
        "step": 3,
    }  # fmt: skip


def _journey() -> list[dict[str, Any]]:
    return [
        {"kind": "done", "title": "Đã tiếp nhận", "at": _AT - timedelta(days=5), "place": "Trung tâm Phục vụ hành chính công phường Tân Ninh"},
        {"kind": "done", "title": "Bạn đã bổ sung bản vẽ mặt đứng", "at": _AT - timedelta(hours=2), "note": "Thời gian chờ không tính vào hạn xử lý."},
        {"kind": "now", "title": "Sở Xây dựng đang thẩm định", "actor": "Người xử lý: Mai Văn Mẫu, Phòng Quản lý xây dựng"},
        {"kind": "next", "title": "Lãnh đạo ký số"},
        {"kind": "next", "title": "Trả kết quả", "note": "Bản điện tử trong Ví giấy tờ."},
    ]  # fmt: skip


def _history() -> list[dict[str, Any]]:
    return [
        {"kind": "now", "title": "Bạn đang thẩm định", "note": "Đến hạn bước này 16:30 hôm nay"},
        {"kind": "", "title": "Người dân nộp bổ sung bản vẽ", "at": _AT - timedelta(hours=2)},
        {"kind": "wait", "title": "Bạn yêu cầu bổ sung: thiếu chữ ký đơn vị thiết kế", "at": _AT - timedelta(days=2)},
    ]


def _tasks() -> list[dict[str, Any]]:
    return [
        {"title": "Chủ đầu tư", "done": True, "url": "?"},
        {"title": "Công trình", "url": "?", "words": "Đang điền dở", "kind": "warn"},
        {"title": "Giấy tờ kèm theo", "url": "?", "hint": "4 giấy tờ, 2 lấy sẵn từ cơ sở dữ liệu"},
        {"title": "Kiểm tra và nộp", "words": "Chưa đến lượt", "kind": ""},
    ]


def _answers() -> list[dict[str, str]]:
    return [
        {"title": "Chủ đầu tư", "value": "Nguyễn Thị Mẫu", "url": "?"},
        {"title": "Địa điểm xây dựng", "value": "Thửa 214, tờ bản đồ 18, phường Tân Ninh", "url": "?"},
        {"title": "Diện tích sàn", "value": "126,4 m²", "url": "?"},
    ]


def _counters() -> list[dict[str, Any]]:
    return [
        {"count": 31, "title": "Tất cả đang xử lý", "url": "?", "on": True},
        {"count": 2, "title": "Quá hạn và dưới 1 giờ", "url": "?", "kind": "bad"},
        {"count": 9, "title": "Đến hạn hôm nay, mai", "url": "?", "kind": "warn"},
        {"count": 4, "title": "Có cập nhật chưa xem", "url": "?", "kind": "info"},
        {"count": 5, "title": "Tạm dừng, chờ bổ sung", "url": "?", "kind": "wait"},
    ]
