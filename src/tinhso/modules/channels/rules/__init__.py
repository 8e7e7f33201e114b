"""Rights and history of the lines on which people write to the province."""

from __future__ import annotations

from enum import StrEnum

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


class Sending(StrEnum):
    """Where an answer stands. ``failed`` is tried again; ``given_up`` is not."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


OPEN = (Sending.WAITING.value, Sending.FAILED.value)
MAX_ATTEMPTS = 6
