"""What other modules may ask about dossiers and have done with them. Answers are immutable values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.modules.dossiers import actions
from tinhso.modules.dossiers.actions import ahead as _ahead
from tinhso.modules.dossiers.actions import inbound
from tinhso.modules.dossiers.actions.ahead import OfflineProcedure
from tinhso.modules.dossiers.actions.filing import Applicant
from tinhso.modules.dossiers.actions.inbound import Arrival, ArrivingPaper
from tinhso.modules.dossiers.actions.later import Handed, LateReception, filing_of
from tinhso.modules.dossiers.actions.later import receive_later as _receive_later
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import counter as _counter
from tinhso.modules.dossiers.queries import kept as _kept
from tinhso.modules.dossiers.queries import whole as _whole
from tinhso.modules.dossiers.queries.catalogue import title_of as _title_of
from tinhso.modules.dossiers.queries.kept import HeldPaper, PaperDossier
from tinhso.modules.dossiers.queries.marks import Marks
from tinhso.modules.dossiers.queries.marks import marks as _marks
from tinhso.modules.dossiers.queries.whole import (
    PaperSheet,
    ResultSheet,
    StepSheet,
    SupplementSheet,
    WholeDossier,
)
from tinhso.modules.dossiers.rules import DOSSIER, Permission, dossier_code, is_dossier_code
from tinhso.modules.procedures import door as procedures

__all__ = [
    "Applicant",
    "Arrival",
    "Arrived",
    "ArrivingPaper",
    "Handed",
    "HeldPaper",
    "LateReception",
    "Marks",
    "OfflineProcedure",
    "PaperDossier",
    "PaperSheet",
    "Payable",
    "ResultSheet",
    "StepSheet",
    "SupplementSheet",
    "Twin",
    "WholeDossier",
    "answer_from_elsewhere",
    "attach_to_part",
    "case_id_of",
    "counter_of",
    "dossier_code",
    "due_if_received",
    "is_dossier_code",
    "lacking",
    "lay_copy",
    "marks",
    "may_receive",
    "national_names",
    "national_status",
    "offline_offer",
    "paper_dossiers",
    "payable",
    "receive_later",
    "return_elsewhere",
    "statuses",
    "take_for_part",
    "take_in",
    "to_digitise",
    "twins",
    "version_in_force",
    "whole",
    "withdraw",
    "words_of",
]


@dataclass(frozen=True, slots=True)
class Payable:
    """What a dossier costs and who pays. ``fee`` and ``finance_due`` in whole đồng, as the dossier knows them."""

    case_id: int
    number: str
    state: str
    unit_id: int
    received_unit_id: int
    owner_id: int | None
    applicant_name: str
    address: str
    procedure_code: str
    procedure_name: str
    version_id: int
    branch: str
    field: str
    channel: str
    fee: int
    fee_paid_at: datetime | None
    finance_due: int | None


def payable(case_id: int) -> Payable | None:
    """What is to be paid for a dossier; None when there is no such dossier. One statement."""
    found = Dossier.objects.select_related("case").filter(pk=case_id).first()
    if found is None:
        return None
    case = found.case
    return Payable(
        case_id=case.pk,
        number=case.number,
        state=case.state,
        unit_id=case.unit_id,
        received_unit_id=case.received_unit_id,
        owner_id=case.owner_id,
        applicant_name=found.applicant_name,
        address=found.address,
        procedure_code=found.procedure_code,
        procedure_name=found.procedure_name,
        version_id=found.version_id,
        branch=found.branch,
        field=found.field,
        channel=found.channel,
        fee=found.fee,
        fee_paid_at=found.fee_paid_at,
        finance_due=found.finance_due,
    )


@dataclass(frozen=True, slots=True)
class Arrived:
    """A dossier that was taken in; ``part_ids`` in the order of the papers announced, none when it was here before."""

    case_id: int
    part_ids: tuple[int, ...]


def whole(case_ids: Iterable[int]) -> Mapping[int, WholeDossier]:
    """The dossiers with these ids, by id; unknown ones are left out. Six statements however many there are."""
    return _whole.whole(case_ids)


def case_id_of(code: str) -> int | None:
    """The id of the dossier with this code."""
    return Case.objects.filter(kind=DOSSIER.code, number=code).values_list("pk", flat=True).first()


def national_status(state: str) -> int:
    """The national number of a state, 1 … 10."""
    return DOSSIER.lifecycle.state(state).national or 0


def national_names() -> dict[int, str]:
    """What each national number is called here; states that share one but not their name stand together."""
    found: dict[int, dict[str, None]] = {}
    for one in DOSSIER.lifecycle.states:
        if one.national:
            found.setdefault(one.national, {})[_(one.name)] = None
    return {number: ", ".join(names) for number, names in sorted(found.items())}


def statuses(chunk: int = 5_000) -> Iterator[tuple[int, str, int]]:
    """Id, code and national status of every dossier, in the order of the ids; read in chunks."""
    last = 0
    while rows := list(
        Case.objects.filter(kind=DOSSIER.code, pk__gt=last).order_by("pk").values_list("pk", "number", "state")[:chunk]
    ):
        yield from ((pk, number, national_status(state)) for pk, number, state in rows)
        last = rows[-1][0]


def marks(case_ids: Collection[int]) -> Marks:
    """Which of these dossiers have a proven applicant, a fee, a signed result; one statement."""
    return _marks(case_ids)


def take_in(*, arrival: Arrival, by: Actor, at: datetime) -> Arrived:
    """Open a dossier that was filed elsewhere, under its own code; arriving again it stays one. Raises Refusal."""
    dossier, papers = inbound.take_in(arrival=arrival, by=by, at=at)
    return Arrived(dossier.pk, tuple(paper.pk for paper in papers))


def answer_from_elsewhere(
    *, case_id: int, answer: str, papers: Sequence[ArrivingPaper], by: Actor, at: datetime
) -> tuple[int, ...]:
    """The applicant's answer to a request for more, given elsewhere; ids of the new papers. Raises Refusal."""
    parts = inbound.answer_from_elsewhere(dossier_id=case_id, answer=answer, papers=papers, by=by, at=at)
    return tuple(part.pk for part in parts)


