"""Dossiers received at a counter without network, registered later as of the moment they were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Business
from tinhso.kernel.people.rules import Actor, check_identity_number
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.actions import ahead, issuing
from tinhso.modules.dossiers.actions import filing as opening
from tinhso.modules.dossiers.actions.filing import Applicant, Filing
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.queries import counter, routing
from tinhso.modules.dossiers.rules import Channel
from tinhso.modules.procedures import door as procedures


@dataclass(frozen=True, slots=True)
class Handed:
    """A paper that was handed over: how many originals and copies."""

    code: str
    originals: int
    copies: int


@dataclass(frozen=True)
class LateReception:
    """What a counter received without network. ``code``: the number on its receipt, empty for the next number of the
    day of registering; ``version_id``: the version of the procedure to follow."""

    unit_id: int
    code: str
    procedure_code: str
    version_id: int
    branch: str
    applicant: Applicant
    papers: Sequence[Handed]
    result_channel: str
    is_fee_paid: bool
    request_key: str


@transaction.atomic
def receive_later(*, reception: LateReception, by: Actor, at: datetime) -> Dossier:
    """Open the dossier as received at ``at``: under the number of its receipt, due counted from then, form 01 issued.

    Sent twice with the same ``request_key`` it gives the same dossier; who may is for the caller to ask. Raises Refusal
    ``dossiers.branch``, ``dossiers.commune_needed``, ``people.identity_number``; IntegrityError when the number is
    taken."""
    if earlier := Dossier.objects.select_related("case").filter(request_key=reception.request_key).first():
        return earlier
    filing = filing_of(reception, at)
    filing = replace(filing, applicant=_known(reception.applicant))
    dossier = opening.open_dossier(filing, state="received", verb="dossier.receive", by=by, at=at)
    names = {one.code: one.name for one in ahead.papers_of(filing.sheet, filing.branch)}
    Part.objects.bulk_create(
        Part(
            dossier=dossier,
            code=one.code[:60],
            name=names.get(one.code, one.code)[:300],
            source=Part.Source.PAPER,
            originals=one.originals,
            copies=one.copies,
            added_at=at,
        )
        for one in reception.papers
    )
    if reception.is_fee_paid and dossier.fee:
        dossier.fee_paid_at = at
        dossier.save(update_fields=["fee_paid_at"])
    issuing.issue(dossier, "01", by=by, at=at)
    return dossier


def filing_of(reception: LateReception, at: datetime) -> Filing:
    """The filing that follows from a reception. Raises Refusal when the procedure has no such case."""
    sheet: Any = procedures.sheet(reception.version_id)
    if reception.branch not in ({one.code for one in sheet.branches} or {""}):
        raise Refusal("dossiers.branch", "Chọn trường hợp có trong thủ tục này.", field="branch")
    on = timezone.localtime(at).date()
    where = routing.route(
        sheet, commune_id=tree().body_of(reception.unit_id).id, at_unit_id=reception.unit_id, on=on
    )  # fmt: skip
    return Filing(
        sheet=sheet,
        branch=reception.branch,
        channel=Channel.DIRECT,
        where=where,
        applicant=reception.applicant,
        result_channel=reception.result_channel,
        request_key=reception.request_key,
        code=reception.code,
    )


def _known(applicant: Applicant) -> Applicant:
    """The applicant tied to the person or business here, who is registered when new."""
    number = applicant.identity_number
    if not check_identity_number(number).valid:
        business: Business | None = counter.business_with(number)
        return replace(applicant, business_id=business.pk if business else None)
    person = people.register_person(
        identity_number=number, full_name=applicant.name[:120], phone=applicant.phone, address=applicant.address[:250]
    )
    return replace(applicant, person_id=person.pk, account_id=counter.account_of(person))
