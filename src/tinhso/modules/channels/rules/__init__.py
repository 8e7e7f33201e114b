"""Rights and history of the lines on which people write to the province."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "channels.see"
    MANAGE = "channels.manage"


ROLES = (
    Role("channels.operator", "Trực kênh giao tiếp", frozenset({Permission.SEE})),
    Role("channels.manager", "Quản lý kênh giao tiếp", frozenset(Permission)),
)
ENTRIES = (
    Entry("channels.add", "{actor} thêm kênh {name}", Readers.OFFICIALS),
    Entry("channels.connect", "{actor} kết nối kênh {name} với tài khoản {outside}", Readers.OFFICIALS),
    Entry("channels.set_up", "{actor} sửa cài đặt kênh {name}; khóa mới: {keys}", Readers.OFFICIALS),
    Entry("channels.disconnect", "{actor} ngắt kết nối kênh {name}, xóa khóa và mã truy cập", Readers.OFFICIALS),
    Entry("channels.close", "{actor} tạm ngừng kênh {name}", Readers.OFFICIALS),
    Entry("channels.open", "{actor} mở lại kênh {name}", Readers.OFFICIALS),
    Entry("channels.read", "{actor} xem tin nhắn trên kênh {name}", Readers.OFFICIALS),
    Entry("channels.refuse", "Từ chối một tin gửi đến kênh {name}: {reason}", Readers.OFFICIALS),
    Entry("channels.zns_add", "{actor} thêm mẫu ZNS {template} cho {kind} trên kênh {name}", Readers.OFFICIALS),
    Entry("channels.zns_drop", "{actor} thôi dùng mẫu ZNS {template} trên kênh {name}", Readers.OFFICIALS),
    Entry("channels.texts_off", "Thôi gửi tin nhắn SMS theo tin trả lời của người nhận", Readers.PARTIES),
    Entry("channels.texts_on", "Gửi lại tin nhắn SMS theo tin trả lời của người nhận", Readers.PARTIES),
    Entry("channels.link", "{actor} liên kết tài khoản với kênh {name}", Readers.PARTIES),
    Entry("channels.unlink", "{actor} bỏ liên kết với kênh {name}", Readers.PARTIES),
)


class Kind(StrEnum):
    """What a line is at its operator."""

    ZALO = "zalo"
    FACEBOOK = "facebook"
    MAIL = "mail"


KIND_NAMES = {Kind.ZALO: "Zalo Official Account", Kind.FACEBOOK: "Trang Facebook", Kind.MAIL: "Hộp thư điện tử"}


def address_of(line: Any) -> str:
    """Where people find a line: the operator's page of the account, or the mail address; empty while not connected."""
    heads = {Kind.ZALO: "https://zalo.me/", Kind.FACEBOOK: "https://m.me/", Kind.MAIL: "mailto:"}
    return f"{heads[Kind(line.kind)]}{line.outside_id}" if line.outside_id else ""


class Sending(StrEnum):
    """Where an answer stands. ``failed`` is tried again; ``given_up`` is not."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


OPEN = (Sending.WAITING.value, Sending.FAILED.value)
MAX_ATTEMPTS = 10


def pause_after(attempts: int) -> timedelta:
    """How long a message waits after so many tries: 1, 2, 4 … minutes, an hour at most; ten tries take five hours."""
    return timedelta(minutes=min(2 ** (attempts - 1), 60))
