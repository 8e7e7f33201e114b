"""A person's notices: how many are unread, and the list page by page."""

from __future__ import annotations

from tinhso.kernel.notices.models import Notice
from tinhso.kernel.notices.rules import SHOWN_AT_MOST

PAGE = 20


def unread_count(account_id: int | None) -> int:
    """How many notices wait to be read, counted up to 99: one indexed statement, none for a stranger."""
    if account_id is None:
        return 0
    return Notice.objects.of(account_id).unread().values("pk")[:SHOWN_AT_MOST].count()


def page(account_id: int | None, *, after: int | None = None, size: int = PAGE) -> tuple[list[Notice], int | None]:
    """Notices newest first, and the key of the next page (None at the end): one statement however far one pages."""
    rows = Notice.objects.of(account_id).newest_first()
    if after is not None:
        rows = rows.filter(pk__lt=after)
    got = list(rows[: size + 1])
    return got[:size], (got[size - 1].pk if len(got) > size else None)
