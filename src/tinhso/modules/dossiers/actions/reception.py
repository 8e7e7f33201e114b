"""At the one-stop shop: accept what came in online, guide once, or decline with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import holds
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes import actions as processes
from tinhso.kernel.processes.models import Step
from tinhso.kernel.statements import Statement, insert, insert_all, update
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.models import Dossier, Part, Supplement
from tinhso.modules.dossiers.queries import routing
from tinhso.modules.dossiers.queries.standing import standing_of
from tinhso.modules.dossiers.rules import ACCEPT_WITHIN_HOURS, Missing, Permission
from tinhso.modules.procedures import door as procedures


def need_words(text: str, *, field: str, what: str) -> str:
    """The text, if a human reason stands in it; a dossier is never sent back without one."""
    tidy = text.strip()
    if len(tidy) < 10:
        raise Refusal(
            "dossiers.reason_needed", f"Ghi {what} để người dân hiểu phải làm gì (ít nhất 10 ký tự).", field=field
        )
    return tidy[:4000]


def need_answer(parts: Sequence[Part], answer: str) -> None:
    """An answer to what was asked for holds something: papers or words."""
    if not parts and not answer.strip():
        raise Refusal("dossiers.empty_supplement", "Thêm ít nhất một giấy tờ hoặc ghi câu trả lời.", field="answer")


@transaction.atomic
def accept(*, dossier_id: int, by: Actor, at: datetime, revision: int | None = None) -> Dossier:
    """Accept a dossier filed online: the clock starts, the process begins, form 01 is issued."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    cases.check_revision(case, revision)
    sheet = procedures.sheet(dossier.version_id)
    where = routing.Route(case.received_unit_id, case.unit_id, False)
    cases.move_of(case, "accept", by=by)
    case.clock = Term(procedures.limit_for(sheet, dossier.channel, dossier.branch)).to_json()
    plan = routing.plan_of(sheet, where, dossier.channel, dossier.branch)
    steps = processes.planned(case, plan, at=timezone.localtime(at))
    active = processes.active_of(steps)
    dossier.received_by_id = by.account_id
    cases.advance(
        case,
        "accept",
        by=by,
        at=timezone.localtime(at),
        data={"procedure": dossier.procedure_code, "field": dossier.field, "channel": dossier.channel},
        change={
            "step": active.name if active else "",
            "step_kind": active.kind if active else "",
            "step_due_at": active.due_at if active else None,
            "news": "",
        },
        beside=[update(dossier, "received_by"), insert_all(Step, steps)],
    )
    issuing.issue(dossier, "01", by=by, at=at)
    return dossier


@transaction.atomic
def ask_completion(
    *, dossier_id: int, message: str, missing: Sequence[Missing], by: Actor, at: datetime, revision: int | None = None
) -> Dossier:
    """Guide the applicant once and completely before acceptance (form 02); the clock has not begun.

    A second time only a leader of the units concerned may (N309 Đ.8.1)."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.check_revision(dossier.case, revision)
    approves = holds(Permission.SUPERVISE, dossier.case.whom, by)
    before = dossier.supplements.count()
    standing = standing_of(dossier, leader_approves=approves, guidances=before)
    cases.move_of(dossier.case, "ask_completion", by=by, standing=standing)
    words = need_words(message, field="message", what="nội dung cần bổ sung")
    asked = Supplement(
        dossier=dossier,
        round=before + 1,
        before_acceptance=True,
        asked_at=at,
        asked_by_id=by.account_id,
        approved_by_id=by.account_id if before else None,
        message=words,
        missing=[asdict(one) for one in missing],
    )
    change = {"step_due_at": None, "news": ""}
    cases.advance(
        dossier.case,
        "ask_completion",
        by=by,
        at=at,
        standing=standing,
        data={"message": words},
        change=change,
        beside=[insert(asked)],
    )
    issuing.issue(dossier, "02", by=by, at=at, asked=asked)
    return dossier


@transaction.atomic
def complete(*, dossier_id: int, answer: str, parts: Sequence[Part], by: Actor, at: datetime) -> Dossier:
    """The applicant hands in what the guidance asked for; the shop has its eight working hours again."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.move_of(dossier.case, "complete", by=by)
    need_answer(parts, answer)
    own = _answer(dossier, answer, parts, at)
    due = processes.step_due(dossier.case.received_unit_id, timezone.localtime(at), ACCEPT_WITHIN_HOURS)
    cases.advance(
        dossier.case,
        "complete",
        by=by,
        at=at,
        data={"papers": len(parts)},
        change={"step_due_at": due, "news": gettext_noop("Người dân vừa bổ sung")},
        beside=own,
    )
    return dossier


def _answer(dossier: Dossier, answer: str, parts: Sequence[Part], at: datetime) -> list[Statement]:
    """Hang the new papers on the dossier; what closes the open request is returned, to be written with the move."""
    asked = dossier.supplements.filter(answered_at__isnull=True).first()
    if asked is not None:
        asked.answered_at, asked.answer = at, answer.strip()[:4000]
    for part in parts:
        part.dossier, part.draft, part.added_at = dossier, None, at
        part.round = asked.round if asked else 1
    Part.objects.bulk_create([part for part in parts if part.pk is None])
    return [update(asked, "answered_at", "answer")] if asked else []


@transaction.atomic
def decline(*, dossier_id: int, reason: str, by: Actor, at: datetime, revision: int | None = None) -> Dossier:
    """Refuse reception in writing (form 03): not competent, or not eligible."""
    dossier = Dossier.objects.locked(dossier_id)
    cases.check_revision(dossier.case, revision)
    cases.move_of(dossier.case, "decline", by=by)
    words = need_words(reason, field="reason", what="lý do từ chối")
    dossier.outcome = "declined"
    cases.advance(
        dossier.case,
        "decline",
        by=by,
        at=at,
        data={"reason": words},
        change={"step_due_at": None, "step": ""},
        beside=[update(dossier, "outcome")],
    )
    issuing.issue(dossier, "03", by=by, at=at, reason=words)
    return dossier


@transaction.atomic
def record_fee(*, dossier_id: int, by: Actor, at: datetime) -> Dossier:
    """Note that the fee was paid at the counter; noting it twice changes nothing."""
    dossier = Dossier.objects.locked(dossier_id)
    if not holds(Permission.RECEIVE, dossier.case.whom, by):
        raise NotAllowed
    if dossier.fee and dossier.fee_paid_at is None:
        dossier.fee_paid_at = at
        own = [update(dossier, "fee_paid_at")]
        cases.record(dossier.case, "dossier.fee_paid", by=by, at=at, data={"amount": dossier.fee}, beside=own)
    return dossier


@transaction.atomic
def adopt_fee(*, dossier_id: int, amount: int, note: str = "") -> Dossier:
    """Show the fee as it was asked for, in whole đồng; one that was paid stays. That it was asked for is on record."""
    dossier = Dossier.objects.locked(dossier_id)
    if dossier.fee_paid_at is None and dossier.fee != amount:
        dossier.fee, dossier.fee_note = amount, note[:200]
        dossier.save(update_fields=["fee", "fee_note"])
    return dossier
