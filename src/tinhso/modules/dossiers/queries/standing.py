"""What the needs of a dossier's moves look at."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.cases.rules import Phase
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.rules import Standing
from tinhso.modules.procedures import door as procedures


def standing_of(
    dossier: Dossier,
    *,
    at: datetime | None = None,
    leader_approves: bool = False,
    supplements: int = 0,
    guidances: int = 0,
) -> Standing:
    """What stands on the row. With ``at`` it also says whether an apology is due by then.

    Only who asks for more needs to say how many ``supplements`` were asked for since acceptance, and how many
    ``guidances`` were given before it."""
    case = dossier.case
    is_late = at is not None and case.phase == Phase.OPEN and case.due_at is not None and case.due_at < at
    return Standing(
        fee_settled=dossier.fee == 0 or dossier.fee_paid_at is not None,
        result_ready=bool(dossier.result_text) or dossier.result_id is not None,
        result_signed=dossier.signed_at is not None,
        supplements=supplements,
        guidances=guidances,
        leader_approves=leader_approves,
        apology_due=is_late and not dossier.papers.filter(form="04").exists(),
        children_open=_open_children(dossier),
    )


def _open_children(dossier: Dossier) -> int:
    """How many linked dossiers are not settled; asks the database only where the procedure has linked ones."""
    if not procedures.sheet(dossier.version_id).linked:
        return 0
    return dossier.children.filter(case__phase__lt=Phase.SETTLED).count()
