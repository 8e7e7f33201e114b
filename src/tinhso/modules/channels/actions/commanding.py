"""Doing what is said about the line itself: help, stop, begin again, link, go on, leave."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.talks import Reply, Talk
from tinhso.modules.channels.actions import linking
from tinhso.modules.channels.models import Contact, Received
from tinhso.modules.channels.rules import Kind, talking
from tinhso.modules.channels.rules.talking import Command

NOT_PROVEN = "Chưa xác thực được thư này là của bạn. Gửi từ hộp thư của bạn, hoặc đăng nhập để đổi."
STOPPED = "Từ nay không gửi tin báo cho bạn ở đây nữa. Bạn vẫn nhắn hỏi được; nhắn “nhận tin” để nhận lại."
STARTED = "Bạn sẽ nhận tin báo ở đây khi hồ sơ, phản ánh của bạn có kết quả mới. Nhắn “dừng” để thôi nhận."
NOT_LINKED = "Bạn chưa liên kết tài khoản nên chưa có tin báo nào được gửi ở đây. Nhắn “liên kết” để bắt đầu."
BY_MAIL = (
    "Thư báo gửi đến địa chỉ ghi trong tài khoản của bạn. Bấm “Thôi nhận” ở cuối thư báo, hoặc chọn tại trang sau:"
)


def obey(command: Command, row: Received, contact: Contact, known: list[Talk]) -> tuple[Reply, str]:
    """What is said, and the talk that goes on: thanks and requests for help interrupt none."""
    if command in (Command.HELP, Command.THANKS):
        said = talking.menu(known, row.line.name) if command is Command.HELP else Reply("Rất vui được giúp bạn.")
        return Reply(said.text, keep=contact.kept if contact.talk else None), contact.talk
    if command is Command.RESUME:
        return Reply("Không có việc nào đang dở. " + talking.menu(known, row.line.name).text), ""
    if command is Command.LEAVE:
        contact.aside = {}
        return Reply("Đã bỏ. " + talking.menu(known, row.line.name).text), ""
    if command is Command.LINK:
        return linking.offer(contact, row.received_at), ""
    return _switched(command, row, contact), ""


def _switched(command: Command, row: Received, contact: Contact) -> Reply:
    if command is not Command.STOP and not row.is_proven:
        return Reply(NOT_PROVEN)
    if command is Command.UNLINK:
        contact.account = None
        return Reply("Đã bỏ liên kết tài khoản. Nhắn “liên kết” khi bạn muốn liên kết lại.")
    if row.line.kind == Kind.MAIL:
        return Reply(BY_MAIL, url=reverse("notices:settings"))
    contact.is_stopped = command is Command.STOP
    return Reply(STOPPED if contact.is_stopped else STARTED if contact.account_id else NOT_LINKED)
