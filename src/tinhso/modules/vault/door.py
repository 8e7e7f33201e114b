"""What other modules may ask: what a certified copy costs, which dossiers the vault serves. Kept papers go through the
manifest's ``papers``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tinhso.modules.vault import rules
from tinhso.modules.vault.models import Certification, Item, Use

__all__ = ["CopyFee", "copy_fee", "fee", "served"]


@dataclass(frozen=True, slots=True)
class CopyFee:
    """What a request for a certified e-copy costs, in whole đồng, and who pays; final once it was compared."""

    case_id: int
    number: str
    unit_id: int
    owner_id: int | None
    applicant_name: str
    pages: int
    fee: int
    compared_at: datetime | None


def fee(pages: int) -> int:
    """The fee for one certified copy of an original of so many pages, in đồng."""
    return rules.fee(pages)


def copy_fee(case_id: int) -> CopyFee | None:
    """What is to be paid for a request; None when there is no such request. One statement."""
    found = Certification.objects.select_related("case").filter(pk=case_id).first()
    if found is None:
        return None
    case = found.case
    return CopyFee(
        case.pk, case.number, case.unit_id, case.owner_id, case.applicant, found.pages, found.fee, found.compared_at
    )


def served(case_ids: Collection[int]) -> frozenset[int]:
    """Which of these dossiers use papers of the vault or have given it some; one statement."""
    given = Item.objects.filter(case_id__in=list(case_ids)).values_list("case_id")
    used = Use.objects.filter(case_id__in=list(case_ids)).values_list("case_id")
    return frozenset(case_id for (case_id,) in given.union(used) if case_id is not None)
