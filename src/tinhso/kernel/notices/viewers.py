"""Who looked at a person's files: the journal's record of views, for the person whose files they are."""

from __future__ import annotations

from tinhso.kernel.journal.models import View
from tinhso.kernel.people.rules import Actor

PAGE = 30


def page(actor: Actor, *, after: int | None = None, size: int = PAGE) -> tuple[list[View], int | None]:
    """Views of the actor's own files, newest first, and the key of the next page. One statement."""
    if actor.account_id is None:
        return [], None
    rows = (
        View.objects.filter(case__owner_id=actor.account_id)
        .exclude(account_id=actor.account_id)
        .select_related("case", "account", "unit")
        .only(
            "on", "first_at", "last_at", "times", "case__number", "case__title", "account__display_name", "unit__name"
        )
        .order_by("-id")
    )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    got = list(rows[: size + 1])
    return got[:size], (got[size - 1].pk if len(got) > size else None)
