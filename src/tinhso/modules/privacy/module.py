"""Personal data: how long they are kept and how that ends, and what people may ask about their own.

A schedule in dated versions says for each kind of thing that modules declare how long it is kept and what then. What is
due is counted, proposed, approved by a second person and ended by the worker in batches; a record tells kinds and
counts, and the history still verifies. What an archive should get is packed, received against its hash and only then
removed. Breaches stand in a register with their 72 hours. People see what is held of them, take it along, and ask the
data officer.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Command, Fact, Family, Holding, Menu, Module
from tinhso.modules.privacy import jobs, rules
from tinhso.modules.privacy.actions import breaches, closing
from tinhso.modules.privacy.demo import demo
from tinhso.modules.privacy.models import Affected, Request
from tinhso.modules.privacy.rules.breaches import BREACH, BREACH_ENTRIES, KINDS
from tinhso.modules.privacy.rules.handing import HANDOVER_ENTRIES

P = rules.Permission

MODULE = Module(
    code="privacy",
    name="Dữ liệu cá nhân",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    case_kinds=(rules.REQUEST, BREACH),
    entries=(*rules.ENTRIES, *BREACH_ENTRIES, *HANDOVER_ENTRIES),
    messages=jobs.MESSAGES,
    followers={
        "privacy.approve": (jobs.begin,),
        "privacy.export": (jobs.export,),
        "data_request.accept": (jobs.tell,),
        "data_request.carry_out": (jobs.erase_asked, jobs.tell),
        "data_request.refuse": (jobs.tell,),
        "data_breach.tell": (jobs.tell_affected,),
        "handover.propose": (jobs.pack,),
        "handover.remove": (jobs.remove,),
    },
    facts=(
        Fact("privacy.asked", "Yêu cầu về dữ liệu cá nhân", "data_request.ask"),
        Fact("privacy.carried_out", "Yêu cầu về dữ liệu đã thực hiện", "data_request.carry_out"),
        Fact("privacy.breaches", "Vi phạm dữ liệu cá nhân ghi nhận", "data_breach.notice"),
    ),
    retained=(*closing.RETAINED, *breaches.RETAINED),
    holdings=(
        Holding(
            "privacy.requests", "Yêu cầu của bạn về dữ liệu", "Trả lời yêu cầu của bạn", "Luật 91/2025/QH15",
            lambda subject: Request.objects.filter(account_id=subject.account_id).select_related("case"),
            lambda row: {"Mã": row.case.number, "Yêu cầu": row.case.title, "Nội dung": row.text, "Trả lời": row.answer},
            page="privacy:mine", order=70, law="Là bằng chứng đã trả lời bạn đúng hạn.",
        ),
        Holding(
            "privacy.breaches", "Sự cố đã ảnh hưởng đến dữ liệu của bạn", "Báo cho bạn và cơ quan có thẩm quyền",
            "Luật 91/2025/QH15 Điều 23",
            lambda subject: Affected.objects.filter(person_id=subject.person_id or 0).select_related("breach__case"),
            lambda row: {
                "Mã": row.breach.case.number, "Phát hiện lúc": row.breach.noticed_at,
                "Dữ liệu": "; ".join(KINDS[code] for code in KINDS if code in row.breach.kinds),
                "Báo cho bạn lúc": row.told_at,
            },
            page="privacy:mine", order=75, law="Hồ sơ vi phạm phải lưu ít nhất 5 năm.",
        ),
    ),
    menu=(
        Menu(
            "privacy.requests", "Yêu cầu về dữ liệu", "privacy:requests", "shield-check", Audience.DESK, 88, P.SEE
        ),
        Menu("privacy.home", "Thời hạn lưu, hủy", "privacy:home", "archive", Audience.DESK, 89, P.SEE),
        Menu(
            "privacy.mine", "Dữ liệu của tôi", "privacy:mine", "shield-check", Audience.PORTAL, order=80,
            shown_to=lambda actor: not actor.is_official, is_own=True,
        ),
    ),
    commands=(
        Command(
            "handover", "verify", "Check a package made for an archive: FILE.", jobs.verify_package, bool
        ),
    ),
    demo=demo,
)  # fmt: skip