def withdraw(*, case_id: int, reason: str, by: Actor, at: datetime) -> None:
    """The applicant takes the dossier back. Raises Refusal once a result is signed."""
    actions.withdraw(dossier_id=case_id, reason=reason, by=by, at=at)


def attach_to_part(*, part_id: int, attachment: Attachment) -> bool:
    """Give an announced paper its file; False when it has one already."""
    return inbound.attach_to_part(part_id=part_id, attachment=attachment)


def return_elsewhere(*, case_id: int, at: datetime) -> bool:
    """Hand over an electronic result that has reached the place of filing; False when there is nothing to do."""
    try:
        return inbound.return_elsewhere(dossier_id=case_id, at=at)
    except Refusal:
        return False


def paper_dossiers(case_ids: Iterable[int]) -> Mapping[int, PaperDossier]:
    """The dossiers with these ids as their papers and results go, by id; two statements."""
    return _kept.paper_dossiers(case_ids)


def to_digitise(counters: Scope, *, after: int | None = None, most: int = 30) -> list[PaperDossier]:
    """Dossiers received at these counters of which a paper still lacks its signed copy, newest first."""
    return _kept.to_digitise(counters, after=after, most=most)


def lay_copy(
    *, part_id: int, attachment: Attachment, signed_by: str, signature: str, at: datetime, until: date | None = None
) -> None:
    """Put a compared and signed copy in a paper's place; who may sign copies is for the caller to ask."""
    actions.lay_copy(
        part_id=part_id, attachment=attachment, signed_by=signed_by, signature=signature, at=at, until=until
    )


def take_for_part(*, part_id: int, key: str, by: Actor, at: datetime) -> None:
    """Take the applicant's kept paper for one that has no file. Raises NotAllowed, Refusal."""
    actions.take_for_part(part_id=part_id, key=key, by=by, at=at)


# --- Counters without network -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Twin:
    """A dossier of the same applicant for the same procedure."""

    case_id: int
    number: str
    opened_at: datetime
    channel: str


def counter_of(actor: Actor) -> int | None:
    """The one-stop centre at which this official receives; None when at none."""
    return _counter.counter_of(actor) if actor.may(Permission.RECEIVE) else None


def may_receive(actor: Actor, unit_id: int) -> bool:
    """Whether this actor receives dossiers at that counter."""
    return actor.may(Permission.RECEIVE, unit_id)


def offline_offer(unit_id: int, days: Sequence[date], *, at: datetime, most: int) -> list[OfflineProcedure]:
    """What this counter may receive without network, with papers, fees and the dates promised on these days."""
    return _ahead.offer(unit_id, days, at, most)


def version_in_force(procedure_code: str, on: date) -> int | None:
    """The procedure's version on a day; None when it is not published then."""
    sheet = procedures.published(procedure_code, on)
    return sheet.version_id if sheet else None


def lacking(version_id: int, branch: str, codes: Iterable[str]) -> list[str]:
    """Names of the papers that have to be handed over and are not among these."""
    there = set(codes)
    papers = _ahead.papers_of(procedures.sheet(version_id), branch)
    return [one.name for one in papers if one.is_required and one.code not in there]


def words_of(version_id: int, branch: str) -> tuple[str, Mapping[str, str]]:
    """A procedure's name with its case, and the names of its papers by code; empty when there is no such version."""
    try:
        sheet = procedures.sheet(version_id)
    except (NotFound, LookupError):
        return "", {}
    return _title_of(sheet, branch), {one.code: one.name for one in _ahead.papers_of(sheet, branch)}


def due_if_received(reception: LateReception, at: datetime) -> datetime | None:
    """When the result is due of what was received at that moment. Raises Refusal as ``receive_later``."""
    return _ahead.due_of(filing_of(reception, at), at)


def twins(identity_number: str, procedure_code: str, since: datetime) -> list[Twin]:
    """Open dossiers of the same applicant and procedure since a moment, at most five."""
    rows = _ahead.twins(identity_number, procedure_code, since)
    return [Twin(one.pk, one.case.number, one.case.opened_at, one.channel) for one in rows]


def receive_later(*, reception: LateReception, by: Actor, at: datetime) -> int:
    """Open the dossier that a counter received at ``at`` without network; its id. See ``actions.later``."""
    return _receive_later(reception=reception, by=by, at=at).pk
