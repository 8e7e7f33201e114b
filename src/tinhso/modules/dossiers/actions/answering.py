"""Filling in the e-form of a dossier that came on paper, after it was received."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.rules import Phase, holds
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers.actions.filing import NotComplete
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.rules import Channel, Permission
from tinhso.modules.procedures import door as procedures


@transaction.atomic
def fill_in(
    *,
    dossier_id: int,
    answers: Mapping[str, Any],
    by: Actor,
    at: datetime,
    is_partial: bool = False,
    revision: int | None = None,
) -> Dossier:
    """Put the paper form's answers into the dossier, for results and forms to use; ``is_partial``: as far as known.

    Raises NotComplete while answers are missing or wrong, Refusal ``dossiers.own_answers`` for a dossier that the
    applicant filled in online, ``dossiers.result_exists`` once a result is signed, NotAllowed for who neither receives
    nor handles it."""
    dossier = Dossier.objects.locked(dossier_id)
    case = dossier.case
    if not any(holds(right, case.whom, by) for right in (Permission.RECEIVE, Permission.HANDLE)):
        raise NotAllowed
    cases.check_revision(case, revision)
    if dossier.channel == Channel.ONLINE:
        raise Refusal(
            "dossiers.own_answers", "Người nộp tự điền tờ khai này trực tuyến. Nếu có chỗ sai, hãy yêu cầu bổ sung."
        )
    if dossier.signed_at or case.phase >= Phase.SETTLED:
        raise Refusal("dossiers.result_exists", "Hồ sơ đã có kết quả nên không sửa tờ khai được nữa.")
    clean, errors = procedures.check_answers(
        procedures.form_for(procedures.sheet(dossier.version_id), dossier.branch), answers
    )
    if errors and not is_partial:
        raise NotComplete(errors, {})
    dossier.answers = clean
    dossier.save(update_fields=["answers"])
    cases.record(case, "dossier.fill_in", by=by, at=at, data={"answers": len(clean)})
    return dossier
