"""A specialist takes a free dossier from the common list."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import holds
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import update
from tinhso.modules.dossiers.actions.handling import HANDLERS_OWN, take_over
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.rules import Permission


@transaction.atomic
def take(*, case_id: int, by: Actor, at: datetime) -> Dossier:
    """Become the handler: by the hand-over when it was just received, else of a dossier whose step has nobody.

    Steps of heads, leaders and registrars wait for them, not for a handler.

    Raises Refusal ``dossiers.already_taken`` or ``dossiers.not_to_take``, NotAllowed without the right to handle."""
    dossier = Dossier.objects.locked(case_id)
    case = dossier.case
    if case.assignee_id is not None:
        raise Refusal("dossiers.already_taken", "Hồ sơ đã có người xử lý. Chọn hồ sơ khác.")
    if case.state == "received":
        return take_over(dossier_id=case_id, by=by, at=at)
    if case.state != "processing" or case.step_kind not in HANDLERS_OWN:
        raise Refusal("dossiers.not_to_take", "Hồ sơ chưa đến bước xử lý nên chưa nhận được.")
    if not holds(Permission.HANDLE, case.whom, by):
        raise NotAllowed
    dossier.handler_id = by.account_id
    change, own = {"assignee_id": by.account_id, "news": ""}, [update(dossier, "handler")]
    cases.record(case, "dossier.take_over", by=by, at=at, data={"handler": by.name}, change=change, beside=own)
    return dossier
