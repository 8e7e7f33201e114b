"""What the kernel itself declares: rights over units, people, calendars and history, and the desk's own menu lines.

It comes first in the registry, so that every module and the shell find it there. The pages are the shell's.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases import jobs as cases
from tinhso.kernel.cases.talking import TALKS
from tinhso.kernel.clock.actions import import_holidays
from tinhso.kernel.facts.actions import run_rebuild
from tinhso.kernel.identity.roster import import_officials
from tinhso.kernel.keeping import HOLDINGS, RETAINED
from tinhso.kernel.mandates import jobs as mandates
from tinhso.kernel.mandates.demo import demo
from tinhso.kernel.manifest import Audience, Command, Entry, Family, Import, Menu, Module, Readers, Role, registry
from tinhso.kernel.people.demonstrating import show_use
from tinhso.kernel.people.measures import MEASURES
from tinhso.kernel.reorganisation.own import MOVERS
from tinhso.kernel.units.actions import import_units


class Permission(StrEnum):
    """Rights about the platform itself. Those of units and calendars are the words their packages ask for."""

    UNITS = "units.manage"
    PEOPLE = "people.manage"
    CALENDARS = "clock.manage"
    AUDIT = "journal.audit"
    SEARCH = "search.manage"
    IDENTIFY = "people.identify"
    NOTICES = "notices.manage"
    REORGANISE = "reorganisation.manage"


def _entry(verb: str, sentence: str, personal: frozenset[str] = frozenset()) -> Entry:
    return Entry(verb, sentence, Readers.OFFICIALS, personal)


NAMES = frozenset({"name", "holder"})  # of citizens: kept apart, and erased when their time is over


ENTRIES = (
    _entry("unit.add", "{actor} thêm đơn vị {name}"),
    _entry("unit.rename", "{actor} đổi tên đơn vị từ “{before}” thành “{name}”"),
    _entry("unit.end", "{actor} kết thúc đơn vị {name} từ {on}"),
    _entry("unit.reorganise", "{name}: sắp xếp theo {decision}, hiệu lực {on}"),
    _entry("reorganisation.draft", "{actor} lập phương án “{plan}”"),
    _entry("reorganisation.edit", "{actor} sửa phương án “{plan}”"),
    _entry("reorganisation.rehearse", "{actor} chạy thử “{plan}”: {number} dòng sẽ chuyển"),
    _entry("reorganisation.schedule", "{actor} xếp lịch “{plan}”, hiệu lực {on}"),
    _entry("reorganisation.call_off", "{actor} bỏ lịch “{plan}”"),
    _entry("reorganisation.start", "{actor} bắt đầu thực hiện “{plan}”"),
    _entry("reorganisation.finish", "Thực hiện xong “{plan}”: {number} dòng đã chuyển"),
    _entry("reorganisation.verify", "{actor} kiểm tra “{plan}”: {number} dòng còn sót"),
    _entry("reorganisation.undo", "{actor} bắt đầu hoàn tác “{plan}”"),
    _entry("reorganisation.undone", "Hoàn tác xong “{plan}”"),
    Entry("case.reorganise", "Chuyển từ {before} sang {after} theo {decision}"),
    Entry("case.reorganise_back", "Trả lại từ {before} về {after}: hoàn tác sắp xếp đơn vị"),
    _entry("person.register", "{actor} lập tài khoản {username} cho {name}"),
    _entry("person.appoint", "{actor} bổ nhiệm {name} làm {title} tại {unit}"),
    _entry("person.give_role", "{actor} giao vai trò {role} cho {name} tại {unit}"),
    _entry("person.take_role", "{actor} thu vai trò {role} của {name} tại {unit}"),
    _entry("person.leave", "{actor} kết thúc chức danh {title} của {name} tại {unit} từ {on}"),
    _entry("person.confirm_identity", "{actor} đối chiếu căn cước với {name}", NAMES),
    _entry("identity.create", "{name} lập tài khoản khi đăng nhập bằng {provider}", NAMES),
    _entry("identity.link", "{name} liên kết {provider}", NAMES),
    _entry("identity.unlink", "{name} gỡ liên kết {provider}", NAMES),
    _entry("mandate.ask", "{actor} xin nộp hồ sơ thay {name}", NAMES),
    _entry("mandate.confirm", "{actor} xác nhận {holder} được nộp thay {name} đến {until}", NAMES),
    _entry("mandate.refuse", "{actor} từ chối cho {holder} nộp thay {name}", NAMES),
    _entry("mandate.give", "{actor} lập mã ủy quyền đến {until}", NAMES),
    _entry("mandate.take_up", "{holder} nhận ủy quyền nộp thay {name} đến {until}", NAMES),
    _entry("mandate.revoke", "{actor} thu quyền nộp thay {name} của {holder}", NAMES),
    _entry("api_key.create", "{actor} tạo khóa API {key}"),
    _entry("api_key.revoke", "{actor} thu khóa API {key}"),
    _entry("notices.publish", "{actor} công bố mẫu thông báo {kind}, bản {number} từ {from}"),
    _entry("calendar.set_day", "{actor} ghi ngày {on} – {name} ({source})"),
    _entry("calendar.remove_day", "{actor} bỏ ngày {on} khỏi lịch"),
    Entry(cases.RECOUNTED, "Lịch làm việc thay đổi: ngày hẹn từ {before} thành {after} ({reason})"),
)

ROLES = (
    Role("core.admin", "Quản trị nền tảng", frozenset(Permission)),
    Role("core.people", "Quản trị đơn vị", frozenset({Permission.PEOPLE, Permission.IDENTIFY})),
    Role("core.calendars", "Quản lý lịch làm việc", frozenset({Permission.CALENDARS})),
    Role("core.identity", "Đối chiếu danh tính", frozenset({Permission.IDENTIFY})),
    Role("core.auditor", "Kiểm tra lịch sử xử lý", frozenset({Permission.AUDIT})),
)


def _sees_cases(actor: Any) -> bool:
    """Whether the official sees cases of any kind, which is what the leader's board is about."""
    return any(actor.may(kind.see) for kind in registry.case_kinds.values())


