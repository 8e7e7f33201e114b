"""Guiding somebody at the counter whose papers are not complete: form 02 without a dossier, kept for the next visit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers.models import Dossier, Guidance
from tinhso.modules.dossiers.rules import Permission


def guide(
    *,
    unit_id: int,
    procedure_code: str,
    branch: str,
    identity_number: str,
    missing: Sequence[Mapping[str, str]],
    data: Mapping[str, Any],
    request_key: str,
    by: Actor,
    at: datetime,
) -> Guidance:
    """Keep what form 02 says (``data``) and what was ``missing`` ({code, name}); nothing is received, no clock runs.

    N309 Đ.8.1: complete guidance, once. Printed again from the same page with the same words it is the same guidance.
    """
    if not by.may(Permission.RECEIVE, unit_id):
        raise NotAllowed
    words = json.dumps([procedure_code, branch, identity_number, list(missing), data.get("reason")], ensure_ascii=False)
    key = f"{request_key[:40]}/{hashlib.sha256(words.encode()).hexdigest()[:20]}"
    try:
        with transaction.atomic():
            made = Guidance.objects.create(
                key=key,
                unit_id=unit_id,
                given_at=at,
                given_by_id=by.account_id,
                procedure_code=procedure_code,
                branch=branch,
                identity_number=identity_number[:14],
                missing=list(missing),
                data=dict(data),
            )
            said = {"procedure": procedure_code, "missing": "; ".join(one["name"] for one in missing)[:1000]}
            note(subject=f"guidance/{made.pk}", verb="dossier.guide", by=by, at=at, data=said)
    except IntegrityError:
        return Guidance.objects.get(key=key)
    return made


def settle_guidance(*, dossier: Dossier) -> int:
    """What was asked of this applicant for this procedure has come: the dossier answers it. How many it answered."""
    if not dossier.identity_number:
        return 0
    rows = Guidance.objects.filter(
        identity_number=dossier.identity_number, procedure_code=dossier.procedure_code, dossier=None
    )
    return rows.update(dossier=dossier)
