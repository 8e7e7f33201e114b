"""Personal data: how long they are kept and how that ends, and what people may ask about their own.

A schedule in dated versions says for each kind of thing that modules declare how long it is kept and what then. What is
due is counted, proposed, approved by a second person and ended by the worker in batches; a record tells kinds and
counts, and the history still verifies. People see what is held of them, take it along, and ask the data officer.
"""

from __future__ import annotations

from tinhso.kernel.manifest import Audience, Fact, Family, Holding, Menu, Module
from tinhso.modules.privacy import jobs, rules
from tinhso.modules.privacy.actions import closing
from tinhso.modules.privacy.demo import demo
from tinhso.modules.privacy.models import Request

P = rules.Permission

MODULE = Module(
    code="privacy",
    name="Dữ liệu cá nhân",
    family=Family.SERVICES,
    permissions=P,
    roles=rules.ROLES,
    case_kinds=(rules.REQUEST,),
    entries=rules.ENTRIES,
    messages=jobs.MESSAGES,
    followers={
        "privacy.approve": (jobs.begin,),
        "privacy.export": (jobs.export,),
        "data_request.accept": (jobs.tell,),
        "data_request.carry_out": (jobs.erase_asked, jobs.tell),
        "data_request.refuse": (jobs.tell,),
    },
    facts=(
        Fact("privacy.asked", "Yêu cầu về dữ liệu cá nhân", "data_request.ask"),
        Fact("privacy.carried_out", "Yêu cầu về dữ liệu đã thực hiện", "data_request.carry_out"),
    ),
    retained=closing.RETAINED,
    holdings=(
        Holding(
            "privacy.requests", "Yêu cầu của bạn về dữ liệu", "Trả lời yêu cầu của bạn", "Luật 91/2025/QH15",
            lambda subject: Request.objects.filter(account_id=subject.account_id).select_related("case"),
            lambda row: {"Mã": row.case.number, "Yêu cầu": row.case.title, "Nội dung": row.text, "Trả lời": row.answer},
            page="privacy:mine", order=70, law="Là bằng chứng đã trả lời bạn đúng hạn.",
        ),
    ),
    menu=(
        Menu(
            "privacy.requests", "Yêu cầu về dữ liệu", "privacy:requests", "shield-check", Audience.DESK, 88, P.SEE
        ),
        Menu("privacy.home", "Thời hạn lưu, hủy", "privacy:home", "archive", Audience.DESK, 89, P.SEE),
        Menu("privacy.mine", "Dữ liệu của tôi", "privacy:mine", "shield-check", Audience.PORTAL, order=80),
    ),
    demo=demo,
)  # fmt: skip
