"""Keeping what a comparison with the portal found: dossiers by status, and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.modules.national_portal.actions import outgoing
from tinhso.modules.national_portal.models import CatalogueNotice, Comparison, DifferenceRow, Outgoing
from tinhso.modules.national_portal.rules import Permission
from tinhso.modules.national_portal.rules.comparing import CatalogueChange, Difference, How, What
from tinhso.modules.procedures import door as procedures

MOST_ROWS = 5_000
CHUNK = 1_000
STATE = CatalogueNotice.State


@transaction.atomic
def keep(
    *, ours: Mapping[str, int], theirs: Mapping[str, int], found: Sequence[Difference], at: datetime, error: str = ""
) -> Comparison:
    """Keep a comparison. What differs though nothing was on its way is queued anew; the rest explains itself."""
    waiting: set[str] = set()
    codes = [one.code for one in found]
    for start in range(0, len(codes), CHUNK):
        rows = Outgoing.objects.waiting().filter(code__in=codes[start : start + CHUNK])
        waiting.update(rows.values_list("code", flat=True))
    differing = [one for one in found if one.code not in waiting]
    queued = 0
    again = [one.code for one in differing if one.how is not How.ONLY_THERE]
    for start in range(0, len(again), CHUNK):
        queued += outgoing.mark_again(again[start : start + CHUNK], at)
    made = Comparison.objects.create(
        made_at=at, ours=dict(ours), theirs=dict(theirs), differing=len(differing),
        on_their_way=len(found) - len(differing), queued=queued, error=error[:300],
    )  # fmt: skip
    DifferenceRow.objects.bulk_create(
        DifferenceRow(
            comparison=made, code=one.code[:40], ours=one.ours, theirs=one.theirs, is_on_its_way=one.code in waiting
        )
        for one in sorted(found, key=lambda one: one.code in waiting)[:MOST_ROWS]
    )
    return made


@transaction.atomic
def keep_catalogue(changes: Sequence[CatalogueChange], at: datetime) -> int:
    """Note what the portal's catalogue says otherwise; said before, it is not said twice. Returns the new ones."""
    before = CatalogueNotice.objects.count()
    CatalogueNotice.objects.bulk_create(
        [
            CatalogueNotice(
                code=one.code, what=one.what.value, ours=one.ours[:1000], theirs=one.theirs[:1000], seen_at=at
            )
            for one in changes
        ],
        ignore_conflicts=True,
    )
    said = {(one.code, one.what.value, one.theirs[:1000]) for one in changes}
    for row in CatalogueNotice.objects.filter(state=STATE.OPEN):
        if (row.code, row.what, row.theirs) not in said:
            row.state, row.closed_at = STATE.GONE, at
            row.save(update_fields=["state", "closed_at"])
    return CatalogueNotice.objects.count() - before


@transaction.atomic
def close_notice(*, notice_id: int, makes_draft: bool, by: Actor, at: datetime) -> CatalogueNotice:
    """Draft the change for the catalogue's controllers, or leave ours as it is. Nothing is published here.

    Raises Refusal ``national_portal.notice_closed``."""
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    row = CatalogueNotice.objects.select_for_update().filter(pk=notice_id).first()
    if row is None:
        raise NotFound
    if row.state != STATE.OPEN:
        raise Refusal("national_portal.notice_closed", "Thay đổi này đã được xử lý. Tải lại trang.")
    if makes_draft and row.what == What.ABOLISHED:
        raise Refusal(
            "national_portal.abolish_by_hand", "Bãi bỏ thủ tục phải có quyết định; làm ở trang danh mục thủ tục."
        )
    if makes_draft:
        named = {What.FIELD: {"field": row.theirs}}.get(What(row.what), {"name": row.theirs})
        procedures.draft_from_national(code=row.code, at=at, **named)
    row.state = STATE.DRAFTED if makes_draft else STATE.DISMISSED
    row.closed_at, row.closed_by_id = at, by.account_id
    row.save(update_fields=["state", "closed_at", "closed_by"])
    note(subject=f"national_portal/catalogue/{row.code}", verb="national_portal.catalogue", by=by, at=at,
         data={"code": row.code})  # fmt: skip
    return row
