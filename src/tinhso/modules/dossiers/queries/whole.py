"""Whole dossiers as immutable values, for other modules: what was handed in, what was done, what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.kernel.cases.models import Promise
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.processes.models import Step
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Dossier, Part, Supplement

ACCEPTED = ("dossier.accept", "dossier.receive")
RETURNED = ("dossier.return_result", "dossier.return_online")
WITH_REASON = (
    "dossier.decline", "dossier.refuse", "dossier.stop", "dossier.withdraw", "dossier.withdraw_at_counter",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """A component of a dossier; without ``attachment_id`` it was handed in on paper or its file has yet to come.

    ``is_digitised``: a copy compared with the original and signed; ``is_reused``: 0 no, 1 from the province's store,
    2 from the national one."""

    id: int
    code: str
    name: str
    source: str
    round: int
    attachment_id: int | None
    file_name: str
    is_digitised: bool = False
    is_reused: int = 0


@dataclass(frozen=True, slots=True)
class SupplementSheet:
    """One request for more papers. ``due_before`` and ``due_after`` are the promised dates around it."""

    id: int
    round: int
    before_acceptance: bool
    asked_at: datetime
    asked_by: str
    message: str
    answered_at: datetime | None
    answer: str
    due_before: datetime | None
    due_after: datetime | None


@dataclass(frozen=True, slots=True)
class StepSheet:
    """A step that was begun."""

    seq: int
    name: str
    kind: str
    role: str
    unit: str
    official: str
    started_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """The signed result."""

    attachment_id: int
    file_name: str
    number: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class WholeDossier:
    """A dossier as it stands. ``version`` grows with everything that happens to it; money in whole đồng."""

    case_id: int
    code: str
    version: int
    title: str
    state: str
    national: int
    outcome: str
    reason: str
    procedure_code: str
    procedure_name: str
    version_id: int
    branch: str
    field: str
    channel: str
    applicant: str
    is_business: bool
    identity_number: str
    is_identity_proven: bool
    has_account: bool
    phone: str
    email: str
    unit: str
    unit_code: str
    received_unit: str
    opened_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    settled_at: datetime | None
    returned_at: datetime | None
    declined_at: datetime | None
    result_channel: str
    fee: int
    fee_paid_at: datetime | None
    papers: tuple[PaperSheet, ...]
    supplements: tuple[SupplementSheet, ...]
    steps: tuple[StepSheet, ...]
    result: ResultSheet | None


def whole(case_ids: Iterable[int]) -> Mapping[int, WholeDossier]:
    """The dossiers with these ids, by id; unknown ones are left out. Six statements however many there are.

    The row is read before what hangs on it: ``version`` is never newer than the rest."""
    rows = list(
        Dossier.objects.filter(pk__in=list(case_ids)).select_related(
            "case", "case__unit", "person", "result", "handler"
        )
    )
    if not rows:
        return {}
    beside = _Beside([row.pk for row in rows])
    return {row.pk: _sheet(row, beside) for row in rows}


class _Beside:
    """What hangs on the dossiers, by dossier."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.papers: dict[int, list[Part]] = _by(Part.objects.filter(dossier__in=ids).select_related("attachment"))
        self.supplements: dict[int, list[Supplement]] = _by(
            Supplement.objects.filter(dossier__in=ids).select_related("asked_by")
        )
        steps = Step.objects.filter(case__in=ids, started_at__isnull=False).select_related("account")
        self.steps: dict[int, list[Step]] = _by(steps, "case_id")
        self.promises: dict[int, list[Promise]] = _by(Promise.objects.filter(case__in=ids), "case_id")
        verbs = (*ACCEPTED, *RETURNED, *WITH_REASON)
        self.entries: dict[int, list[Entry]] = _by(
            Entry.objects.filter(case__in=ids, verb__in=verbs).order_by("seq"), "case_id"
        )


def _by(rows: Iterable[Any], key: str = "dossier_id") -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _sheet(row: Dossier, beside: _Beside) -> WholeDossier:
    case, known = row.case, tree()
    entries = beside.entries[row.pk]
    node = known.nodes[case.unit_id]
    return WholeDossier(
        case_id=row.pk,
        code=case.number,
        version=case.journal_seq,
        title=case.title,
        state=case.state,
        national=case.state_of.national or 0,
        outcome=row.outcome,
        reason=next((str(one.said.get("reason", "")) for one in reversed(entries) if one.verb in WITH_REASON), ""),
        procedure_code=row.procedure_code,
        procedure_name=row.procedure_name,
        version_id=row.version_id,
        branch=row.branch,
        field=row.field,
        channel=row.channel,
        applicant=row.applicant_name,
        is_business=row.business_id is not None,
        identity_number=row.identity_number,
        is_identity_proven=bool(row.person and row.person.identity_number == row.identity_number),
        has_account=case.owner_id is not None,
        phone=row.phone,
        email=row.email,
        unit=node.name,
        unit_code=node.national_id or node.code,
        received_unit=known.nodes[case.received_unit_id].name,
        opened_at=case.opened_at,
        accepted_at=_first(entries, ACCEPTED),
        due_at=case.due_at,
        settled_at=case.settled_at,
        returned_at=_first(entries, RETURNED),
        declined_at=_first(entries, ("dossier.decline",)),
        result_channel=row.result_channel,
        fee=row.fee,
        fee_paid_at=row.fee_paid_at,
        papers=tuple(_paper(one) for one in beside.papers[row.pk]),
        supplements=tuple(_supplement(one, beside.promises[row.pk]) for one in beside.supplements[row.pk]),
        steps=tuple(_step(one) for one in beside.steps[row.pk]),
        result=_result(row),
    )


def _first(entries: Sequence[Entry], verbs: Sequence[str]) -> datetime | None:
    return next((one.at for one in entries if one.verb in verbs), None)


def _paper(one: Part) -> PaperSheet:
    return PaperSheet(
        one.pk, one.code, one.name, one.source, one.round, one.attachment_id,
        one.attachment.name if one.attachment else "", one.is_digitised, one.is_reused,
    )  # fmt: skip


def _supplement(one: Supplement, promises: Sequence[Promise]) -> SupplementSheet:
    before = [promise.due_at for promise in promises if promise.promised_at <= one.asked_at]
    after = [
        promise.due_at for promise in promises if one.answered_at is not None and promise.promised_at >= one.answered_at
    ]
    return SupplementSheet(
        id=one.pk,
        round=one.round,
        before_acceptance=one.before_acceptance,
        asked_at=one.asked_at,
        asked_by=one.asked_by.display_name if one.asked_by else "",
        message=one.message,
        answered_at=one.answered_at,
        answer=one.answer,
        due_before=before[-1] if before else None,
        due_after=after[0] if after else None,
    )


def _step(one: Step) -> StepSheet:
    assert one.started_at is not None
    return StepSheet(
        seq=one.seq,
        name=one.name,
        kind=one.kind,
        role=one.role,
        unit=tree().nodes[one.unit_id].name,
        official=one.account.display_name if one.account else "",
        started_at=one.started_at,
        due_at=one.due_at,
        done_at=one.done_at,
        state=one.state,
        note=one.note,
    )


def _result(row: Dossier) -> ResultSheet | None:
    if row.result is None:
        return None
    return ResultSheet(row.result.pk, row.result.name, row.result_number, row.signed_at)
