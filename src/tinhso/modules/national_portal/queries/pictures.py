"""Pictures of dossiers, ready to be sent: the dossier, and what the portal and the catalogue know around it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings
from django.core import signing
from django.utils import timezone

from tinhso.kernel.journal.models import Entry
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.dossiers.door import WholeDossier
from tinhso.modules.national_portal.models import Incoming, IncomingFile
from tinhso.modules.national_portal.rules import payload
from tinhso.modules.procedures import door as procedures

_SIGNER = signing.Signer(salt="national_portal.file")
FILES = "/api/v1/national-portal/files/"
PAID = "payments.paid"  # said by whoever takes payments, if anybody does
FEE_NAMES = {"phi": "Phí", "le_phi": "Lệ phí"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is sent of a dossier; the hashes tell whether that was said before."""

    whole: WholeDossier
    is_from_portal: bool
    dossier: Mapping[str, Any]
    steps: list[payload.Message]
    dossier_hash: str
    steps_hash: str


def pictures(case_ids: Iterable[int]) -> dict[int, Picture]:
    """The pictures of these dossiers, by id; nine statements however many there are."""
    wholes = dossiers.whole(case_ids)
    arrived = {
        row.case_id: row for row in Incoming.objects.filter(case__in=wholes, kind="dossier").defer("body", "message")
    }
    files = IncomingFile.objects.filter(incoming__case__in=wholes).values_list("part_id", "file_id")
    paid_here = _paid_online_here(wholes)
    file_ids = {part_id: file_id for part_id, file_id in files if file_id}
    return {pk: _picture(one, arrived.get(pk), file_ids, pk in paid_here) for pk, one in wholes.items()}


def _paid_online_here(case_ids: Iterable[int]) -> set[int]:
    """Dossiers whose fee was paid online here, as their history tells; cash at the counter is not online."""
    paid = Entry.objects.filter(case__in=list(case_ids), verb=PAID, data__is_online=True, data__purpose="fee")
    return set(paid.values_list("case_id", flat=True))


def _picture(whole: WholeDossier, arrived: Incoming | None, file_ids: Mapping[int, str], is_paid_here: bool) -> Picture:
    around = payload.Around(
        is_from_portal=arrived is not None,
        is_identity_proven=arrived is not None and arrived.is_identity_proven,
        filed_at=arrived.filed_at if arrived else None,
        subject_id=arrived.subject_id if arrived else "",
        file_ids=file_ids,
        fees=_fees(whole),
        result_code=_result_code(whole.version_id),
        paid_through="1" if arrived and arrived.is_paid_online else "2" if is_paid_here else "0",
        databases=_databases(whole),
        address_of=address_of,
    )
    dossier, steps = payload.of_dossier(whole, around), payload.of_steps(whole)
    return Picture(whole, arrived is not None, dossier, steps, _hash(dossier), _hash(steps))


def address_of(attachment_id: int) -> str:
    """Where the portal fetches a file; the address is signed, and opens with the portal's key only."""
    return f"{settings.BASE_URL}{FILES}{_SIGNER.sign(str(attachment_id))}"


def attachment_of(signed: str) -> int | None:
    """The attachment a signed address names; None for one that was not made here."""
    try:
        return int(_SIGNER.unsign(signed))
    except (signing.BadSignature, ValueError):
        return None


def _fees(whole: WholeDossier) -> list[payload.FeeLine]:
    sheet = procedures.sheet(whole.version_id)
    on = timezone.localtime(whole.opened_at).date()
    return [
        payload.FeeLine(fee.note or FEE_NAMES[fee.kind], fee.kind, fee.amount_on(on, whole.channel))
        for fee in procedures.fees_for(sheet, whole.channel, whole.branch)
    ]


@lru_cache(maxsize=4_096)
def _result_code(version_id: int) -> str:
    results = procedures.sheet(version_id).content.results
    return next((one.code for one in results if one.code), "")


def _databases(whole: WholeDossier) -> list[str]:
    """The national databases that stood in for papers of this dossier."""
    used = {paper.code for paper in whole.papers if paper.source == "database"}
    if not used:
        return []
    components = procedures.components_for(procedures.sheet(whole.version_id), whole.branch)
    found = {payload.DATABASES.get(one.replace_by_data, "") for one in components if one.code in used}
    return sorted(found - {""})


def _hash(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
