"""Files that came with dossiers: hung on their paper once they were fetched and looked at."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.national_portal.models import IncomingFile
from tinhso.modules.national_portal.rules import Permission, patience

STATE = IncomingFile.State
MOST_ATTEMPTS = 12


@transaction.atomic
def lease(size: int, at: datetime) -> list[IncomingFile]:
    """Files to fetch now; nobody else fetches them until the lease ends."""
    due = IncomingFile.objects.filter(state=STATE.WAITING, next_at__lte=at).order_by("next_at", "id")
    rows = list(due.select_for_update(skip_locked=True)[:size])
    IncomingFile.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at + patience.LEASE)
    return rows


@transaction.atomic
def fetched(row: IncomingFile, attachment: Attachment, at: datetime) -> None:
    dossiers.attach_to_part(part_id=row.part_id, attachment=attachment)
    IncomingFile.objects.filter(pk=row.pk).update(state=STATE.DONE, done_at=at, error="")


def not_fetched(row: IncomingFile, why: str, at: datetime, *, is_final: bool) -> None:
    """Try later; ``is_final`` when trying again cannot help, such as a file that is not what it says."""
    attempts = row.attempts + 1
    gives_up = is_final or attempts >= MOST_ATTEMPTS
    IncomingFile.objects.filter(pk=row.pk).update(
        state=STATE.FAILED if gives_up else STATE.WAITING,
        attempts=attempts,
        error=why[:500],
        next_at=at + patience.wait(attempts),
    )


def fetch_again(*, by: Actor, at: datetime) -> int:
    """Try all failed files once more; returns how many."""
    if not by.may(Permission.MANAGE):
        raise NotAllowed
    return IncomingFile.objects.filter(state=STATE.FAILED).update(state=STATE.WAITING, attempts=0, next_at=at)
