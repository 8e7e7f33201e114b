"""All that the case page of officials shows, gathered in two statements: the dossier, its history, steps and papers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import Reader
from tinhso.kernel.cases.rules import Phase, Whom, holds
from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import said, sentence
from tinhso.kernel.language import readers_language
from tinhso.kernel.manifest import Readers, registry
from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepState
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.dossiers.models import Dossier, Paper, Part, Supplement
from tinhso.modules.dossiers.queries.clocks import step_clock
from tinhso.modules.dossiers.queries.gathering import gather, rows_of
from tinhso.modules.dossiers.queries.printing import RESULT_CHANNEL_WORDS, answer_words, lookup_url
from tinhso.modules.dossiers.rules import DOSSIER, Channel, Outcome, Permission, ResultChannel, Standing
from tinhso.modules.procedures import door as procedures

MOST_ENTRIES = 200
CHANNEL_WORDS = {Channel.DIRECT: "Nộp tại quầy", Channel.ONLINE: "Nộp trực tuyến", Channel.POST: "Qua bưu chính"}
CHANNEL_STATUS = {Channel.DIRECT: "counter", Channel.ONLINE: "online", Channel.POST: "post"}
OUTCOME_WORDS = {
    Outcome.GRANTED: "Được giải quyết",
    Outcome.REFUSED: "Từ chối giải quyết",
    Outcome.WITHDRAWN: "Người nộp rút hồ sơ",
    Outcome.STOPPED: "Dừng giải quyết",
    Outcome.NO_SUPPLEMENT: "Dừng vì không bổ sung",
    Outcome.DECLINED: "Từ chối tiếp nhận",
}
FORM_NAMES = {
    "01": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "02": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "03": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "04": "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
    "05": "Thông báo dừng giải quyết hồ sơ",
    "06": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
}
STATE_STATUS = {
    "filed": "submitted", "incomplete": "waiting", "received": "received", "declined": "refused",
    "processing": "processing", "supplement": "waiting", "payment": "paused", "withdrawn": "withdrawn",
    "stopped": "paused", "finished": "finished", "returned": "returned",
}  # fmt: skip
KINDS_OF_ENTRY = {
    "dossier.note": "note", "dossier.decline": "bad", "dossier.refuse": "bad", "dossier.step_back": "bad",
    "dossier.stop": "bad", "dossier.ask_supplement": "wait", "dossier.ask_completion": "wait",
    "dossier.ask_payment": "wait",
}  # fmt: skip
_SAID = ("question", "answer", "note", "notice", "proof")


@dataclass
class CasePage:
    """The dossier with everything around it as plain values; asking it anything costs no further statement."""

    dossier: Dossier
    entries: list[SimpleNamespace] = field(default_factory=list)
    steps: list[SimpleNamespace] = field(default_factory=list)
    parts: list[SimpleNamespace] = field(default_factory=list)
    supplements: list[SimpleNamespace] = field(default_factory=list)
    papers: list[SimpleNamespace] = field(default_factory=list)

    @property
    def case(self) -> Any:
        return self.dossier.case

    @property
    def main_line(self) -> list[SimpleNamespace]:
        return [step for step in self.steps if not step.is_parallel]

    @property
    def opinions(self) -> list[SimpleNamespace]:
        return [step for step in self.steps if step.is_parallel]

    @property
    def active(self) -> SimpleNamespace | None:
        return next((step for step in self.main_line if step.state == StepState.ACTIVE), None)

    @property
    def following(self) -> SimpleNamespace | None:
        """The step after the active one; None when there is none."""
        now = self.active
        return next((step for step in self.main_line if now and step.seq > now.seq), None)

    def standing(self, at: datetime, *, leader_approves: bool = False) -> Standing:
        """What ``standing_of`` asks the database, from what is already here."""
        one, case = self.dossier, self.case
        is_late = case.phase == Phase.OPEN and case.due_at is not None and case.due_at < at
        return Standing(
            fee_settled=one.fee == 0 or one.fee_paid_at is not None,
            result_ready=bool(one.result_text) or one.result_id is not None,
            result_signed=one.signed_at is not None,
            supplements=sum(1 for asked in self.supplements if not asked.before_acceptance),
            guidances=sum(1 for asked in self.supplements if asked.before_acceptance),
            leader_approves=leader_approves,
            apology_due=is_late and not any(paper.form == "04" for paper in self.papers),
            children_open=one.open_children,  # type: ignore[attr-defined]
        )


def at_desk(actor: Actor) -> QuerySet[Dossier]:
    """Dossiers that an official may open at work: those of the units where they hold the right to see.

    What somebody filed for themselves is not among them; the portal shows that."""
    rows = Dossier.objects.visible_to(actor)
    scope = actor.scope(Permission.SEE)
    return rows if scope.everywhere else rows.filter(case__concerned__overlap=sorted(scope.units))


def dossier_at_desk(number: str, actor: Actor) -> Dossier:
    """One dossier with its case and the names around it: one statement. Raises NotFound."""
    found = _at_desk(Reader(actor))(number=tidy_code(number))
    if not found:
        raise NotFound("dossiers.not_found", "Không tìm thấy hồ sơ này trong phạm vi của bạn. Kiểm tra lại mã.")
    return found[0]


@lru_cache(maxsize=512)
def _at_desk(reader: Reader) -> Kept[Dossier]:
    return Kept(lambda: _related(at_desk(reader.actor)).filter(case__number=Slot("number")))


def _related(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    return rows.select_related("case__unit", "case__assignee", "handler", "result__blob", "signed_by")


def case_page(number: str, actor: Actor) -> CasePage:
    """The whole page in two statements. Raises NotFound for what the actor may not see."""
    found = dossier_at_desk(number, actor)
    around = gather(_around, found.pk)
    found.open_children = around["open_children"]  # type: ignore[attr-defined]
    return CasePage(
        found,
        entries=[_thing(row, "at") for row in around["entries"]],
        steps=[_thing(row, "started_at", "due_at", "done_at") for row in around["steps"]],
        parts=[_thing(row, "added_at") for row in around["parts"]],
        supplements=[_thing(row, "asked_at", "answered_at") for row in around["supplements"]],
        papers=[_thing(row, "issued_at") for row in around["papers"]],
    )


def _around() -> dict[str, Any]:
    step = (
        "id", "seq", "key", "name", "kind", "state", "unit_id", "is_parallel", "started_at", "due_at", "done_at",
        "round", "note", "answer",
    )  # fmt: skip
    asked = ("id", "round", "before_acceptance", "asked_at", "message", "missing", "answer_by", "answered_at", "answer")
    entry = ("id", "seq", "verb", "at", "actor_id", "actor_name", "unit_id", "data", "personal")
    paper = ("id", "form", "serial", "issued_at")
    children = Dossier.objects.filter(parent_id=OuterRef("pk"), case__phase__lt=Phase.SETTLED)
    open_children = children.order_by().values("parent_id").annotate(n=Count("pk"))
    return {
        "open_children": Coalesce(Subquery(open_children.values("n")), 0),
        "entries": rows_of(Entry, "case_id", "-seq", entry, MOST_ENTRIES),
        "steps": rows_of(Step, "case_id", "seq", step, who="account__display_name"),
        "parts": rows_of(
            Part, "dossier_id", "id",
            ("id", "code", "name", "source", "originals", "copies", "round", "added_at", "is_digitised", "signature",
             "signed_by"),
            file="attachment__name", size="attachment__blob__size", media_type="attachment__blob__media_type",
        ),
        "supplements": rows_of(Supplement, "dossier_id", "round", asked, by="asked_by__display_name"),
        "papers": rows_of(Paper, "dossier_id", "id", paper, by="issued_by__display_name"),
    }  # fmt: skip


def _thing(row: dict[str, Any], *moments: str) -> SimpleNamespace:
    for name in moments:
        row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    return SimpleNamespace(**row)


# --- What the parts of the page say -------------------------------------------------------------------------------


def answers_of(dossier: Dossier) -> list[tuple[str, list[dict[str, str]]]]:
    """The answers of the form by section, as people read them; identity numbers stay with the facts."""
    sheet = procedures.sheet(dossier.version_id)
    groups = []
    for section, fields in procedures.visible_sections(procedures.form_for(sheet, dossier.branch), dossier.answers):
        rows = [
            {"title": one.label, "value": answer_words(one, dossier.answers[one.code])}
            for one in fields
            if one.type not in ("file", "identity") and dossier.answers.get(one.code) not in (None, "", [])
        ]
        if rows:
            groups.append((section.title, rows))
    return groups


def checklist(page: CasePage) -> list[dict[str, Any]]:
    """Each paper of the procedure with what was handed in for it; what is beside the list comes last."""
    sheet = procedures.sheet(page.dossier.version_id)
    by_code: dict[str, list[SimpleNamespace]] = {}
    for part in page.parts:
        by_code.setdefault(part.code, []).append(part)
    rows = [
        {"code": one.code, "name": one.name, "parts": by_code.pop(one.code, []), "component": one}
        for one in procedures.components_for(sheet, page.dossier.branch)
        if one.kind == "submit"
    ]
    rows += [
        {"code": code, "name": parts[0].name, "parts": parts, "component": None} for code, parts in by_code.items()
    ]
    return rows


def history(page: CasePage) -> list[dict[str, Any]]:
    """All entries, newest first, as sentences with who, where and what was said; internal notes are marked."""
    names = tree().nodes
    return [
        {
            "kind": KINDS_OF_ENTRY.get(one.verb, "done"),
            "title": said(one).get("text") if one.verb == "dossier.note" else sentence(one),  # type: ignore[arg-type]
            "at": one.at,
            "actor": one.actor_name,
            "place": names[one.unit_id].short_name if one.unit_id in names else "",
            "said": [str(said(one)[key]) for key in _SAID if said(one).get(key)],
            "is_note": one.verb == "dossier.note",
            "is_internal": registry.entries[one.verb].readers is Readers.OFFICIALS
            if one.verb in registry.entries
            else True,
        }
        for one in page.entries
    ]


def steps_shown(page: CasePage, at: datetime) -> list[dict[str, Any]]:
    """The internal process: each step with its unit, person, due time and state."""
    names = tree().nodes
    kinds = {StepState.DONE: "done", StepState.ACTIVE: "now"}
    return [
        {
            "number": step.seq,
            "title": step.name,
            "kind": kinds.get(step.state, "next"),
            "unit": names[step.unit_id].short_name if step.unit_id in names else "",
            "who": step.who or (str(page.case.assignee or "") if step.state == StepState.ACTIVE else ""),
            "due_at": step.due_at if step.state == StepState.ACTIVE else None,
            "left": step_clock(step, at) if step.state == StepState.ACTIVE else "",
            "done_at": step.done_at if step.state == StepState.DONE else None,
            "note": step.note,
            "round": step.round,
        }
        for step in page.main_line
    ]


def opinions_shown(page: CasePage, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """What other units were asked, what they said, and whether this official may answer or close it."""
    names = tree().nodes
    whom = whom_of(page.case)
    return [
        {
            "id": step.id,
            "unit": names[step.unit_id].name if step.unit_id in names else "",
            "question": step.note,
            "answer": step.answer,
            "asked_at": step.started_at,
            "done_at": step.done_at,
            "left": step_clock(step, at),
            "is_open": step.state == StepState.ACTIVE,
            "may_answer": step.state == StepState.ACTIVE and may_answer(step, whom, actor),
        }
        for step in page.opinions
    ]


def may_answer(step: Any, whom: Whom, actor: Actor) -> bool:
    """Whether the actor may answer for the unit asked, or end the wait for it."""
    is_asked = actor.may(Permission.HANDLE, step.unit_id) or actor.may(Permission.SIGN, step.unit_id)
    return is_asked or holds(Permission.HANDLE, whom, actor)


def whom_of(case: Any) -> Whom:
    return Whom(case.unit_id, case.received_unit_id, case.owner_id, case.assignee_id, DOSSIER.resolvers)


PROMISE_WORDS = {
    "accept": "Tiếp nhận hồ sơ", "receive": "Tiếp nhận tại quầy", "take_over": "Nhận bàn giao", "hand_to": "Phân công",
    "supplement": "Người nộp đã bổ sung", "supplement_at_counter": "Nhận bổ sung tại quầy",
    "confirm_payment": "Đã nộp nghĩa vụ tài chính", "apologise": "Xin lỗi và hẹn lại",
    "transfer": "Chuyển cơ quan khác", "move_version": "Chuyển sang bản thủ tục mới",
}  # fmt: skip


def facts_of(page: CasePage, actor: Actor) -> dict[str, Any]:
    """Who applied, for whom, how to reach them; the whole identity number only for those who work on the dossier."""
    one, names = page.dossier, tree().nodes
    whom = whom_of(page.case)
    return {
        "sees_all": any(holds(right, whom, actor) for right in (Permission.RECEIVE, Permission.HANDLE)),
        "channel": _(CHANNEL_WORDS[Channel(one.channel)]),
        "channel_status": CHANNEL_STATUS[Channel(one.channel)],
        "result_channel": _(RESULT_CHANNEL_WORDS[ResultChannel(one.result_channel)]),
        "resolving": names[page.case.unit_id].name if page.case.unit_id in names else "",
        "received": names[page.case.received_unit_id].name if page.case.received_unit_id in names else "",
        "fee": fee_words_of(one),
        "outcome": _(OUTCOME_WORDS[Outcome(one.outcome)]) if one.outcome else "",
        "state": STATE_STATUS.get(page.case.state, ""),
        "state_words": page.case.state_of.name,
    }


def handlers_for(unit_id: int, on: date) -> list[tuple[str, str]]:
    """Who may be given a dossier of the unit: account and name with how many they hold now. One statement."""
    roles = [code for code, role in registry.roles.items() if Permission.HANDLE in role.permissions]
    above = [node.id for node in tree().path(unit_id)]
    grants = Grant.objects.valid_on(on).filter(role__in=roles, unit_id__in=above)
    held = Case.objects.working().filter(assignee_id=OuterRef("pk")).order_by().values("assignee_id")
    rows = Account.objects.filter(is_active=True, pk__in=grants.values("account_id")).annotate(
        held=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0)
    )
    return [
        (str(one.pk), _("%(name)s – đang giữ %(held)s hồ sơ") % {"name": one.display_name, "held": one.held})
        for one in rows.order_by("held", "display_name")
    ]


def units_to_ask(case: Any, on: date) -> list[tuple[str, str]]:
    """Units that may be asked or be given the dossier: those of today except the one that has it, nearest first."""
    known = tree()
    own = {node.id for node in known.path(case.unit_id)} | known.subtree(case.unit_id)
    usual = (Kind.DEPARTMENT, Kind.COMMUNE, Kind.VERTICAL)
    rows = [
        node
        for node in known.nodes.values()
        if node.id != case.unit_id and node.lives_on(on) and (node.id in own or node.kind in usual)
    ]
    rows.sort(key=lambda node: (node.id not in own, node.kind == Kind.COMMUNE, node.name))
    return [(str(node.id), node.name) for node in rows]


def lookup_of(dossier: Dossier) -> str:
    """The address in the receipt's QR code."""
    return lookup_url(dossier.case)


def fee_words_of(dossier: Dossier) -> str:
    """What the procedure says of its fee where no amount was set: free, or fixed elsewhere."""
    sheet = procedures.sheet(dossier.version_id)
    on = timezone.localdate(dossier.case.opened_at)
    return procedures.fee_words_for(sheet, on, dossier.channel, dossier.branch, readers_language())
