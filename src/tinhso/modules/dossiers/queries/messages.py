"""What was written about a dossier between its applicant and its officials."""

from __future__ import annotations

import uuid
from typing import Any

from tinhso.kernel.cases.rules import Phase, holds
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers.models import Dossier
from tinhso.modules.dossiers.rules import MAY_WRITE, MOST_UNANSWERED

MOST_SHOWN = 200


def talk(dossier: Dossier, actor: Actor) -> dict[str, Any]:
    """The messages, the oldest first, and whether this reader may write. One statement."""
    rows = list(dossier.messages.select_related("author").order_by("-pk")[:MOST_SHOWN])[::-1]
    is_owner = actor.account_id is not None and actor.account_id == dossier.case.owner_id
    last = [one.is_from_applicant for one in rows[-MOST_UNANSWERED:]]
    is_enough = is_owner and len(last) == MOST_UNANSWERED and all(last)
    may = is_owner or any(holds(right, dossier.case.whom, actor) for right in MAY_WRITE)
    return {
        "messages": rows,
        "may_write": may and dossier.case.phase < Phase.CLOSED and dossier.case.owner_id is not None and not is_enough,
        "has_account": dossier.case.owner_id is not None,
        "is_enough": is_enough,
        "request_key": uuid.uuid4().hex,
    }
