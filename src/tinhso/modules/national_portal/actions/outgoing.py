"""The way out: a dossier that changed is marked, sent as one whole picture, and acknowledged; nothing is lost.

Nothing here speaks to the portal. Who sends takes a lease first, sends without a transaction, and notes what came of
it: killed in between, the lease runs out and the same picture is sent again, which the portal takes once (by MaHoSo).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case as Choice
from django.db.models import F, Value, When
from django.db.models.functions import Greatest

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal.models import Link, Outgoing
from tinhso.modules.national_portal.rules import Permission, patience
from tinhso.modules.national_portal.rules.words import SYNCED

STATE = Outgoing.State
_MARK = """
insert into national_portal_outgoing as o (case_id, code, state, version, acknowledged_version, content_hash,
    steps_hash, first_marked_at, marked_at, next_at, attempts, strikes, error_code, error)
values (%s, %s, 'waiting', %s, 0, '', '', %s, %s, %s, 0, 0, '', '')
on conflict (case_id) do update set
    version = excluded.version, state = 'waiting', strikes = 0,
    marked_at = case when o.state = 'waiting' then o.marked_at else excluded.marked_at end,
    next_at = case when o.state = 'waiting' then o.next_at else excluded.next_at end
where excluded.version > o.version
"""
_MARK_MISSING = """
insert into national_portal_outgoing (case_id, code, state, version, acknowledged_version, content_hash,
    steps_hash, first_marked_at, marked_at, next_at, attempts, strikes, error_code, error)
select c.id, c.number, 'waiting', c.journal_seq, 0, '', '', c.opened_at, %s, %s, 0, 0, '', ''
from cases_case c where c.kind = 'dossier' and not exists
    (select 1 from national_portal_outgoing o where o.case_id = c.id)
on conflict do nothing
"""


def mark(*, case_id: int, code: str, version: int, at: datetime) -> bool:
    """Note that a dossier changed; an older change, or the same one told twice, changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [case_id, code, version, at, at, at])
        return bool(cursor.rowcount)


def mark_missing(at: datetime) -> int:
    """Mark dossiers that never were: those from before the link was turned on, or whose follower never ran."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_MISSING, [at, at])
        return cursor.rowcount


def mark_again(codes: list[str], at: datetime) -> int:
    """Queue dossiers anew whatever was acknowledged before: the portal shows them otherwise."""
    rows = Outgoing.objects.filter(code__in=codes).exclude(state=STATE.WAITING)
    return rows.update(state=STATE.WAITING, content_hash="", steps_hash="", strikes=0, marked_at=at, next_at=at)


@transaction.atomic
def lease(size: int, at: datetime) -> list[Outgoing]:
    """Take up to ``size`` dossiers to send; nobody else sends them until the lease ends."""
    rows = list(Outgoing.objects.due(at).select_for_update(skip_locked=True)[:size])
    Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at + patience.LEASE)
    return rows


def keep_lease(row: Outgoing, at: datetime) -> bool:
    """Whether the dossier is still ours to send; renews the lease. False when it ran out and somebody else took it."""
    ours = Outgoing.objects.filter(pk=row.pk, state=STATE.WAITING, attempts=row.attempts)
    return bool(ours.update(next_at=at + patience.LEASE, tried_at=at, attempts=F("attempts") + 1))


@transaction.atomic
def acknowledged(
    row: Outgoing, *, version: int, content_hash: str, steps_hash: str, is_portal_result: bool, at: datetime
) -> None:
    """The portal has this version. The first time, the dossier's history says so and the figure grows.

    An electronic result of a dossier filed there (``is_portal_result``) is handed over by having arrived."""
    is_first = not row.acknowledged_version
    if is_first:
        case = Case.objects.locked(row.pk)  # case before detail
    Outgoing.objects.filter(pk=row.pk).update(
        acknowledged_version=Greatest(F("acknowledged_version"), Value(version)),
        acknowledged_at=at,
        content_hash=content_hash,
        steps_hash=steps_hash,
        state=Choice(When(version__lte=version, then=Value(STATE.SENT)), default=Value(STATE.WAITING)),
        next_at=at,
        attempts=0,
        strikes=0,
        error_code="",
        error="",
        payload=None,
    )
    if is_first and not case.entries.filter(verb=SYNCED).exists():
        cases.note_beside(case, SYNCED, by=SYSTEM, at=at, data={"version": version})
    if is_portal_result:
        dossiers.return_elsewhere(case_id=row.pk, at=at)


@transaction.atomic
def not_acknowledged(
    row: Outgoing, *, code: str, why: str, was_refused: bool, payload: Mapping[str, Any] | None, at: datetime
) -> Outgoing:
    """A delivery failed: it waits longer each time; ``MOST_STRIKES`` that speak against it make it a dead letter."""
    link = Link.objects.filter(pk=1).first()
    stored = Outgoing.objects.select_for_update().get(pk=row.pk)
    stored.strikes += patience.is_strike(
        was_refused=was_refused, tried_at=row.tried_at, link_worked_at=link.worked_at if link else None
    )
    stored.error_code, stored.error, stored.payload = code[:60], why[:500], payload
    stored.next_at = at + patience.wait(stored.attempts)
    if stored.strikes >= patience.MOST_STRIKES:
        stored.state = STATE.DEAD
    stored.save(update_fields=["strikes", "error_code", "error", "payload", "next_at", "state"])
    return stored


@transaction.atomic
def resend(*, case_id: int, by: Actor, at: datetime) -> Outgoing:
    """Send a dossier again now, whole, whatever became of it before."""
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    row = Outgoing.objects.select_for_update().filter(pk=case_id).first()
    if row is None:
        raise NotFound
    row.state, row.strikes, row.attempts = STATE.WAITING, 0, 0
    row.content_hash = row.steps_hash = ""
    row.marked_at = row.next_at = at
    row.save(update_fields=["state", "strikes", "attempts", "content_hash", "steps_hash", "marked_at", "next_at"])
    note(subject=f"national_portal/{case_id}", verb="national_portal.resend", by=by, at=at, data={"code": row.code})
    return row
