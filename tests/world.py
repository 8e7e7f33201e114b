"""The small world in which the whole product is tested: a province, its people, and dossiers in every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from tests.answers import fitting
from tests.campaigns.competing import compete
from tests.reporting.calling import call_for
from tests.scorecards.assessing import assess

from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.reorganisation import actions as reorganisation
from tinhso.kernel.testing import people
from tinhso.kernel.testing.jobs import run_jobs
from tinhso.kernel.testing.province import Province, found
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.models import Dossier, Draft, Guidance
from tinhso.modules.dossiers.queries import drafts
from tinhso.modules.dossiers.rules import Missing
from tinhso.modules.field_reports.tests.factories import sent_by
from tinhso.modules.indicators.actions import defining as indicators
from tinhso.modules.national_portal import demo as national_portal
from tinhso.modules.procedures import actions as procedures
from tinhso.modules.procedures import door
from tinhso.modules.questions.tests.factories import ask_and_answer
from tinhso.modules.queueing import actions as queueing
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.service_quality import actions as service_quality
from tinhso.modules.vault.tests.factories import furnish

HOUSE, HOUSE_BRANCH = "1.013225", "nha_o_rieng_le"
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, 9 o'clock in Việt Nam
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a5ba9"
    "0000000049454e44ae426082"
)
ALSO = {  # roles of other modules that come with a post
    "leader": ("field_reports.leader", "vault.certifier", "questions.approver", "questions.keeper"),
    "specialist": ("field_reports.handler", "questions.answerer"),
    "registrar": ("vault.registrar",),
    "clerk": ("offline_counter.clerk", "queueing.caller", "payments.cashier", "questions.screener", "vault.digitiser"),
    "director": (
        "campaigns.viewer",
        "plans.officer",
        "field_reports.operator",
        "offline_counter.decider",
        "queueing.manager",
        "indicators.reporter",
        "satisfaction.head",
        "reporting.head",
        "scorecards.head",
        "payments.accountant",
        "payments.chief",
    ),
}
ROLES = ("clerk", "specialist", "head", "leader", "registrar", "director")


@dataclass
class World:
    """Citizens ``lan`` (owner of the dossiers) and ``minh``; officials of the commune by role, one colleague, and of
    another commune one person with every role."""

    province: Province
    lan: Account
    minh: Account
    officials: dict[str, Account] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    draft: Draft | None = None
    guidance: Guidance | None = None
    ticket: Ticket | None = None
    kiosk: Kiosk | None = None

    def actor(self, name: str) -> Actor:
        return actor_of(self.account(name))

    def account(self, name: str) -> Account:
        account: Account = {"lan": self.lan, "minh": self.minh}.get(name) or self.officials[name]
        return account


def build() -> World:
    """Province, published procedures and people; no dossier yet."""
    door.forget()  # another world's catalogue may bear the same number
    province = found()
    procedures.load_seeds(by=SYSTEM, at=AT)
    world = World(province, people.citizen("lan", identity_number="079190012346"), people.citizen("minh"))
    Person.objects.filter(pk=world.minh.person_id).update(phone="+84987000111")  # lan has hers for herself
    for role in ROLES:
        place = province.shop if role in ("clerk", "director") else province.commune
        roles = (f"dossiers.{role}", *ALSO.get(role, ()))
        world.officials[role] = people.official(role, place, *roles, also_on=(province.commune,))
    world.officials["colleague"] = people.official("colleague", province.commune, "dossiers.specialist")
    vault = ("vault.digitiser", "vault.certifier", "vault.registrar")
    asked = ("questions.screener", "questions.answerer", "questions.approver", "questions.keeper")
    reports = ("field_reports.operator", "field_reports.leader")
    more = ("payments.accountant", "offline_counter.decider", "plans.officer", "reporting.head", "scorecards.head")
    every = (*(f"dossiers.{role}" for role in ROLES), *more, *asked, *vault, *reports)
    world.officials["outsider"] = people.official("outsider", province.other, *every, also_on=(province.other_shop,))
    world.officials["overseer"] = people.official("overseer", province.root, "dossiers.overseer")
    world.officials["controller"] = people.official(
        "controller",
        province.root,
        "campaigns.manager",
        "indicators.manager",
        "initiatives.head",
        "initiatives.secretary",
        "plans.manager",
        "procedures.controller",
        "reporting.designer",
        "scorecards.council",
        "scorecards.manager",
        "service_quality.manager",
    )
    world.officials["admin"] = people.official(
        "admin",
        province.root,
        "channels.manager",
        "warnings.approver",
        "core.admin",
        "field_reports.manager",
        "national_portal.operator",
        "national_portal.program",
        "privacy.officer",
        "privacy.approver",
    )
    world.officials["manager"] = people.official("manager", province.commune, "core.people")
    world.officials["newcomer"] = people.official("newcomer", province.commune)
    return world


def drafted(world: World, code: str = HOUSE, branch: str = HOUSE_BRANCH, by: str = "lan", at: datetime = AT) -> Draft:
    """A draft with every answer and every paper, ready to be filed."""
    actor = world.actor(by)
    sheet = door.published(code, timezone.localtime(at).date())
    assert sheet is not None
    answers = fitting(door.form_for(sheet, branch), world.province.commune.code)
    draft = actions.begin(procedure_code=code, branch=branch, by=actor, at=at, prefill={})
    actions.save(token=draft.token, answers={**answers, "noi_giai_quyet": world.province.commune.code}, by=actor, at=at)
    draft.refresh_from_db()
    for component in drafts.lacking(draft):
        actions.attach(token=draft.token, code=component.code, name=component.name, stream=BytesIO(PHOTO),
                       file_name="ảnh.png", by=actor, at=at)  # fmt: skip
    draft.refresh_from_db()
    return draft


def filed(world: World, at: datetime = AT, **more: Any) -> Dossier:
    draft = drafted(world, at=at, **more)
    return actions.file_online(token=draft.token, by=world.actor(more.get("by", "lan")), at=at)


class Course:
    """Takes one dossier through its life, an hour a move."""

    def __init__(self, world: World, at: datetime = AT) -> None:
        self.world, self.at, self.dossier = world, at, filed(world, at=at)

    def _do(self, name: str, who: str, **more: Any) -> None:
        self.at += timedelta(hours=1)
        by = SYSTEM if who == "system" else self.world.actor(who)
        getattr(actions, name)(dossier_id=self.dossier.pk, by=by, at=self.at, **more)
        self.dossier = Dossier.objects.select_related("case").get(pk=self.dossier.pk)

    def accept(self) -> Course:
        self._do("accept", "clerk")
        return self

    def take(self) -> Course:
        self.accept()
        self._do("assign", "head", to=self.world.officials["specialist"])
        return self

    def ask(self) -> Course:
        self.take()
        missing = [Missing("ban_ve", "Bản vẽ thiết kế", "Ảnh mờ")]
        self._do("ask_supplement", "specialist", message="Chụp lại bản vẽ cho rõ chữ.", missing=missing)
        return self

    def owe(self) -> Course:
        self.take()
        self._do("ask_payment", "specialist", amount=18_450_000, notice="Thông báo nộp tiền số 01")
        return self

    def answer(self) -> Course:
        self.ask()
        self._do("supplement", "lan", answer="Tôi đã chụp lại, xin xem giúp.", parts=[])
        return self

    def draft_result(self) -> Course:
        self.answer()
        text = {"subject": "Cấp phép xây dựng", "content": "Đồng ý cấp phép xây dựng nhà ở."}
        self._do("draft_result", "specialist", text=text)
        return self

    def to_signing(self) -> Course:
        self.draft_result()
        while self.dossier.case.step_kind != "sign":
            who = "head" if self.dossier.case.step_kind == "review" else "specialist"
            self._do("step_on", who)
        return self

    def sign(self) -> Course:
        self.to_signing()
        self._do("sign", "leader")
        return self

    def finish(self) -> Course:
        self.sign()
        if self.dossier.case.state == "processing":
            self._do("finish", "registrar")
        return self

    def give_back(self) -> Course:
        self.finish()
        run_jobs()
        self.dossier = Dossier.objects.select_related("case").get(pk=self.dossier.pk)
        if self.dossier.case.state == "finished":
            self._do("record_fee", "clerk")
            self._do("return_result", "clerk")
        return self


STATES = {
    "filed": lambda course: course,
    "received": Course.accept,
    "processing": Course.take,
    "supplement": Course.ask,
    "payment": Course.owe,
    "signing": Course.to_signing,
    "returned": Course.give_back,
}


def populate(world: World) -> World:
    """A draft of lan's and one dossier of hers in each of the states, with its jobs run."""
    world.draft = drafted(world)
    for state, course in STATES.items():
        world.dossiers[state] = course(Course(world)).dossier
        assert world.dossiers[state].case.state == {"signing": "processing"}.get(state, state)
    shop, director = world.province.shop.pk, world.actor("director")
    world.kiosk = queueing.open_kiosk(unit_id=shop, by=director, at=timezone.now())
    world.ticket = queueing.take(
        unit_id=shop, purpose="submit", is_priority=False, request_key="1", by=director, at=timezone.now()
    )
    world.guidance = actions.guide(
        unit_id=world.province.shop.pk, procedure_code=HOUSE, branch=HOUSE_BRANCH, identity_number="", missing=[],
        data={"procedure": "Cấp giấy phép xây dựng"}, request_key="guided", by=world.actor("clerk"), at=AT,
    )  # fmt: skip
    processing = world.dossiers["processing"]
    furnish(owner=world.lan, clerk=world.officials["clerk"], case_id=processing.pk,
            part_id=processing.parts.values_list("pk", flat=True)[0], commune_id=world.province.commune.pk)  # fmt: skip
    ask_and_answer(world.actor("lan"), world.province.commune.pk, at=AT)
    sent_by(world.lan, world.province.commune, at=AT)
    assess(director, world.actor("controller"), world.province.commune, world.province.other, at=AT)
    call_for(world.province.root, world.actor("controller"), world.province.commune, world.province.other, at=AT)
    sitting = [world.officials[name] for name in ("leader", "registrar", "specialist")]
    compete(world.province.commune, world.officials["head"], sitting, at=AT)
    run_jobs()
    national_portal.demo(at=AT)
    indicators.load_seeds(at=AT)
    plan = {"code": "moi", "title": "Phương án mới", "decision": "NQ 1", "effective_on": "2027-01-01"}
    reorganisation.draft(content=plan, by=world.actor("admin"), at=AT)
    service_quality.refresh(at=timezone.now())
    return world
