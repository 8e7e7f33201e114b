"""What other modules may ask about dossiers. Answers are immutable values; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinhso.modules.dossiers.models import Dossier

__all__ = ["Payable", "payable"]


@dataclass(frozen=True, slots=True)
class Payable:
    """What a dossier costs and who pays. ``fee`` and ``finance_due`` in whole đồng, as the dossier knows them."""

    case_id: int
    number: str
    state: str
    unit_id: int
    received_unit_id: int
    owner_id: int | None
    applicant_name: str
    address: str
    procedure_code: str
    procedure_name: str
    version_id: int
    branch: str
    field: str
    channel: str
    fee: int
    fee_paid_at: datetime | None
    finance_due: int | None


def payable(case_id: int) -> Payable | None:
    """What is to be paid for a dossier; None when there is no such dossier. One statement."""
    found = Dossier.objects.select_related("case").filter(pk=case_id).first()
    if found is None:
        return None
    case = found.case
    return Payable(
        case_id=case.pk,
        number=case.number,
        state=case.state,
        unit_id=case.unit_id,
        received_unit_id=case.received_unit_id,
        owner_id=case.owner_id,
        applicant_name=found.applicant_name,
        address=found.address,
        procedure_code=found.procedure_code,
        procedure_name=found.procedure_name,
        version_id=found.version_id,
        branch=found.branch,
        field=found.field,
        channel=found.channel,
        fee=found.fee,
        fee_paid_at=found.fee_paid_at,
        finance_due=found.finance_due,
    )
