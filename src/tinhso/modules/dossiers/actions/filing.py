"""Filing: a draft becomes a dossier online, or a clerk receives one at the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.mandates import queries as mandates
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes import actions as processes
from tinhso.kernel.statements import Kept, Slot, insert
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier, Draft, Part
from tinhso.modules.dossiers.queries import catalogue, drafts, routing
from tinhso.modules.dossiers.queries.answers import COMMUNE_ASKED_BY_ITSELF, Meant, meant
from tinhso.modules.dossiers.rules import (
    ACCEPT_WITHIN_HOURS,
    DOSSIER,
    Channel,
    Permission,
    ResultChannel,
    dossier_code,
    hand_over_at,
)
from tinhso.modules.procedures import door as procedures


@dataclass(frozen=True)
class Applicant:
    """Who applies, as written on the dossier; the person's own record may change later."""

    name: str
    identity_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    person_id: int | None = None
    business_id: int | None = None
    account_id: int | None = None
    on_behalf_of: str = ""
    mandate_id: int | None = None
    basis: str = ""


@dataclass(frozen=True)
class Filing:
    """A dossier before it has a number."""

    sheet: Any
    branch: str
    channel: Channel
    where: routing.Route
    applicant: Applicant
    answers: Mapping[str, Any] = field(default_factory=dict)
    result_channel: str = ResultChannel.ELECTRONIC
    parent_id: int | None = None
    request_key: str | None = None
    code: str = ""  # of a dossier that was given one elsewhere; empty: the next of the resolving unit


class NotComplete(Refusal):
    """Answers or papers are missing: ``errors`` by field, ``lacking`` the names of papers by their code."""

    def __init__(self, errors: Mapping[str, str], lacking: Mapping[str, str]) -> None:
        super().__init__(
            "dossiers.not_complete", "Hồ sơ chưa đủ. Điền các phần còn thiếu rồi nộp lại; bản nháp vẫn được giữ."
        )
        self.errors, self.lacking = errors, lacking


@transaction.atomic
def file_online(*, token: UUID | str, by: Actor, at: datetime) -> Dossier:
    """File a draft. Filing it again, from another tab or after a lost answer, gives the same dossier.

    Raises Refusal ``dossiers.not_complete`` while answers or papers are missing, ``mandates.not_valid`` when the right
    to act for somebody ended meanwhile, Stale ``dossiers.version_changed`` when the procedure has a newer version
    (``renew`` brings the draft to it), NotFound when it is no longer filed here; the draft stays as it is."""
    draft = Draft.objects.visible_to(by).select_for_update().filter(token=token).first()
    if draft is None:
        raise NotFound("dossiers.no_draft", "Không tìm thấy bản nháp này.")
    if draft.dossier_id is not None:
        return Dossier.objects.select_related("case").get(pk=draft.dossier_id)
    sheet = procedures.published(draft.procedure_code, timezone.localtime(at).date())
    if sheet is None or not sheet.is_online:
        raise NotFound(
            "dossiers.not_filed_here",
            "Thủ tục này không còn nhận hồ sơ trực tuyến. Xem nơi nộp trên trang thủ tục; bản nháp vẫn được giữ.",
        )
    if sheet.version_id != draft.version_id:
        raise Stale("dossiers.version_changed", "Thủ tục vừa có bản mới. Kiểm tra lại các câu hỏi rồi nộp.")
    dossier = _file(
        sheet=sheet,
        branch=draft.branch,
        answers=draft.answers,
        present=set(draft.parts.values_list("code", flat=True)),
        request_key=f"draft-{draft.token}",
        by=by,
        at=at,
        mandate=_mandate(draft.mandate_id, by, at),
    )
    draft.parts.update(dossier=dossier, draft=None)
    draft.dossier = dossier
    draft.save(update_fields=["dossier"])
    return dossier


_FILED = Kept(lambda: Dossier.objects.select_related("case").filter(request_key=Slot("key")))


