"""The result: drafted, signed, numbered and issued, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import holds
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.processes import actions as processes
from tinhso.kernel.processes.rules import StepKind
from tinhso.kernel.statements import update
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.actions.handling import at_step
from tinhso.modules.dossiers.actions.reception import need_words
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries import printing
from tinhso.modules.dossiers.queries.standing import standing_of
from tinhso.modules.dossiers.rules import Outcome, Permission, ResultChannel, Standing

RESULT_FIELDS = ("subject", "content", "conditions", "basis", "valid_until")
_SIGNED = ("outcome", "result_number", "signed_by", "signed_at", "result", "result_text")


@transaction.atomic
def draft_result(*, dossier_id: int, text: Mapping[str, Any], by: Actor, at: datetime) -> Dossier:
    """Write what the result will say; it may be rewritten until it is signed."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.move_of(dossier.case, "step_on", by=by, standing=Standing())
    if dossier.signed_at:
        raise Refusal("dossiers.result_exists", "Kết quả đã được ký nên không sửa được nữa.")
    content = {key: str(text.get(key, "")).strip()[:8000] for key in RESULT_FIELDS}
    if not content["content"]:
        raise Refusal("dossiers.empty_result", "Nhập nội dung kết quả.", field="content")
    dossier.result_text = content
    cases.record(dossier.case, "dossier.draft_result", by=by, at=at, beside=[update(dossier, "result_text")])
    return dossier


@transaction.atomic
def sign(*, dossier_id: int, by: Actor, at: datetime, revision: int | None = None, note: str = "") -> Dossier:
    """The leader signs. Where the process has a step of issuing, the registrar numbers and issues next; otherwise
    the result is issued with the signature. Signing is done under the dossier's lock, so it happens once."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    if not holds(Permission.SIGN, case.whom, by):
        raise NotAllowed
    cases.check_revision(case, revision)
    steps = processes.steps_of(case)
    active = processes.active_of(steps)
    if active is not None and active.kind != StepKind.SIGN:
        raise Refusal("dossiers.not_at_signing", f"Hồ sơ đang ở bước “{active.name}”, chưa trình ký.")
    issues = active is not None and any(step.kind == StepKind.ISSUE and step.seq > active.seq for step in steps)
    standing = standing_of(dossier)
    cases.move_of(case, "sign" if issues else "sign_and_finish", by=by, standing=standing)
    _number_and_sign(dossier, by=by, at=at)
    following = processes.go_on(steps, at=timezone.localtime(at), by_id=by.account_id, note=note) if active else None
    verb = "sign" if issues else "sign_and_finish"
    if not issues:
        dossier.outcome = Outcome.GRANTED
    cases.advance(
        case,
        verb,
        by=by,
        at=timezone.localtime(at),
        standing=standing,
        data=_told(dossier, at),
        change=at_step(following, assignee_id=None, news=""),
        beside=[update(dossier, *_SIGNED)],
    )
    return dossier


def _number_and_sign(dossier: Dossier, *, by: Actor, at: datetime) -> None:
    year = timezone.localtime(at).year
    agency = dossier.case.unit
    number = cases.take_number(f"result-{agency.code}-{year}")
    dossier.result_number = printing.result_number(number, agency, dossier)
    dossier.signed_by_id, dossier.signed_at = by.account_id, at
    dossier.result = issuing.signed_result(dossier, by=by, at=at)


def _told(dossier: Dossier, at: datetime) -> dict[str, Any]:
    return {
        "number": dossier.result_number,
        "outcome": dossier.outcome or Outcome.GRANTED.value,
        "procedure": dossier.procedure_code,
        "field": dossier.field,
        "channel": dossier.channel,
        "verdict": printing.verdict_of(dossier.case, at),
    }


@transaction.atomic
def finish(*, dossier_id: int, by: Actor, at: datetime) -> Dossier:
    """The registrar adds the agency's signature and issues the signed result; the clock ends here."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    standing = standing_of(dossier)
    cases.move_of(case, "finish", by=by, standing=standing)
    dossier.result = issuing.countersigned_result(dossier, by=by, at=at)
    dossier.outcome = dossier.outcome or Outcome.GRANTED
    steps = processes.steps_of(case)
    following = processes.go_on(steps, at=timezone.localtime(at), by_id=by.account_id)
    case.settled_at = at
    cases.advance(
        case,
        "finish",
        by=by,
        at=timezone.localtime(at),
        standing=standing,
        data=_told(dossier, at),
        change=at_step(following, assignee_id=None, news=""),
        beside=[update(dossier, "result", "outcome")],
    )
    return dossier


@transaction.atomic
def refuse(*, dossier_id: int, reason: str, by: Actor, at: datetime) -> Dossier:
    """Refuse to grant what was applied for, in writing and with reasons; national status 9, outcome refused."""
    dossier = Dossier.objects.locked(dossier_id)
    standing = standing_of(dossier)
    cases.move_of(dossier.case, "refuse", by=by, standing=standing)
    words = need_words(reason, field="reason", what="lý do từ chối")
    dossier.outcome = Outcome.REFUSED
    dossier.result_text = {"refusal": words}
    _number_and_sign(dossier, by=by, at=at)
    dossier.case.settled_at = at
    following = processes.close(
        processes.steps_of(dossier.case), at=timezone.localtime(at), by_id=by.account_id, until=StepKind.RETURN
    )
    cases.advance(
        dossier.case,
        "refuse",
        by=by,
        at=timezone.localtime(at),
        standing=standing,
        data={**_told(dossier, at), "reason": words},
        change=at_step(following, assignee_id=None, news=""),
        beside=[update(dossier, *_SIGNED)],
    )
    return dossier


@transaction.atomic
def return_result(*, dossier_id: int, by: Actor, at: datetime, how: str = "") -> Dossier:
    """Hand the result over; refused while a fee is unpaid. The system itself returns electronic results."""
    dossier = Dossier.objects.locked(dossier_id)
    verb = "return_online" if by is SYSTEM else "return_result"
    standing = standing_of(dossier)
    cases.move_of(dossier.case, verb, by=by, standing=standing)
    steps = processes.steps_of(dossier.case)
    if processes.active_of(steps) is not None:
        processes.go_on(steps, at=timezone.localtime(at), by_id=by.account_id)
    cases.advance(
        dossier.case,
        verb,
        by=by,
        at=at,
        standing=standing,
        data={"how": how or ResultChannel.ELECTRONIC.value},
        change={"step": "", "step_kind": "", "step_due_at": None},
    )
    return dossier
