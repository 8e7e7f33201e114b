"""The fixed words for states, with icon and colour. One word per state, the same on every page.

Codes cover the lives of dossiers and reports; a module with other states passes its own words and picks a kind.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """How a state is shown: ``kind`` is a colour class of ``.tag`` (ok, warn, bad, info, wait, sen or none)."""

    words: str
    icon: str
    kind: str


OTHER = Status("", "circle", "")

STATUSES = {
    "draft": Status("Bản nháp", "pencil", ""),
    "submitted": Status("Đã nộp", "send", "info"),
    "received": Status("Đã tiếp nhận", "inbox", "info"),
    "processing": Status("Đang xử lý", "circle-play", "info"),
    "supplement": Status("Cần bổ sung", "clock-alert", "warn"),
    "waiting": Status("Chờ bổ sung", "hourglass", "wait"),
    "paused": Status("Tạm dừng", "pause", "wait"),
    "signing": Status("Chờ ký", "signature", "info"),
    "finished": Status("Có kết quả", "circle-check", "ok"),
    "returned": Status("Đã trả kết quả", "check-check", "ok"),
    "refused": Status("Từ chối", "circle-x", "bad"),
    "withdrawn": Status("Đã rút", "undo-2", ""),
    "sent": Status("Đã gửi", "send", "info"),
    "verified": Status("Đã xác minh", "badge-check", "info"),
    "forwarded": Status("Đã chuyển đơn vị", "share-2", "info"),
    "done": Status("Đã xong", "circle-check", "ok"),
    "declined": Status("Không xử lý", "circle-x", ""),
    "late": Status("Quá hạn", "circle-alert", "bad"),
    "due_soon": Status("Sắp đến hạn", "clock-alert", "warn"),
    "on_time": Status("Đúng hạn", "clock", "ok"),
    "paid": Status("Đã nộp phí", "circle-check", "ok"),
    "unpaid": Status("Chưa nộp phí", "wallet", "warn"),
    "online": Status("Nộp trực tuyến", "globe", ""),
    "counter": Status("Nộp tại quầy", "building-2", ""),
    "post": Status("Qua bưu chính", "mail", ""),
}
