"""Dossiers that were filed elsewhere: they arrive with a code of their own, which is kept, and are worked on here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Person
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.dossiers.actions import handling, reception, results
from tinhso.modules.dossiers.actions.filing import Applicant, Filing, open_dossier
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.queries.answers import meant
from tinhso.modules.dossiers.rules import Channel, ResultChannel, is_dossier_code
from tinhso.modules.procedures import door as procedures

OWN_NUMBERS_BELOW = 100_000  # numbers of six digits begin with the identifier of another system (TT04 Đ.23)


@dataclass(frozen=True, slots=True)
class ArrivingPaper:
    """A paper as announced; its file comes later."""

    code: str
    name: str
    is_from_database: bool = False


@dataclass(frozen=True)
class Arrival:
    """A dossier filed elsewhere. Without ``unit_id`` the competent unit is found from procedure and answers."""

    code: str
    procedure_code: str
    applicant: Applicant
    is_identity_proven: bool = False
    branch: str = ""
    unit_id: int | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    result_channel: str = ResultChannel.ELECTRONIC
    papers: Sequence[ArrivingPaper] = ()
    is_accepted: bool = False
    is_fee_paid: bool = False

    @property
    def request_key(self) -> str:
        return f"arrived-{self.code}"


def take_in(*, arrival: Arrival, by: Actor, at: datetime) -> tuple[Dossier, list[Part]]:
    """Open the dossier under its own code; arriving again, also at the same moment, it stays one.

    Second value: its papers in the order of ``arrival.papers``, none when it was here before. Raises Refusal
    ``dossiers.bad_code``, ``dossiers.code_taken`` (by a dossier from here), ``dossiers.no_such_procedure``,
    ``dossiers.branch`` or ``dossiers.commune_needed``."""
    if not is_dossier_code(arrival.code):
        raise Refusal("dossiers.bad_code", f"Mã hồ sơ “{arrival.code}” không đúng mẫu.", field="code")
    if (earlier := _arrived(arrival)) is not None:
        return earlier, []
    try:
        return _open(arrival, by, at)
    except IntegrityError:
        winner = _arrived(arrival)
        if winner is None:
            raise
        return winner, []


@transaction.atomic
def _open(arrival: Arrival, by: Actor, at: datetime) -> tuple[Dossier, list[Part]]:
    dossier = open_dossier(_filing(arrival, at), state="filed", verb="dossier.file", by=by, at=at)
    _keep_number_clear(arrival.code)
    papers = _hang_papers(dossier, arrival.papers, at)
    if arrival.is_fee_paid and dossier.fee:
        dossier.fee_paid_at = at
        dossier.save(update_fields=["fee_paid_at"])
    if arrival.is_accepted:
        dossier = reception.accept(dossier_id=dossier.pk, by=by, at=at)
    return dossier, papers


def _arrived(arrival: Arrival) -> Dossier | None:
    """The dossier with this code if it arrived before. Raises Refusal when one made here bears it."""
    found = Dossier.objects.select_related("case").filter(case__number=arrival.code).first()
    if found is not None and found.request_key != arrival.request_key:
        raise Refusal("dossiers.code_taken", f"Mã {arrival.code} đã cấp cho một hồ sơ khác ở đây.", field="code")
    return found


def _filing(arrival: Arrival, at: datetime) -> Filing:
    on = timezone.localtime(at).date()
    sheet = procedures.published(arrival.procedure_code, on)
    if sheet is None:
        raise Refusal(
            "dossiers.no_such_procedure",
            f"Thủ tục {arrival.procedure_code} chưa được công bố ở đây. Công bố thủ tục rồi tiếp nhận lại.",
            field="procedure",
        )
    if arrival.branch not in ({one.code for one in sheet.branches} | {""}):
        raise Refusal("dossiers.branch", "Trường hợp không có trong thủ tục này.", field="branch")
    clean, errors = procedures.check_answers(procedures.form_for(sheet, arrival.branch), arrival.answers)
    answers = {code: value for code, value in clean.items() if code not in errors}
    if arrival.unit_id is None:
        commune_id = meant(sheet, arrival.branch, answers).commune_id
        where = routing.route(sheet, commune_id=commune_id, at_unit_id=None, on=on)
    else:
        where = routing.Route(routing.centre_of(arrival.unit_id), arrival.unit_id, False)
    return Filing(
        sheet=sheet,
        branch=arrival.branch,
        channel=Channel.ONLINE,
        where=where,
        applicant=_known(arrival),
        answers=answers,
        result_channel=arrival.result_channel,
        request_key=arrival.request_key,
        code=arrival.code,
    )


def _known(arrival: Arrival) -> Applicant:
    """The applicant, tied to the person here whose proven number it is; a number nobody proved ties to nobody."""
    number = arrival.applicant.identity_number
    if not arrival.is_identity_proven or not number:
        return arrival.applicant
    person = Person.objects.filter(identity_number=number).values_list("pk", "account__pk").first()
    return replace(arrival.applicant, person_id=person[0], account_id=person[1]) if person else arrival.applicant


def _keep_number_clear(code: str) -> None:
    """Let no dossier made here get the number of one that arrived."""
    series, _, number = code.rpartition("-")
    if int(number) < OWN_NUMBERS_BELOW:
        cases.pass_number(series, int(number))


def _hang_papers(dossier: Dossier, papers: Sequence[ArrivingPaper], at: datetime, round_: int = 0) -> list[Part]:
    return Part.objects.bulk_create(
        Part(
            dossier=dossier,
            code=one.code[:60],
            name=one.name[:300],
            source=Part.Source.DATABASE if one.is_from_database else Part.Source.UPLOAD,
            round=round_,
            added_at=at,
        )
        for one in papers
    )


@transaction.atomic
def answer_from_elsewhere(
    *, dossier_id: int, answer: str, papers: Sequence[ArrivingPaper], by: Actor, at: datetime
) -> list[Part]:
    """The applicant's answer to guidance or to a supplement, given where the dossier was filed; its new papers."""
    dossier = Dossier.objects.locked(dossier_id)
    act = reception.complete if dossier.case.state == "incomplete" else handling.supplement
    parts = [
        Part(code=one.code[:60], name=one.name[:300],
             source=Part.Source.DATABASE if one.is_from_database else Part.Source.UPLOAD)
        for one in papers
    ]  # fmt: skip
    act(dossier_id=dossier_id, answer=answer, parts=parts, by=by, at=at)
    return parts


@transaction.atomic
def attach_to_part(*, part_id: int, attachment: Attachment) -> bool:
    """Give an announced paper its file; False when it has one already."""
    return bool(Part.objects.filter(pk=part_id, attachment__isnull=True).update(attachment=attachment))


@transaction.atomic
def return_elsewhere(*, dossier_id: int, at: datetime) -> bool:
    """Hand over an electronic result that has reached the place of filing; once. False when there is nothing to do."""
    case = Case.objects.select_for_update(of=("self",)).filter(pk=dossier_id).first()
    dossier = Dossier.objects.filter(pk=dossier_id).first()
    if case is None or dossier is None:
        raise NotFound
    is_ready = case.state == "finished" and dossier.result_channel == ResultChannel.ELECTRONIC
    if not is_ready or (dossier.fee and dossier.fee_paid_at is None):
        return False
    results.return_result(dossier_id=dossier_id, by=SYSTEM, at=at)
    return True