@transaction.atomic
def file_at_once(
    *,
    procedure_code: str,
    branch: str,
    answers: Mapping[str, Any],
    parts: Sequence[Part],
    request_key: str,
    by: Actor,
    at: datetime,
    applicant: Applicant | None = None,
    mandate_id: int | None = None,
) -> Dossier:
    """File without a draft, as programs do: the same checks, the same dossier, on the version in force.

    ``applicant`` is who applies when that is not who sends, ``mandate_id`` by what right one acts for somebody (Refusal
    ``mandates.not_valid`` when it does not hold); sent twice with one ``request_key`` (up to 64 characters,
    the caller's own) it gives the same dossier. Raises NotComplete, or NotFound when it cannot be filed here."""
    if by.account_id is None:
        raise NotAllowed("people.sign_in", "Đăng nhập để nộp hồ sơ.")
    if earlier := _FILED(key=request_key):
        return earlier[0]
    sheet = procedures.published(procedure_code, timezone.localtime(at).date())
    if sheet is None or not sheet.is_online:
        raise NotFound("dossiers.not_filed_here", "Thủ tục này chưa nhận hồ sơ trực tuyến ở đây.")
    if branch not in ({one.code for one in sheet.branches} or {""}):
        raise Refusal("dossiers.branch", "Chọn trường hợp có trong thủ tục này.", field="branch")
    dossier = _file(
        sheet=sheet,
        branch=branch,
        answers=answers,
        present={part.code for part in parts},
        request_key=request_key,
        by=by,
        at=at,
        applicant=applicant,
        mandate=_mandate(mandate_id, by, at),
    )
    names = {one.code: one.name[:300] for one in procedures.components_for(sheet, branch)}
    for part in parts:
        part.dossier, part.added_at, part.name = dossier, at, names.get(part.code, part.name)
    Part.objects.bulk_create(parts)
    return dossier


def _file(
    *,
    sheet: Any,
    branch: str,
    answers: Mapping[str, Any],
    present: set[str],
    request_key: str,
    by: Actor,
    at: datetime,
    applicant: Applicant | None = None,
    mandate: Mandate | None = None,
) -> Dossier:
    """Check answers and papers (``present``: codes of those handed in), find who resolves, open the dossier."""
    clean, errors = procedures.check_answers(procedures.form_for(sheet, branch), answers)
    lacking = [
        one for one in procedures.components_for(sheet, branch) if drafts.must_hand_in(one) and one.code not in present
    ]
    if errors or lacking:
        raise NotComplete(errors, {one.code: one.name for one in lacking})
    clean |= {key: answers[key] for key in (COMMUNE_ASKED_BY_ITSELF,) if key in answers}
    meaning = meant(sheet, branch, clean)
    where = routing.route(sheet, commune_id=meaning.commune_id, at_unit_id=None, on=timezone.localtime(at).date())
    return open_dossier(
        Filing(
            sheet=sheet,
            branch=branch,
            channel=Channel.ONLINE,
            where=where,
            applicant=applicant or applicant_from(meaning, by, mandate),
            answers=clean,
            result_channel=meaning.result_channel,
            request_key=request_key,
        ),
        state="filed",
        verb="dossier.file",
        by=by,
        at=at,
    )


@transaction.atomic
def receive_at_counter(
    *, filing: Filing, parts: Sequence[Part], by: Actor, at: datetime, fee_paid: bool = False
) -> Dossier:
    """Receive a complete dossier at the counter or by post: accepted at once, clock running, form 01 issued.

    Sent twice with the same ``request_key`` it gives the same dossier."""
    if not by.may(Permission.RECEIVE, filing.where.received_unit_id):
        raise NotAllowed
    if filing.request_key and (earlier := _FILED(key=filing.request_key)):
        return earlier[0]
    dossier = open_dossier(filing, state="received", verb="dossier.receive", by=by, at=at)
    for part in parts:
        part.dossier, part.added_at = dossier, at
    Part.objects.bulk_create(parts)
    if fee_paid and dossier.fee:
        dossier.fee_paid_at = at
        dossier.save(update_fields=["fee_paid_at"])
    issuing.issue(dossier, "01", by=by, at=at)
    return dossier


def _mandate(mandate_id: int | None, by: Actor, at: datetime) -> Mandate | None:
    """The mandate by which is filed, held still until the dossier is there."""
    if mandate_id is None:
        return None
    return mandates.required(mandate_id=mandate_id, by=by, on=timezone.localtime(at).date(), lock=True)


