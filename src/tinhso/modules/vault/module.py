"""The vault: papers of people and businesses, kept once and used again.

Results that are issued, papers of accepted dossiers and signed copies of what was brought on paper lie in their owner's
vault and are offered wherever a later dossier asks for such a paper. Paper is digitised at the counter: scanned, read,
compared with the original and signed. Owners share papers by consent and see who used them; communes certify e-copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.manifest import (
    Audience,
    Entry,
    Fact,
    Family,
    Holding,
    Menu,
    Module,
    Panel,
    PaperSource,
    Readers,
    Search,
    Shortcut,
)
from tinhso.modules.vault import actions, demo, jobs, rules
from tinhso.modules.vault.actions import forgetting, sharing
from tinhso.modules.vault.moving import MOVERS
from tinhso.modules.vault.queries import certificates, held, items

P = rules.Permission


def _split(entry: Any) -> Mapping[str, str]:
    """By procedure and field."""
    return {key: str(entry.data.get(key, "")) for key in ("procedure", "field")}


WORDS = frozenset({"reason", "purpose"})  # in people's own words: kept apart, and erased when their time is over
ENTRIES = (
    Entry("vault.keep", "Đã lưu “{title}” vào kho giấy tờ (bản {version})"),
    Entry("vault.revoke", "“{title}” bị thu hồi: {reason}", personal=WORDS),
    Entry("vault.share", "{actor} chia sẻ với {to} đến {until}: {purpose}", personal=WORDS),
    Entry("vault.end_share", "{actor} thu lại quyền xem đã chia sẻ"),
    Entry("vault.open_share", "{actor} đã mở giấy tờ được chia sẻ"),
    Entry("vault.reuse", "Dùng lại {papers} giấy tờ từ kho, không phải nộp lại"),
    Entry("vault.scan", "Đã quét “{name}” ({files} tệp)", Readers.OFFICIALS),
    Entry("vault.sign_copy", "{actor} đã đối chiếu bản chính và ký số bản sao “{name}”"),
    Entry("vault.digitise", "Đã số hóa đủ {papers} giấy tờ của hồ sơ"),
    Entry("certification.request", "Yêu cầu chứng thực bản sao điện tử: {title}"),
    Entry("certification.compare", "Đã đối chiếu bản chính, {pages} trang", Readers.PUBLIC),
    Entry("certification.sign", "Đã ký chứng thực số {number}", Readers.PUBLIC),
    Entry("certification.issue", "Đã cấp bản sao chứng thực điện tử số {number}", Readers.PUBLIC),
    Entry("certification.refuse", "Từ chối chứng thực: {reason}", personal=WORDS),
    Entry("certification.cancel", "Người yêu cầu đã rút yêu cầu", Readers.PUBLIC),
)

FACTS = (
    Fact("vault.digitised", "Hồ sơ đã số hóa đủ giấy tờ", "vault.digitise", _split),
    Fact("vault.papers_digitised", "Giấy tờ đã số hóa và ký số", "vault.sign_copy", _split),
    Fact("vault.reused", "Hồ sơ dùng lại giấy tờ đã có", "vault.reuse", _split),
    Fact("vault.copies_certified", "Bản sao chứng thực điện tử đã cấp", "certification.issue"),
)

HOLDINGS = (
    Holding(
        "vault.items", "Giấy tờ trong kho", "Để bạn không phải nộp lại giấy tờ đã có", "NĐ 118/2025/NĐ-CP",
        held.items_of, held.tell_item, files=held.item_files, page="vault:mine", order=20,
        erase=forgetting.erase_items,
        law="Chỉ xóa giấy tờ bạn tự tải lên; kết quả và bản sao chứng thực do cơ quan nhà nước lưu trữ.",
    ),
    Holding(
        "vault.shares", "Giấy tờ bạn đang chia sẻ", "Cho nơi bạn chọn được xem", "Sự đồng ý của bạn",
        held.shares_of, held.tell_share, page="vault:mine", order=21, on_close=sharing.end_shares_of,
        law="Bạn thu lại từng lượt chia sẻ ở trang giấy tờ; lượt đã hết hạn tự hủy theo thời hạn lưu.",
    ),
)  # fmt: skip

MODULE = Module(
    code="vault",
    name="Kho giấy tờ và số hóa",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    case_kinds=(rules.CERTIFICATION,),
    entries=ENTRIES,
    followers={
        "dossier.file": (jobs.note_uses,),
        "dossier.accept": (jobs.keep_papers,),
        "dossier.receive": (jobs.note_uses, jobs.adopt_scans),
        "dossier.complete": (jobs.note_uses,),
        "dossier.supplement": (jobs.note_uses,),
        "dossier.finish": (jobs.keep_result,),
        "dossier.sign_and_finish": (jobs.keep_result,),
        "vault.scan": (jobs.have_read,),
        "vault.reuse": (jobs.tell_taken,),
        "vault.revoke": (jobs.tell_revoked,),
        "vault.open_share": (jobs.tell_opened,),
        "certification.issue": (jobs.tell_certified,),
        "certification.refuse": (jobs.tell_certified,),
    },
    messages=jobs.MESSAGES,
    retained=forgetting.RETAINED,
    holdings=HOLDINGS,
    facts=FACTS,
    search=(Search("vault.items", "Giấy tờ của tôi", items.find, Audience.PORTAL, 60),),
    papers=(PaperSource("kho", "Kho giấy tờ", actions.offer, actions.take),),
    panels=(Panel("case", "Số hóa giấy tờ", "vault:panel", 40),),
    stories={"certification": certificates.public_story},
    shortcuts=(
        Shortcut("vault.mine", "Kho giấy tờ", "vault:mine", "wallet", "Giấy tờ đã có, dùng lại", "ok", order=40),
    ),
    menu=(
        Menu("vault.work", "Số hóa giấy tờ", "vault:work", "scan-line", order=25, permission=P.DIGITISE),
        Menu("vault.register", "Chứng thực bản sao", "vault:register", "stamp", order=26, permission=P.SEE),
        Menu("vault.shared", "Giấy tờ được chia sẻ", "vault:shared", "share-2", order=62, permission=P.SEE),
        Menu("vault.mine", "Kho giấy tờ", "vault:mine", "wallet", Audience.PORTAL, order=25, is_own=True),
    ),
    demo=demo.fill,
    movers=MOVERS,
)
