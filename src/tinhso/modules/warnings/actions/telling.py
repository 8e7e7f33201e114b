"""Telling subscribers, in batches that can stop anywhere: each writes down how far it came with what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.notices.queries import text_of
from tinhso.kernel.notices.rules import filled
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.warnings.models import Bulletin, Spreading, Subscription
from tinhso.modules.warnings.queries import places
from tinhso.modules.warnings.rules import BATCH, LEVEL_NAMES, Level, State

TOLD, WITHDRAWN = "tin", "rut"


def _key(bulletin_id: int, what: str) -> str:
    """Under which each person is told once."""
    return f"warnings/{bulletin_id}/{what}"


def holds(dedupe: str, at: datetime) -> bool:
    """Whether what a notice tells is still so: nothing is sent once a bulletin is over, replaced or withdrawn."""
    _warnings, number, what = dedupe.split("/")
    state = State.WITHDRAWN if what == WITHDRAWN else State.PUBLISHED
    return Bulletin.objects.filter(pk=int(number), state=state, expires_at__gt=at).exists()


_WORDS = (
    "{again}{level}: {title}",
    "{area}, đến {until}. {body}\n{advice}",
    "{again}{level}: {title}. {area}, den {until}. {advice}",
)
_ROUTES: dict[str, Any] = {"is_mass": True, "holds": holds}
MESSAGES = (
    Message("warnings.publish", *_WORDS, **_ROUTES),
    Message("warnings.urgent", *_WORDS, **_ROUTES, is_urgent=True),
    Message(
        "warnings.withdraw", "Đã rút cảnh báo: {title}", "{reason}", "Da rut canh bao: {title}. {reason}", **_ROUTES
    ),
)


@transaction.atomic
def spread(*, spreading_id: int, at: datetime) -> bool:
    """Tell the next batch; whether more are left. A bulletin that is over, replaced or withdrawn is told no further."""
    rows = Spreading.objects.select_for_update(of=("self",)).select_related("bulletin__warning")
    row = rows.filter(pk=spreading_id, done_at__isnull=True).first()
    if row is None:
        return False
    bulletin = row.bulletin
    wanted = State.WITHDRAWN if row.is_withdrawal else State.PUBLISHED
    is_so = bulletin.state == wanted and bulletin.expires_at > at
    accounts = _next(bulletin, row.reached, is_withdrawal=row.is_withdrawal) if is_so else []
    said = _said(bulletin, at, is_withdrawal=row.is_withdrawal)
    for account_id in accounts:
        row.told += notices.tell(account_id=account_id, at=at, **said)
    if len(accounts) == BATCH:
        row.reached = accounts[-1]
    else:
        row.done_at = at
        data = {"code": bulletin.warning.code, "told": row.told}
        note(subject=f"warnings/{bulletin.warning_id}", verb="warnings.spread", by=SYSTEM, at=at, data=data)
    row.save(update_fields=["reached", "told", "done_at"])
    return row.done_at is None


def _next(bulletin: Bulletin, after: int, *, is_withdrawal: bool) -> list[int]:
    """The next subscribers; of a withdrawal only those who had been told anything of the warning."""
    units = places.audience_of(bulletin.areas.values_list("unit", flat=True))
    mine = Subscription.objects.filter(unit__in=units, account_id__gt=after, account__is_active=True)
    if is_withdrawal:
        said = [_key(one, TOLD) for one in bulletin.warning.bulletins.values_list("pk", flat=True)]
        mine = mine.filter(Exists(Notice.objects.filter(account=OuterRef("account"), dedupe__in=said)))
    return list(mine.order_by("account_id").values_list("account_id", flat=True).distinct()[:BATCH])


def _said(bulletin: Bulletin, at: datetime, *, is_withdrawal: bool) -> dict[str, Any]:
    """The same words for everybody, looked up once, and the key under which each is told once."""
    warning, level = bulletin.warning, Level(bulletin.level)
    kind = "warnings.withdraw" if is_withdrawal else "warnings.urgent" if level.is_urgent else "warnings.publish"
    words = {
        "level": LEVEL_NAMES[level],
        "title": bulletin.title,
        "body": bulletin.body,
        "advice": bulletin.advice,
        "area": places.names(bulletin.areas.values_list("unit", flat=True)),
        "until": f"{timezone.localtime(bulletin.expires_at):%H:%M %d/%m/%Y}",
        "reason": bulletin.reason,
        "number": warning.code,
        "again": "Cập nhật – " if bulletin.number > 1 else "",
    }
    text = filled(text_of(kind, timezone.localdate(at)), words)
    return {
        "kind": kind,
        "title": text.title,
        "body": text.body,
        "sms": text.sms,
        "url": reverse("warnings:one", args=[warning.code]),
        "dedupe": _key(bulletin.pk, WITHDRAWN if is_withdrawal else TOLD),
    }


def waiting() -> list[int]:
    """Tellings that are not done, oldest first."""
    return list(Spreading.objects.filter(done_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:20])