def applicant_from(meaning: Meant, by: Actor, mandate: Mandate | None = None) -> Applicant:
    """The applicant as the form names them; the account's own name where it names none.

    By a mandate: who sends it, for whom and on what grounds; the form's answers are about the one acted for.
    """
    if mandate is not None:
        return Applicant(
            name=by.name,
            phone=meaning.phone,
            email=meaning.email,
            address=meaning.address,
            person_id=by.person_id,
            business_id=mandate.business_id,
            account_id=by.account_id,
            on_behalf_of=mandate.subject_name,
            mandate_id=mandate.pk,
            basis=mandate.basis,
        )
    return Applicant(
        name=meaning.full_name or by.name,
        identity_number=meaning.identity_number,
        phone=meaning.phone,
        email=meaning.email,
        address=meaning.address,
        person_id=by.person_id,
        account_id=by.account_id,
    )


def term_of(filing: Filing, at: datetime) -> Term:
    """The statutory time. Filed online it has not begun; received elsewhere it begins when the resolver gets it."""
    term = Term(procedures.limit_for(filing.sheet, filing.channel, filing.branch))
    if filing.channel is Channel.ONLINE:
        return term
    calendar = calendar_for(filing.where.resolving_unit_id)
    local = timezone.localtime(at)
    start = hand_over_at(local, calendar) if filing.where.is_boundary_free else local
    return term.start(start, calendar.code)


def open_dossier(filing: Filing, *, state: str, verb: str, by: Actor, at: datetime) -> Dossier:
    where, sheet = filing.where, filing.sheet
    plan = routing.plan_of(sheet, where, filing.channel, filing.branch)
    agency = routing.agency_id(where.resolving_unit_id)
    on = timezone.localtime(at).date()
    is_online = filing.channel is Channel.ONLINE
    code = filing.code
    if code:
        case_id = cases.new_id()
    else:
        number, case_id = cases.reserve(f"{agency}-{on:%y%m%d}")
        code = dossier_code(agency, on, number)
    reception = processes.step_due(where.received_unit_id, timezone.localtime(at), ACCEPT_WITHIN_HOURS)
    place = tree().nodes[where.resolving_unit_id].short_name
    dossier = _dossier_of(filing, case_id, by=by, on=on)
    dossier.case = cases.open_case(
        cases.NewCase(
            id=case_id,
            kind=DOSSIER,
            number=code,
            title=catalogue.title_of(sheet, filing.branch),
            state=state,
            unit_id=where.resolving_unit_id,
            received_unit_id=where.received_unit_id,
            applicant=filing.applicant.name,
            owner_id=filing.applicant.account_id,
            place=place,
            step=plan[0].name if is_online and plan else "Chờ bàn giao",
            step_kind="receive" if is_online else "assign",
            words=f"{filing.applicant.identity_number} {filing.applicant.phone}",
            term=term_of(filing, at),
            step_due_at=reception if is_online else None,
        ),
        verb=verb,
        by=by,
        at=at,
        data={"procedure": sheet.code, "field": sheet.field, "channel": filing.channel.value, "code": code},
        beside=[insert(dossier)],
    )
    if not is_online:
        processes.plan(dossier.case, plan, at=timezone.localtime(at))
    return dossier


def _dossier_of(filing: Filing, case_id: int, *, by: Actor, on: date) -> Dossier:
    """The dossier's own row, not yet written."""
    sheet = filing.sheet
    return Dossier(
        case_id=case_id,
        procedure_code=sheet.code,
        procedure_name=catalogue.title_of(sheet, filing.branch)[:300],
        version_id=sheet.version_id,
        branch=filing.branch,
        field=sheet.field,
        channel=filing.channel,
        answers=dict(filing.answers),
        person_id=filing.applicant.person_id,
        business_id=filing.applicant.business_id,
        applicant_name=filing.applicant.name[:200],
        identity_number=filing.applicant.identity_number,
        phone=filing.applicant.phone,
        email=filing.applicant.email,
        address=filing.applicant.address[:250],
        on_behalf_of=filing.applicant.on_behalf_of[:200],
        mandate_id=filing.applicant.mandate_id,
        basis=filing.applicant.basis,
        result_channel=filing.result_channel,
        fee=catalogue.fee_of(sheet, filing.channel, filing.branch, on),
        received_by_id=None if filing.channel is Channel.ONLINE else by.account_id,
        parent_id=filing.parent_id,
        request_key=filing.request_key,
    )
