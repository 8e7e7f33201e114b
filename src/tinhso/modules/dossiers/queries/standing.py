"""What the needs of a dossier's moves look at."""

from __future__ import annotations

from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.rules import Standing


def standing_of(dossier: Dossier, *, leader_approves: bool = False) -> Standing:
    """One statement; the rest stands on the row."""
    return Standing(
        fee_settled=dossier.fee == 0 or dossier.fee_paid_at is not None,
        result_ready=bool(dossier.result_text) or dossier.result_id is not None,
        result_signed=dossier.signed_at is not None,
        supplements=dossier.supplements.filter(before_acceptance=False).count(),
        leader_approves=leader_approves,
    )
