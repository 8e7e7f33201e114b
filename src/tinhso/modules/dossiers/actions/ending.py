"""Ending a dossier before there is a result: the applicant takes it back, or the agency stops."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes import actions as processes
from tinhso.kernel.statements import update
from tinhso.modules.dossiers.actions import issuing
from tinhso.modules.dossiers.actions.reception import need_words
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries.standing import standing_of
from tinhso.modules.dossiers.rules import Outcome


@transaction.atomic
def withdraw(*, dossier_id: int, reason: str, by: Actor, at: datetime, at_counter: bool = False) -> Dossier:
    """The applicant takes the dossier back while no result exists (form 05 confirms it)."""
    dossier = Dossier.objects.locked(dossier_id)
    verb = "withdraw_at_counter" if at_counter else "withdraw"
    return _end(dossier, verb, Outcome.WITHDRAWN, reason, by=by, at=at)


@transaction.atomic
def stop(*, dossier_id: int, reason: str, by: Actor, at: datetime, no_supplement: bool = False) -> Dossier:
    """The agency stops, also when what was asked for did not come in time (form 05).

    That nothing came can be said only while something is waited for, and not before the day that was named."""
    dossier = Dossier.objects.locked(dossier_id)
    if no_supplement:
        _check_nothing_came(dossier, at)
    outcome = Outcome.NO_SUPPLEMENT if no_supplement else Outcome.STOPPED
    return _end(dossier, "stop", outcome, reason, by=by, at=at)


def _check_nothing_came(dossier: Dossier, at: datetime) -> None:
    if dossier.case.state != "supplement":
        raise Refusal(
            "dossiers.nothing_awaited",
            "Hồ sơ không chờ bổ sung. Bỏ chọn lý do này hoặc tải lại trang.",
            field="no_supplement",
        )
    asked = dossier.supplements.filter(answered_at__isnull=True).first()
    last = asked.answer_by if asked else None
    if last is not None and timezone.localtime(at).date() <= last:
        raise Refusal(
            "dossiers.still_time", f"Người nộp còn được bổ sung đến hết ngày {last:%d/%m/%Y}.", field="no_supplement"
        )


def _end(dossier: Dossier, verb: str, outcome: Outcome, reason: str, *, by: Actor, at: datetime) -> Dossier:
    standing = standing_of(dossier)
    cases.move_of(dossier.case, verb, by=by, standing=standing)
    words = need_words(reason, field="reason", what="lý do")
    dossier.outcome = outcome
    processes.close(processes.steps_of(dossier.case), at=timezone.localtime(at), by_id=by.account_id)
    cases.advance(
        dossier.case,
        verb,
        by=by,
        at=timezone.localtime(at),
        standing=standing,
        data={"reason": words, "outcome": outcome.value},
        change={"step": "", "step_kind": "", "step_due_at": None, "news": ""},
        beside=[update(dossier, "outcome")],
    )
    issuing.issue(dossier, "05", by=by, at=at, reason=words)
    return dossier
