"""Who may look after the link, who may deliver through it, and what it leaves in the history."""

from __future__ import annotations

from enum import StrEnum

from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    MANAGE = "national_portal.manage"
    DELIVER = "national_portal.deliver"


OPERATOR = Role("national_portal.operator", "Vận hành kết nối Cổng DVCQG", frozenset({Permission.MANAGE}))
PROGRAM = Role("national_portal.program", "Phần mềm của Cổng DVCQG gửi hồ sơ", frozenset({Permission.DELIVER}))

SYNCED = "national_portal.sync"
ENTRIES = (
    Entry(SYNCED, "Cổng Dịch vụ công quốc gia đã xác nhận nhận hồ sơ", Readers.OFFICIALS),
    Entry("national_portal.resend", "{actor} cho gửi lại hồ sơ {code}", Readers.OFFICIALS),
    Entry("national_portal.mend", "{actor} sửa bản tin {code} của Cổng DVCQG rồi tiếp nhận lại", Readers.OFFICIALS),
    Entry("national_portal.drop", "{actor} bỏ qua bản tin {code} của Cổng DVCQG: {reason}", Readers.OFFICIALS),
    Entry("national_portal.catalogue", "{actor} xử lý thay đổi {code} trên danh mục của Cổng DVCQG", Readers.OFFICIALS),
)