def _demo(at: datetime | None = None, **_more: Any) -> None:
    """Who acts for whom, and how many used their account in the months before."""
    demo()
    show_use(timezone.localdate(at))


MODULE = Module(
    code="core",
    name="Nền tảng",
    family=Family.GOVERNMENT,
    permissions=Permission,
    roles=ROLES,
    entries=ENTRIES,
    followers={
        **dict.fromkeys(("calendar.set_day", "calendar.remove_day"), (cases.recount_after,)),
        "identity.create": (mandates.for_organisation,),
    },
    demo=_demo,
    movers=MOVERS,
    retained=RETAINED,
    holdings=HOLDINGS,
    talks=TALKS,
    measures=MEASURES,
    imports=(
        Import("officials", "Cán bộ, vị trí và vai trò", import_officials),
        Import("units", "Đơn vị hành chính và cơ quan", import_units),
        Import("holidays", "Ngày nghỉ và ngày làm bù", import_holidays),
    ),
    commands=(
        Command("facts", "rebuild", "Count all figures again from the journal, or only compare: [check].", run_rebuild),
    ),
    menu=(
        Menu("core.inbox", "Việc của tôi", "desk", "inbox", Audience.DESK, order=1),
        Menu(
            "core.board",
            "Bảng điều hành",
            "board:home",
            "layout-dashboard",
            Audience.DESK,
            order=70,
            shown_to=_sees_cases,
            key="g b",
        ),
        Menu("core.units", "Cây đơn vị", "workshop:units", "building-2", Audience.DESK, 91, Permission.UNITS),
        Menu(
            "core.mandates", "Đại diện, ủy quyền", "mandates:waiting", "users", Audience.DESK, 46, Permission.IDENTIFY
        ),
        Menu(
            "core.identify",
            "Đối chiếu căn cước",
            "workshop:confirm_identity",
            "shield-check",
            Audience.DESK,
            47,
            Permission.IDENTIFY,
        ),
        Menu(
            "core.reorganisation",
            "Sắp xếp đơn vị",
            "workshop:reorganisations",
            "building-2",
            Audience.DESK,
            91,
            Permission.REORGANISE,
        ),
        Menu("core.people", "Cán bộ và vai trò", "workshop:people", "users", Audience.DESK, 92, Permission.PEOPLE),
        Menu("core.calendars", "Lịch làm việc", "workshop:days", "calendar", Audience.DESK, 93, Permission.CALENDARS),
        Menu(
            "core.notices",
            "Mẫu thông báo",
            "notices:templates",
            "message-square-text",
            Audience.DESK,
            95,
            Permission.NOTICES,
        ),
        Menu("core.audit", "Kiểm tra lịch sử", "workshop:journal", "shield-check", Audience.DESK, 94, Permission.AUDIT),
        Menu("core.lookup", "Tra cứu hồ sơ", "lookup:ask", "file-search", Audience.PORTAL, order=30),
    ),
)
