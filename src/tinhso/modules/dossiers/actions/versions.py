"""Moving a running dossier to a newer version of its procedure, on purpose and on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepState
from tinhso.modules.dossiers.actions.reception import need_words
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.queries.versions import Prospect, prospects
from tinhso.modules.dossiers.rules import Permission
from tinhso.modules.procedures import door as procedures


@transaction.atomic
def move_to_version(*, dossier_id: int, version_id: int, reason: str, by: Actor, at: datetime) -> Dossier:
    """Let the dossier follow a newer version in force: its limit, its steps to come, its form and papers from now on.

    What is done stays done, the step at work goes on, the fee stays as received. Where the limit gives another date the
    applicant has a new promise. Moved twice it is moved once. Raises Refusal ``dossiers.not_newer``, or
    ``dossiers.keeps_version`` with the hindrance; NotAllowed without the right on its unit."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    if not by.may(Permission.MOVE_VERSION, case.unit_id):
        raise NotAllowed
    words = need_words(reason, field="reason", what="căn cứ, lý do chuyển bản")
    if dossier.version_id == version_id:
        return dossier
    target, before = procedures.sheet(version_id), procedures.sheet(dossier.version_id)
    current = procedures.published(dossier.procedure_code, timezone.localtime(at).date())
    if current is None or current.version_id != version_id or target.number <= before.number:
        raise Refusal("dossiers.not_newer", "Chọn bản thủ tục mới hơn đang có hiệu lực. Tải lại trang.")
    if case.phase not in (Phase.OPEN, Phase.PAUSED):
        raise Refusal("dossiers.keeps_version", "Hồ sơ đã có kết quả hoặc đã kết thúc.")
    found = prospects([dossier], target, at)[0]
    if found.hindrance:
        raise Refusal("dossiers.keeps_version", found.hindrance)
    dossier.version_id = version_id
    dossier.save(update_fields=["version_id"])
    _steps_to_come(found)
    _new_term(found, before.number, target.number, words, by=by, at=at)
    return dossier


def _steps_to_come(found: Prospect) -> None:
    """What waits on the main line gives way to the new version's steps after the one at work."""
    line = Step.objects.filter(case_id=found.dossier.pk, is_parallel=False)
    active = line.filter(state=StepState.ACTIVE).first()
    if active is None:  # not accepted yet: acceptance plans by the new version
        return
    line.filter(state=StepState.WAITING, seq__gt=active.seq).delete()
    Step.objects.bulk_create(
        Step(case_id=found.dossier.pk, seq=seq, key=one.key, name=one.name, kind=one.kind, role=one.role,
             unit_id=one.unit_id, hours=one.hours)
        for seq, one in enumerate(found.steps, start=active.seq + 1)
    )  # fmt: skip


def _new_term(found: Prospect, old: int, new: int, words: str, *, by: Actor, at: datetime) -> None:
    """The new limit in the clock, the entry, and the promise where the date is another."""
    case = found.dossier.case
    due_at = found.new_due_at if found.changes_date and case.phase == Phase.OPEN else None
    said = {"from": old, "to": new, "reason": words, "due": due_at.isoformat() if due_at else ""}
    change: dict[str, Any] = {"clock": found.term.to_json(), "news": f"Chuyển sang bản thủ tục số {new}"}
    change |= {"due_at": due_at} if due_at else {}
    cases.record(case, "dossier.move_version", by=by, at=at, data=said, change=change)
    if due_at is not None:
        cases.promise(case, due_at=due_at, at=at, reason="move_version", note=words)
