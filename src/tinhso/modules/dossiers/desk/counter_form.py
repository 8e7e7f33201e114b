"""What the counter's form says: the applicant, the procedure with its case, the papers handed over, fee and result."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import Refusal
from tinhso.kernel.language import readers_language
from tinhso.kernel.people.rules import Actor, check_identity_number, is_tax_code, phone_number, read_card
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Level
from tinhso.modules.dossiers.actions.filing import Applicant, Filing, term_of
from tinhso.modules.dossiers.desk.counter_answers import PREFIX, CounterAnswers
from tinhso.modules.dossiers.queries import catalogue, counter, guidance, routing
from tinhso.modules.dossiers.queries.answers import Known
from tinhso.modules.dossiers.queries.drafts import is_the_form
from tinhso.modules.dossiers.queries.kept import offered
from tinhso.modules.dossiers.rules import Channel, ResultChannel
from tinhso.modules.procedures import door as procedures

TEXTS = (
    "identity_number",
    "full_name",
    "phone",
    "email",
    "address",
    "on_behalf_of",
    "q",
    "branch",
    "commune",
    "message",
    "born_on",
)
LONGEST = 500
CHANNELS = [("direct", "Nộp tại quầy"), ("post", "Nhận qua bưu chính")]
RESULT_CHANNELS = [
    ("counter", "Tại bộ phận một cửa"), ("electronic", "Bản điện tử"), ("post", "Qua dịch vụ bưu chính"),
]  # fmt: skip


@dataclass
class PaperLine:
    """A paper of the checklist with what the clerk ticked; ``key`` is the number key that ticks it."""

    component: Any
    key: str
    is_there: bool
    originals: int
    copies: int
    is_required: bool
    taken: str = ""
    kept: list[Any] = field(default_factory=list)


@dataclass
class CounterForm:
    """The counter's form as typed, with what follows from it. Nothing here writes."""

    actor: Actor
    unit_id: int
    at: datetime
    posted: QueryDict
    files: MultiValueDict[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    found: str = ""

    def __post_init__(self) -> None:
        self.text = {name: self.posted.get(name, "").strip()[:LONGEST] for name in TEXTS}
        self.channel = Channel.POST if self.posted.get("channel") == "post" else Channel.DIRECT
        wanted = self.posted.get("result_channel", "counter")
        self.result_channel = wanted if wanted in {one.value for one in ResultChannel} else "counter"
        self.fee_paid = bool(self.posted.get("fee_paid"))
        self.fills_in = bool(self.posted.get("fills_in"))
        self.request_key = self.posted.get("request_key", "")[:59] or f"quay-{uuid.uuid4()}"
        self.filing_key = f"page:{self.request_key}"  # never one that a counter without network or a portal gave
        self.sheet = self._sheet()
        self._read_card()

    @property
    def typed(self) -> dict[str, str]:
        return self.text

    # --- the applicant

    def _read_card(self) -> None:
        """A scanned card fills the applicant in."""
        card = read_card(self.text["identity_number"])
        if card is None:
            return
        self.text |= {"identity_number": card.identity_number, "full_name": card.full_name, "address": card.address}
        self.text["born_on"] = card.born_on.isoformat() if card.born_on else ""
        self.found = str(_("Đã đọc thẻ."))

    def look_up(self) -> None:
        """Somebody known by the number fills what is still empty."""
        number = self.text["identity_number"]
        known: Any = counter.person_with(number) if self.is_person else counter.business_with(number)
        if known is None:
            return
        self.text["full_name"] = self.text["full_name"] or str(known)
        for name in ("phone", "email", "address", "born_on"):
            self.text[name] = self.text[name] or str(getattr(known, name, None) or "")
        self.found = str(_("Người này đã có trong kho: thông tin được điền sẵn, kiểm tra lại với người nộp."))

    @property
    def is_person(self) -> bool:
        return check_identity_number(self.text["identity_number"]).valid

    @property
    def born_on(self) -> date | None:
        try:
            return date.fromisoformat(self.text["born_on"])
        except ValueError:
            return None

    @cached_property
    def asked_before(self) -> list[Any]:
        """What counters asked of this applicant before, of papers that have not come since; the newest first."""
        return guidance.open_for(self.text["identity_number"], self.at)

    @cached_property
    def asked_papers(self) -> frozenset[str]:
        """Codes of the papers that were missing at an earlier visit for this procedure."""
        mine = [one for one in self.asked_before if self.sheet and one.procedure_code == self.sheet.code]
        return frozenset(paper["code"] for one in mine for paper in one.missing)

    # --- the e-form

    @cached_property
    def eform(self) -> CounterAnswers | None:
        """The procedure's questions; None while no procedure is chosen, or when it asks nothing."""
        if self.sheet is None:
            return None
        found = CounterAnswers(self.sheet, self.branch, self.posted, self._known(), {})
        return found if found.fields else None

    def _known(self) -> Known:
        """What section 1 says of the applicant; of somebody for whom another files it says nothing."""
        text, own = self.text, not self.text["on_behalf_of"]
        return Known(
            full_name=text["full_name"] if own and self.is_person else "",  # an organisation's name is nobody's name
            identity_number=text["identity_number"] if own and self.is_person else "",
            phone=text["phone"] if own else "",
            email=text["email"] if own else "",
            born_on=text["born_on"] if own else "",
            address=text["address"] if own else "",
            commune=counter.commune_of(text["identity_number"], text["address"]) if own and self.is_person else "",
            place=self.commune,
            result_channel=self.result_channel,
        )

    @property
    def questions(self) -> list[tuple[str, list[Any]]]:
        return self.eform.sections(self.errors) if self.eform else []

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The answers that can stand, to be kept with the dossier."""
        return self.eform.check()[0] if self.eform else {}

    # --- the procedure

    def _sheet(self) -> Any:
        picked = self.posted.get("pick", "") or self.posted.get("procedure", "")
        return procedures.published(picked[:20], self.on) if picked and picked != "-" else None

    @cached_property
    def choices(self) -> list[Any]:
        """What fits the words; the only one is taken at once."""
        return counter.picks(self.text["q"], self.on) if self.sheet is None else []

    def choose(self) -> None:
        if self.sheet is None and len(self.choices) == 1:
            self.sheet = self.choices[0]

    @property
    def on(self) -> Any:
        return timezone.localtime(self.at).date()

    @property
    def branch(self) -> str:
        codes = [one.code for one in self.sheet.branches] if self.sheet else []
        return self.text["branch"] if self.text["branch"] in codes else (codes[0] if codes else "")

    @property
    def branches(self) -> list[tuple[str, str]]:
        return [(one.code, one.name) for one in self.sheet.branches] if self.sheet else []

    @property
    def asks_commune(self) -> bool:
        return self.sheet is not None and Level.COMMUNE in self.sheet.levels

    @property
    def commune(self) -> str:
        """The commune that resolves: the one chosen, else the counter's own."""
        body = tree().body_of(self.unit_id)
        return self.text["commune"] or (body.code if body.kind == Kind.COMMUNE else "")

    @property
    def communes(self) -> list[tuple[str, str]]:
        rows = [one for one in tree().nodes.values() if one.kind == Kind.COMMUNE and one.lives_on(self.on)]
        return sorted(((one.code, one.name) for one in rows), key=lambda row: row[1])

    @cached_property
    def papers(self) -> list[PaperLine]:
        if self.sheet is None:
            return []
        rows = [one for one in procedures.components_for(self.sheet, self.branch) if one.kind == "submit"]
        known = {one.code: one.name for one in rows if not is_the_form(one)} if self.holder else {}
        self.kept = offered(known, **self.holder, by=self.actor, at=self.at) if known else {}
        return [self._line(one, position) for position, one in enumerate(rows, start=1)]

    @cached_property
    def holder(self) -> dict[str, int | None]:
        """The applicant as the store of papers knows them; empty for somebody new."""
        number = self.text["identity_number"]
        person = counter.person_with(number) if self.is_person else None
        business = None if self.is_person else counter.business_with(number)
        if person is None and business is None:
            return {}
        return {"person_id": person.pk if person else None, "business_id": business.pk if business else None}

    def _line(self, one: Any, position: int) -> PaperLine:
        kept = self.kept.get(one.code, [])
        taken = next((paper.key for paper in kept if paper.key == self.posted.get(f"kept-{one.code}")), "")
        return PaperLine(
            one,
            str(position) if position < 10 else "",
            bool(taken or self.posted.get(f"has-{one.code}")),
            _count(self.posted.get(f"originals-{one.code}"), one.originals),
            _count(self.posted.get(f"copies-{one.code}"), one.copies),
            one.required and not one.replace_by_data and not one.when,
            taken,
            kept,
        )

    @property
    def lacking(self) -> list[Any]:
        return [line.component for line in self.papers if line.is_required and not line.is_there]

    @property
    def fee(self) -> int:
        return catalogue.fee_of(self.sheet, self.channel, self.branch, self.on) if self.sheet else 0

    @property
    def fee_words(self) -> str:
        return (
            procedures.fee_words_for(self.sheet, self.on, self.channel, self.branch, readers_language())
            if self.sheet
            else ""
        )

    @property
    def limit(self) -> str:
        return (
            procedures.limit_words_for(self.sheet, self.channel, self.branch, readers_language()) if self.sheet else ""
        )

    @cached_property
    def route(self) -> Any:
        """Where it is received and resolved; None while that is not known."""
        if self.sheet is None:
            return None
        node = tree().by_code.get(self.commune)
        try:
            return routing.route(self.sheet, commune_id=node.id if node else None, at_unit_id=self.unit_id, on=self.on)
        except Refusal:
            return None

    @property
    def resolving(self) -> str:
        return tree().nodes[self.route.resolving_unit_id].name if self.route else ""

    @cached_property
    def due_at(self) -> datetime | None:
        """When the result would be due if it were received now."""
        if self.route is None:
            return None
        due = term_of(self.filing(Applicant(name="")), self.at).due(calendar_for(self.route.resolving_unit_id))
        return due.at if due else None

    def filing(self, applicant: Applicant, answers: Mapping[str, Any] | None = None) -> Filing:
        return Filing(
            sheet=self.sheet,
            branch=self.branch,
            channel=self.channel,
            where=self.route,
            applicant=applicant,
            answers=answers or {},
            result_channel=self.result_channel,
            request_key=self.filing_key,
        )

    # --- checking

    def check_procedure(self) -> None:
        if self.sheet is None:
            self.errors["q"] = str(_("Chọn thủ tục: gõ mã, chữ đầu hoặc vài từ trong tên."))
        elif self.route is None:
            self.errors["commune"] = str(_("Chọn xã, phường nơi giải quyết hồ sơ."))

    def check(self) -> bool:
        """Whether it can be received; what stands in the way is in ``errors`` by field."""
        text = self.text
        if not text["full_name"]:
            self.errors["full_name"] = str(_("Nhập họ tên người nộp hoặc tên tổ chức."))
        if not (self.is_person or is_tax_code(text["identity_number"])):
            self.errors["identity_number"] = str(_("Quét thẻ, hoặc nhập 12 số định danh hay mã số thuế."))
        if text["phone"] and phone_number(text["phone"]) is None:
            self.errors["phone"] = str(_("Nhập số điện thoại Việt Nam, ví dụ 0912 345 678."))
        self.check_procedure()
        if self.sheet is not None and self.lacking:
            names = "; ".join(one.name for one in self.lacking[:4])
            self.errors["papers"] = _(
                "Còn thiếu: %(names)s. Đánh dấu khi đã nhận, hoặc trả lại và hướng dẫn bổ sung."
            ) % {"names": names}
        if self.fills_in and self.eform:
            self.errors |= {f"{PREFIX}{code}": words for code, words in self.eform.check()[1].items()}
        return not self.errors


def _count(value: Any, usual: int) -> int:
    text = str(value if value is not None else usual)
    return min(int(Decimal(text)), 999) if text.isdecimal() else usual
