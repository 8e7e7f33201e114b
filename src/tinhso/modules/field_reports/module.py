"""Field reports: what people see and want put right, and the 1022 desk.

Anybody files one in under ninety seconds, with or without an account: a photo, a place, words. The desk classifies it,
the clock starts, the unit responsible answers with proof, its leader approves, everybody sees the outcome and the
sender rates it. Kinds, units and deadlines are dated editions of the province's list; what of a report is public is
decided in one place, ``queries.public``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinhso.kernel.manifest import (
    Audience,
    Fact,
    Family,
    Holding,
    Import,
    Measure,
    Menu,
    Module,
    Shortcut,
    Sums,
    Tile,
)
from tinhso.modules.field_reports.actions import counting as sums
from tinhso.modules.field_reports.actions import editions, forgetting, handling, senders
from tinhso.modules.field_reports.demo import demo
from tinhso.modules.field_reports.door import TALKS
from tinhso.modules.field_reports.jobs import counting, fetching, showing, telling, watching
from tinhso.modules.field_reports.moving import MOVERS
from tinhso.modules.field_reports.queries import held
from tinhso.modules.field_reports.queries.story import public_story
from tinhso.modules.field_reports.queries.tile import tile
from tinhso.modules.field_reports.rules.entries import ENTRIES
from tinhso.modules.field_reports.rules.states import FIELD_REPORT, ROLES, Permission

P = Permission


def _by_kind(entry: Any) -> Mapping[str, str]:
    """Split by channel, kind and level."""
    return {key: str(entry.data.get(key, "")) for key in ("channel", "category", "level")}


def _by_verdict(entry: Any) -> Mapping[str, str]:
    """Split by early, on time or late as well: as the unit stands to its own time, the province to its promise."""
    promised = str(entry.data.get("verdict", ""))
    own = str(entry.data.get("unit_verdict", "")) or promised
    return {**_by_kind(entry), "verdict": own} | ({"promised": promised} if promised != own else {})


FACTS = (
    Fact("field_reports.received", "Phản ánh tiếp nhận", "field_report.file", _by_kind, Measure.RECEIVED),
    Fact("field_reports.accepted", "Phản ánh được phân loại", "field_report.accept", _by_kind),
    Fact(
        "field_reports.processed", "Phản ánh đã xử lý, công khai", "field_report.approve", _by_verdict, Measure.RESOLVED
    ),
    Fact(
        "field_reports.answered",
        "Phản ánh đã trả lời riêng",
        "field_report.approve_private",
        _by_verdict,
        Measure.RESOLVED,
    ),
    Fact("field_reports.rejected", "Phản ánh bị từ chối", "field_report.reject", _by_kind),
    Fact("field_reports.merged", "Phản ánh trùng", "field_report.merge", _by_kind),
    Fact("field_reports.reopened", "Phản ánh mở lại", "field_report.reopen"),
    Fact("field_reports.sent_back", "Lượt đơn vị chuyển trả", "field_report.send_back"),
    Fact("field_reports.extended", "Phản ánh được gia hạn", "field_report.extend"),
    Fact(
        "field_reports.rated",
        "Phản ánh được đánh giá",
        "field_report.rate",
        lambda entry: {"score": str(entry.data.get("score", ""))},
    ),
)

FOLLOWERS: dict[str, tuple[Callable[..., Any], ...]] = {
    f"field_report.{verb}": (telling.tell,) for verb in telling.TOLD
}
FOLLOWERS["field_report.file"] = (telling.tell, watching.dispatch)
for _verb in ("route", "reroute", "reopen"):
    FOLLOWERS[f"field_report.{_verb}"] = (telling.tell, telling.tell_unit)
FOLLOWERS["field_report.involve"] = (telling.tell_unit,)
for _job, _verbs in ((showing.show_photos, showing.WITH_PHOTOS), (showing.place, showing.MOVING)):
    for _verb in _verbs:
        FOLLOWERS[f"field_report.{_verb}"] = (*FOLLOWERS.get(f"field_report.{_verb}", ()), _job)
FOLLOWERS["field_report.file"] = (*FOLLOWERS["field_report.file"], fetching.fetch_linked)
for _verb in counting.COUNTED:
    FOLLOWERS[_verb] = (counting.count, *FOLLOWERS.get(_verb, ()))

HOLDINGS = (
    Holding(
        "field_reports.sent", "Phản ánh hiện trường đã gửi", "Xử lý phản ánh và báo kết quả cho bạn",
        "Quy chế tiếp nhận, xử lý phản ánh hiện trường của tỉnh", held.reports_of, held.tell_report,
        files=held.report_files, page="field_reports:my_list", order=20,
        law="Phản ánh là hồ sơ công việc của cơ quan xử lý nên được lưu theo quy định về lưu trữ.",
    ),
    Holding(
        "field_reports.followed", "Phản ánh đang theo dõi", "Báo tin cho bạn", "Để cung cấp dịch vụ bạn dùng",
        held.followed_by, held.tell_followed, page="field_reports:my_list", erase=senders.unfollow_all,
        on_close=senders.unfollow_all, order=21,
    ),
)  # fmt: skip

MODULE = Module(
    code="field_reports",
    name="Phản ánh hiện trường",
    family=Family.SERVICES,
    permissions=P,
    roles=ROLES,
    case_kinds=(FIELD_REPORT,),
    entries=ENTRIES,
    followers=FOLLOWERS,
    facts=FACTS,
    sums=(Sums("field_reports.figures", "Số liệu phản ánh", sums.rebuild, sums.fingerprint),),
    messages=telling.MESSAGES,
    stories={"field_report": public_story},
    takes={"field_report": handling.take},
    imports=(Import("report-categories", "Danh mục phản ánh hiện trường", editions.run_import),),
    shortcuts=(
        Shortcut(
            "field_reports.file", "Gửi phản ánh", "field_reports:file", "megaphone", "Ảnh, vị trí, vài chữ", "sen", 20
        ),
    ),
    tiles=(
        Tile(
            "field_reports.near", "Phản ánh gần bạn", "field_reports/portal/_tile.html", tile, Audience.PORTAL, order=20
        ),
    ),
    menu=(
        Menu("field_reports.call", "Tổng đài 1022", "field_reports:call", "phone", order=21, permission=P.OPERATE),
        Menu("field_reports.triage", "Phản ánh chờ phân loại", "field_reports:triage", "inbox", order=22,
             permission=P.OPERATE),
        Menu("field_reports.listed", "Phản ánh của đơn vị", "field_reports:listed", "megaphone", order=23,
             permission=P.SEE),
        Menu("field_reports.figures", "Thống kê phản ánh", "field_reports:figures", "chart-line", order=76,
             permission=P.SEE),
        Menu("field_reports.catalogue", "Danh mục phản ánh", "field_reports:catalogue", "list", order=88,
             permission=P.MANAGE),
        Menu("field_reports.map", "Phản ánh", "field_reports:map", "map", Audience.PORTAL, order=30),
        Menu("field_reports.file", "Phản ánh", "field_reports:file", "camera", Audience.PORTAL, order=52),
        Menu("field_reports.mine", "Phản ánh của tôi", "field_reports:my_list", "megaphone", Audience.PORTAL, order=53,
             is_own=True),
    ),
    talks=TALKS,
    retained=forgetting.RETAINED,
    holdings=HOLDINGS,
    demo=demo,
    movers=MOVERS,
)  # fmt: skip
