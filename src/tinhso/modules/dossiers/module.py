"""Dossiers: what people hand in, and what becomes of it.

A draft is filled in on the portal and filed once; or a clerk receives papers at the counter. The dossier then runs
through its procedure's internal process in statutory time: accepted, assigned, appraised, perhaps supplemented or
paused, signed, issued and returned. Its states are the ten national statuses; its steps are data of the procedure.
Everything that happens is an entry from which notices, figures and the applicant's story are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tinhso.kernel.manifest import (
    Audience,
    Entry,
    Fact,
    Family,
    Holding,
    Measure,
    Menu,
    Module,
    Panel,
    Readers,
    Shortcut,
)
from tinhso.modules.dossiers import jobs, rules
from tinhso.modules.dossiers.actions import forgetting
from tinhso.modules.dossiers.actions.taking import take
from tinhso.modules.dossiers.demo import demo
from tinhso.modules.dossiers.moving import MOVERS
from tinhso.modules.dossiers.queries import held
from tinhso.modules.dossiers.queries.story import public_story

P = rules.Permission


def _by_channel(entry: Any) -> Mapping[str, str]:
    """Split by how it came in and by procedure."""
    return {key: str(entry.data.get(key, "")) for key in ("channel", "procedure", "field")}


def _by_verdict(entry: Any) -> Mapping[str, str]:
    """Split by early, on time or late as well."""
    return {key: str(entry.data.get(key, "")) for key in ("channel", "procedure", "field", "verdict", "outcome")}


# What people wrote in their own words may tell of somebody: it is kept apart, and erased when its time is over.
WORDS = frozenset({"message", "reason", "text", "question", "answer", "note", "notice", "proof"})
_ENTRIES = (
    Entry("dossier.file", "{actor} đã nộp hồ sơ {code}", Readers.PUBLIC),
    Entry("dossier.receive", "Đã tiếp nhận hồ sơ {code} tại quầy", Readers.PUBLIC),
    Entry("dossier.guide", "Hướng dẫn bổ sung tại quầy trước khi tiếp nhận: {missing}", Readers.OFFICIALS),
    Entry("dossier.fill_in", "{actor} điền tờ khai từ bản giấy", Readers.PARTIES),
    Entry("dossier.accept", "Đã tiếp nhận, bắt đầu tính thời hạn giải quyết", Readers.PUBLIC),
    Entry("dossier.ask_completion", "Bộ phận một cửa hướng dẫn bổ sung: {message}", Readers.PARTIES),
    Entry("dossier.complete", "Người nộp đã bổ sung {papers} giấy tờ", Readers.PARTIES),
    Entry("dossier.decline", "Từ chối tiếp nhận: {reason}", Readers.PARTIES),
    Entry("dossier.take_over", "{handler} nhận xử lý hồ sơ", Readers.PARTIES),
    Entry("dossier.hand_to", "Giao {handler} xử lý", Readers.PARTIES),
    Entry("dossier.assign", "Giao {handler} xử lý", Readers.PARTIES),
    Entry("dossier.step_on", "Xong bước “{done}”, chuyển sang “{step}”", Readers.PARTIES),
    Entry("dossier.step_back", "Trả lại bước “{step}”: {reason}", Readers.OFFICIALS),
    Entry("dossier.ask_supplement", "Yêu cầu bổ sung, đồng hồ tạm dừng: {message}", Readers.PARTIES),
    Entry("dossier.supplement", "Người nộp đã bổ sung, đồng hồ chạy tiếp", Readers.PARTIES),
    Entry("dossier.supplement_at_counter", "Đã nhận bổ sung tại quầy, đồng hồ chạy tiếp", Readers.PARTIES),
    Entry("dossier.ask_payment", "Thông báo nghĩa vụ tài chính {amount} đồng, đồng hồ tạm dừng", Readers.PARTIES),
    Entry("dossier.confirm_payment", "Đã thực hiện nghĩa vụ tài chính, đồng hồ chạy tiếp", Readers.PARTIES),
    Entry("dossier.link", "Mở các hồ sơ liên thông: {children}", Readers.PARTIES),
    Entry("dossier.children_done", "Các hồ sơ liên thông đã có kết quả", Readers.PARTIES),
    Entry(
        "dossier.parent_ended",
        "Hồ sơ liên thông {parent} đã kết thúc, hồ sơ này vẫn được giải quyết",
        Readers.PARTIES,
    ),
    Entry("dossier.fee_paid", "Ghi nhận đã thu phí, lệ phí {amount} đồng", Readers.OFFICIALS),
    Entry("dossier.consult", "Lấy ý kiến {unit}", Readers.PARTIES),
    Entry("dossier.opinion", "{unit} đã cho ý kiến", Readers.PARTIES),
    Entry("dossier.transfer", "Chuyển hồ sơ từ {source} sang {target}: {reason}", Readers.PARTIES),
    Entry("dossier.move_version", "Chuyển sang bản số {to} của thủ tục: {reason}", Readers.PARTIES),
    Entry("dossier.apologise", "Xin lỗi vì chậm và hẹn lại: {reason}", Readers.PARTIES),
    Entry("dossier.draft_result", "{actor} soạn dự thảo kết quả", Readers.OFFICIALS),
    Entry("dossier.note", "{actor} ghi chú: {text}", Readers.OFFICIALS),
    Entry("dossier.message_applicant", "{actor} nhắn người nộp", Readers.PARTIES),
    Entry("dossier.message_office", "Người nộp nhắn cơ quan giải quyết", Readers.PARTIES),
    Entry("dossier.sign", "Lãnh đạo đã ký kết quả số {number}", Readers.PARTIES),
    Entry("dossier.sign_and_finish", "Đã ký và phát hành kết quả số {number}", Readers.PUBLIC),
    Entry("dossier.finish", "Đã phát hành kết quả số {number}", Readers.PUBLIC),
    Entry("dossier.refuse", "Từ chối giải quyết: {reason}", Readers.PARTIES),
    Entry("dossier.return_result", "Đã trả kết quả", Readers.PUBLIC),
    Entry("dossier.return_online", "Đã trả kết quả điện tử", Readers.PUBLIC),
    Entry("dossier.withdraw", "Người nộp rút hồ sơ", Readers.PARTIES),
    Entry("dossier.withdraw_at_counter", "Rút hồ sơ theo đề nghị của người nộp", Readers.PARTIES),
    Entry("dossier.stop", "Dừng giải quyết: {reason}", Readers.PARTIES),
)
ENTRIES = tuple(replace(one, personal=WORDS) for one in _ENTRIES)

FACTS = (
    Fact("dossiers.filed_online", "Hồ sơ nộp trực tuyến", "dossier.file", _by_channel),
    Fact("dossiers.received", "Hồ sơ tiếp nhận trực tuyến", "dossier.accept", _by_channel, Measure.RECEIVED),
    Fact("dossiers.received_at_counter", "Hồ sơ tiếp nhận tại quầy", "dossier.receive", _by_channel, Measure.RECEIVED),
    Fact(
        "dossiers.issued", "Hồ sơ giải quyết xong (văn thư phát hành)", "dossier.finish", _by_verdict, Measure.RESOLVED
    ),
    Fact(
        "dossiers.signed",
        "Hồ sơ giải quyết xong (ký và phát hành)",
        "dossier.sign_and_finish",
        _by_verdict,
        Measure.RESOLVED,
    ),
    Fact("dossiers.refused", "Hồ sơ từ chối giải quyết", "dossier.refuse", _by_verdict, Measure.RESOLVED),
    Fact("dossiers.supplement_asked", "Lượt yêu cầu bổ sung", "dossier.ask_supplement"),
    Fact("dossiers.declined", "Hồ sơ từ chối tiếp nhận", "dossier.decline"),
    Fact("dossiers.withdrawn", "Hồ sơ rút", "dossier.withdraw"),
    Fact("dossiers.withdrawn_at_counter", "Hồ sơ rút tại quầy", "dossier.withdraw_at_counter"),
    Fact("dossiers.stopped", "Hồ sơ dừng giải quyết", "dossier.stop"),
    Fact("dossiers.linked", "Hồ sơ liên thông tách thành hồ sơ con", "dossier.link"),
    Fact("dossiers.apologies", "Lượt xin lỗi, hẹn lại", "dossier.apologise"),
    Fact("dossiers.returned", "Kết quả đã trả", "dossier.return_result"),
    Fact("dossiers.returned_online", "Kết quả điện tử đã trả", "dossier.return_online"),
)

_TOLD = (
    "file", "receive", "accept", "ask_completion", "decline", "ask_supplement", "ask_payment", "finish",
    "sign_and_finish", "refuse", "stop", "apologise", "transfer", "supplement", "complete", "hand_to", "assign",
    "message_applicant", "move_version", "supplement_at_counter", "confirm_payment", "withdraw", "withdraw_at_counter",
    "parent_ended",
)  # fmt: skip
FOLLOWERS: dict[str, tuple[Callable[..., Any], ...]] = {f"dossier.{verb}": (jobs.tell,) for verb in _TOLD}
for _verb in ("accept", "receive"):
    FOLLOWERS[f"dossier.{_verb}"] = (jobs.tell, jobs.open_children)
FOLLOWERS["dossier.message_office"] = (jobs.tell_office,)
for _verb in ("file", "receive"):
    FOLLOWERS[f"dossier.{_verb}"] = (*FOLLOWERS[f"dossier.{_verb}"], jobs.settle_guidance)
for _verb in ("finish", "sign_and_finish", "refuse"):
    FOLLOWERS[f"dossier.{_verb}"] = (jobs.tell, jobs.return_electronic, jobs.note_child_done)
for _verb in ("withdraw", "withdraw_at_counter", "stop"):  # without a result: children are settled too, or go on
    FOLLOWERS[f"dossier.{_verb}"] = (
        *FOLLOWERS.get(f"dossier.{_verb}", ()),
        jobs.note_child_done,
        jobs.note_parent_ended,
    )
for _verb in ("requested", "changed", "waived"):
    FOLLOWERS[f"payments.{_verb}"] = (jobs.adopt_fee,)
FOLLOWERS["payments.paid"] = (jobs.take_payment,)

HOLDINGS = (
    Holding(
        "dossiers.filed", "Hồ sơ đã nộp", "Giải quyết thủ tục hành chính", "Luật và nghị định của từng thủ tục",
        held.dossiers_of, held.tell_dossier, files=held.dossier_files, page="dossiers:mine", order=10,
        law="Hồ sơ của cơ quan nhà nước phải lưu trữ đủ thời hạn (Luật Lưu trữ); sau đó được ẩn danh.",
    ),
    Holding(
        "dossiers.drafts", "Bản nháp chưa nộp", "Để bạn điền tiếp", "Để cung cấp dịch vụ bạn dùng",
        held.drafts_of, held.tell_draft, files=held.draft_files, page="dossiers:mine", order=11,
        erase=forgetting.erase_drafts,
    ),
)  # fmt: skip

MODULE = Module(
    code="dossiers",
    name="Hồ sơ một cửa",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    case_kinds=(rules.DOSSIER,),
    entries=ENTRIES,
    followers=FOLLOWERS,
    facts=FACTS,
    messages=jobs.MESSAGES,
    retained=forgetting.RETAINED,
    holdings=HOLDINGS,
    shortcuts=(
        Shortcut("dossiers.mine", "Hồ sơ của tôi", "dossiers:mine", "file-text", "Theo dõi, bổ sung", "info", order=45),
    ),
    panels=(
        Panel("case", "Trao đổi với người nộp", "dossiers:desk_messages", 60),
        Panel("tracking", "Trao đổi về hồ sơ", "dossiers:messages", 60),
    ),
    stories={"dossier": public_story},
    takes={"dossier": take},
    demo=demo,
    movers=MOVERS,
    menu=(
        Menu(
            "dossiers.counter",
            "Quầy tiếp nhận",
            "dossiers:counter",
            "file-plus",
            order=20,
            permission=P.RECEIVE,
            key="g q",
        ),
        Menu(
            "dossiers.listed", "Tra cứu hồ sơ", "dossiers:listed", "file-search", order=60, permission=P.SEE, key="g t"
        ),
        Menu(
            "dossiers.versions",
            "Chuyển bản thủ tục",
            "dossiers:versions",
            "git-branch",
            order=85,
            permission=P.MOVE_VERSION,
        ),
        Menu("dossiers.mine", "Hồ sơ", "dossiers:mine", "file-text", Audience.PORTAL, order=20, is_own=True),
    ),
)
