"""Sending what changed: each dossier's newest picture, in the order in which dossiers changed."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.journal.models import Entry
from tinhso.modules.national_portal.actions import link, outgoing
from tinhso.modules.national_portal.actions.waking import QUEUE, SEND, SOON, wake
from tinhso.modules.national_portal.jobs.wire import Line, NoAnswer, SaidNo
from tinhso.modules.national_portal.models import Outgoing
from tinhso.modules.national_portal.queries.deployment import Deployment, deployment
from tinhso.modules.national_portal.queries.pictures import Picture, pictures
from tinhso.modules.national_portal.rules.payload import FINISHED

BATCH = 25
SECONDS = 45.0  # then the next minute's job goes on


def mark(entry: Entry) -> None:
    """A dossier changed: it is to be sent. Followed twice, it is marked once."""
    if not deployment().is_on or entry.case is None or entry.case.kind != "dossier":
        return
    if outgoing.mark(case_id=entry.case.pk, code=entry.case.number, version=entry.seq, at=timezone.now()):
        wake(SEND)


@app.periodic(cron="* * * * *")
@app.task(name=SEND, queue=QUEUE, queueing_lock=SEND, lock=SEND, retry=SOON)
def send(timestamp: int) -> None:
    """Send what waits, until nothing does, the portal fails or the time is up."""
    known = deployment()
    if known.is_on and link.current().circuit.may_try(timezone.now()):
        drain(known)


def drain(known: Deployment, *, seconds: float = SECONDS) -> int:
    """Send dossiers until none is due; returns how many the portal acknowledged."""
    end, done = time.monotonic() + seconds, 0
    with Line(known) as line:
        while time.monotonic() < end:
            circuit, now = link.current().circuit, timezone.now()
            if not circuit.may_try(now):
                break
            rows = outgoing.lease(1 if circuit.is_doubtful else BATCH, now)
            if not rows:
                break
            done += _send_all(line, rows, end)
    return done


def _send_all(line: Line, rows: list[Outgoing], end: float) -> int:
    """Send these; at the first failure of the link the others are given back."""
    shown, done = pictures([row.pk for row in rows]), 0
    for at, row in enumerate(rows):
        if time.monotonic() > end or not _send_one(line, row, shown.get(row.pk)):
            Outgoing.objects.waiting().filter(pk__in=[one.pk for one in rows[at + 1 :]]).update(next_at=timezone.now())
            break
        done += 1
    return done


def _send_one(line: Line, row: Outgoing, picture: Picture | None) -> bool:
    """Deliver one picture and its steps, and note what came of it. False when the link failed."""
    if picture is None or not outgoing.keep_lease(row, timezone.now()):
        return True
    row.attempts += 1
    envelope = {"MaDonVi": line.known.agency, "PhienBan": picture.whole.version}
    sent: dict[str, Any] = {}
    try:
        if picture.dossier_hash != row.content_hash:
            sent = {**envelope, "HoSo": picture.dossier}
            line.ask("dossier", sent)
        if picture.steps_hash != row.steps_hash:
            sent = {**envelope, "MaHoSo": row.code, "TienDo": picture.steps}
            line.ask("steps", sent)
    except SaidNo as no:
        link.worked(timezone.now())
        outgoing.not_acknowledged(row, code=no.code, why=no.message, was_refused=True, payload=sent, at=timezone.now())
        return True
    except NoAnswer as problem:
        outgoing.not_acknowledged(
            row, code="no_answer", why=str(problem), was_refused=False, payload=sent, at=timezone.now()
        )
        link.failed(str(problem), timezone.now())
        return False
    now = timezone.now()
    if sent:
        link.worked(now)
    outgoing.acknowledged(
        row,
        version=picture.whole.version,
        content_hash=picture.dossier_hash,
        steps_hash=picture.steps_hash,
        is_portal_result=picture.is_from_portal and picture.whole.national == FINISHED,
        at=now,
    )
    return True
