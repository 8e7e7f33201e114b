"""Ending what is due: proposed with counts, approved by a second person, done in batches, and put on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from tinhso.kernel.cases.actions import take_number
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Fate, registry
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.privacy.actions import schedules
from tinhso.modules.privacy.models import Disposal, Line, spared
from tinhso.modules.privacy.queries.schedules import counted
from tinhso.modules.privacy.rules import FATE_NAMES, DisposalState, Permission

BATCH = 200
_S = DisposalState


@transaction.atomic
def propose(*, by: Actor, at: datetime) -> Disposal:
    """Write down what is due now, kind by kind, for somebody else to approve; nothing is ended yet.

    Raises NotAllowed, Refusal ``privacy.nothing_due``, ``privacy.one_open``."""
    if not by.may(Permission.PROPOSE):
        raise NotAllowed
    edition, schedule = schedules.in_force(at)
    due = [one for one in counted(schedule, at) if one.count]
    if not any(one.rule.fate is not Fate.HAND_OVER for one in due):
        raise Refusal("privacy.nothing_due", "Chưa có gì đến hạn hủy. Xem bảng để biết khi nào đến hạn.")
    year = timezone.localtime(at).year
    number = f"BBH-{year}-{take_number(f'privacy-disposal-{year}'):04d}"
    try:
        with transaction.atomic():
            made = Disposal.objects.create(
                number=number, schedule_id=edition.schedule_id, edition=edition, proposed_by_id=by.account_id,
                proposed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("privacy.one_open", "Đang có một đề nghị hủy chưa xong. Giải quyết đề nghị đó trước.") from None
    Line.objects.bulk_create(
        Line(
            disposal=made, code=one.kind.code, title=one.kind.title, fate=one.rule.fate, source=one.rule.source[:300],
            kept=one.rule.keep.words, before=one.before, counted=one.count,
        )
        for one in due
    )  # fmt: skip
    _note(made, "privacy.propose", by, at, count=sum(one.count for one in due), edition=edition.number)
    return made


def _note(disposal: Disposal, verb: str, by: Actor, at: datetime, **more: Any) -> None:
    note(subject=disposal.record, verb=verb, by=by, at=at, data={"number": disposal.number, **more})


def _locked(disposal_id: int, *states: DisposalState) -> Disposal:
    found = Disposal.objects.select_for_update(of=("self",)).filter(pk=disposal_id).first()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise Refusal("privacy.decided", "Đề nghị này vừa được giải quyết. Tải lại trang để xem.")
    return found


def _decide(disposal: Disposal, state: DisposalState, by: Actor, at: datetime, reason: str = "") -> None:
    disposal.state, disposal.decided_by_id, disposal.decided_at, disposal.reason = state, by.account_id, at, reason
    disposal.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _ask_second(disposal: Disposal, by: Actor) -> None:
    """Raises NotAllowed without the right, Refusal ``privacy.own_proposal`` for who proposed it."""
    if not by.may(Permission.APPROVE):
        raise NotAllowed
    if disposal.proposed_by_id == by.account_id:
        raise Refusal("privacy.own_proposal", "Người đề nghị không tự duyệt. Nhờ một người khác có quyền duyệt.")


@transaction.atomic
def approve(*, disposal_id: int, by: Actor, at: datetime) -> Disposal:
    """A second person says yes; the worker begins. What is held by then, or is held meanwhile, stays."""
    found = _locked(disposal_id, _S.PROPOSED)
    _ask_second(found, by)
    _decide(found, _S.APPROVED, by, at)
    _note(found, "privacy.approve", by, at)
    return found


@transaction.atomic
def reject(*, disposal_id: int, reason: str, by: Actor, at: datetime) -> Disposal:
    """A second person says no, with a reason."""
    found = _locked(disposal_id, _S.PROPOSED)
    _ask_second(found, by)
    _decide(found, _S.REJECTED, by, at, _reason(reason))
    _note(found, "privacy.reject", by, at, reason=found.reason)
    return found


@transaction.atomic
def stop(*, disposal_id: int, reason: str, by: Actor, at: datetime) -> Disposal:
    """Stop one that is under way: no further batch begins. What was ended stays ended, and is on record."""
    found = _locked(disposal_id, _S.APPROVED)
    if not by.may(Permission.APPROVE) and not by.may(Permission.HOLD):
        raise NotAllowed
    found.state, found.reason, found.finished_at = _S.STOPPED, _reason(reason), at
    found.save(update_fields=["state", "reason", "finished_at"])
    _note(found, "privacy.stop", by, at, reason=found.reason)
    return found


def _reason(text: str) -> str:
    said = text.strip()[:300]
    if len(said) < 5:
        raise Refusal("privacy.reason", "Ghi lý do.", field="reason")
    return said


@transaction.atomic
def end_batch(*, disposal_id: int, at: datetime, size: int = BATCH) -> bool:
    """End the next few things; True while there is more to do. Begun again after a crash it goes on where it was.

    Holds are read in the same transaction, so that what is held before it is left alone."""
    disposal = Disposal.objects.select_for_update(of=("self",)).filter(pk=disposal_id).first()
    if disposal is None or disposal.state != _S.APPROVED:
        return False
    line = disposal.lines.filter(finished_at=None).first()
    if line is None:
        _finish(disposal, at)
        return False
    kind = registry.retained.get(line.code)
    if kind is None or line.fate in (Fate.HAND_OVER, Fate.KEEP):
        _close(line, 0, at)
        return True
    due = kind.due(line.before, spared())
    ids = list(due.filter(pk__gt=line.last_id).order_by("pk").values_list("pk", flat=True)[:size])
    if not ids:
        _close(line, due.count(), at)
        return True
    kind.end(ids, record=disposal.record, at=at)
    line.done, line.last_id = line.done + len(ids), ids[-1]
    line.save(update_fields=["done", "last_id"])
    return True


def _close(line: Line, left: int, at: datetime) -> None:
    line.finished_at, line.left = at, left
    line.save(update_fields=["finished_at", "left"])


def _finish(disposal: Disposal, at: datetime) -> None:
    disposal.state, disposal.finished_at = _S.DONE, at
    disposal.save(update_fields=["state", "finished_at"])
    by_fate = disposal.lines.values_list("fate").annotate(sum=Sum(F("done"))).order_by("fate")
    counts = {str(FATE_NAMES[Fate(fate)]): number for fate, number in by_fate if number}
    _note(disposal, "privacy.done", SYSTEM, at, count=sum(counts.values()), by_fate=counts)
