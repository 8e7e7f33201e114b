"""Bringing in what was filed on the portal: pull, take in, fetch the files."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as kept
from tinhso.modules.national_portal.actions import files, incoming, link
from tinhso.modules.national_portal.actions.waking import FETCH, PULL, QUEUE, RECEIVE, SOON, wake
from tinhso.modules.national_portal.jobs.sending import SECONDS
from tinhso.modules.national_portal.jobs.wire import Line, NoAnswer, NotThere, SaidNo
from tinhso.modules.national_portal.models import Incoming, IncomingFile
from tinhso.modules.national_portal.queries.deployment import Deployment, deployment
from tinhso.modules.national_portal.rules import reading

PAGE = 200
AT_ONCE = 500
FILES_AT_ONCE = 10
PURPOSE = "dossiers.component"


@app.periodic(cron="* * * * *")
@app.task(name=PULL, queue=QUEUE, queueing_lock=PULL, lock=PULL, retry=SOON)
def pull(timestamp: int) -> None:
    """Bring what waits on the portal, and have it taken in. What was kept is confirmed, readable or not."""
    known = deployment()
    if not known.is_on or not link.current().circuit.may_try(timezone.now()):
        return
    try:
        bring(known)
    except (NoAnswer, SaidNo) as problem:
        link.failed(str(problem), timezone.now())
    finally:
        if Incoming.objects.due(timezone.now()).exists():
            wake(RECEIVE)


def bring(known: Deployment, *, seconds: float = SECONDS) -> int:
    """Pull page after page until the portal has no more; returns how many messages were new."""
    end, new = time.monotonic() + seconds, 0
    with Line(known) as line:
        while time.monotonic() < end:
            answer = line.ask("pending", {"MaDonVi": known.agency, "SoLuong": PAGE})
            rows = answer.get("data")
            if not isinstance(rows, list):
                raise NoAnswer("Danh sách hồ sơ chờ nhận của Cổng không đúng dạng.")
            if not rows:
                link.worked(timezone.now())
                break
            new += incoming.keep([_envelope(row) for row in rows], timezone.now())
            numbers = [row["MaBanTin"] for row in rows if isinstance(row, dict) and "MaBanTin" in row]
            if not numbers:  # nothing that could be confirmed: the same page would come for ever
                break
            line.ask("received", {"MaDonVi": known.agency, "DanhSach": numbers})
    return new


def _envelope(row: Any) -> reading.Envelope:
    """The message on a line of the list; the number under which it is confirmed is no part of it."""
    if isinstance(row, Mapping) and "HoSo" in row:
        return reading.envelope(row["HoSo"])
    return reading.envelope(row)


@app.periodic(cron="*/3 * * * *")
@app.task(name=RECEIVE, queue=QUEUE, queueing_lock=RECEIVE, retry=SOON)
def receive(timestamp: int) -> None:
    """Take in what was kept; several workers share the work."""
    work_off()


def work_off(*, seconds: float = SECONDS) -> int:
    """Take in due messages, those that came first before the others; returns how many were looked at."""
    with _not_waiting_for_the_disk():
        done = _work_off(time.monotonic() + seconds)
    if done and IncomingFile.objects.filter(state="waiting", next_at__lte=timezone.now()).exists():
        wake(FETCH)
    return done


@contextmanager
def _not_waiting_for_the_disk() -> Iterator[None]:
    """The messages themselves are safe on disk: what a power cut takes back is done again from them."""
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit to off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("reset synchronous_commit")


def _work_off(end: float) -> int:
    done, last = 0, 0
    while time.monotonic() < end:
        due = Incoming.objects.due(timezone.now()).filter(pk__gt=last)
        ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            break
        for pk in ids:
            done += bool(incoming.take_in(incoming_id=pk, at=timezone.now()))
            if time.monotonic() > end:
                break
        last = ids[-1]
    return done


@app.periodic(cron="*/2 * * * *")
@app.task(name=FETCH, queue=QUEUE, queueing_lock=FETCH, retry=SOON)
def fetch_files(timestamp: int) -> None:
    """Fetch the files of dossiers that came in; each is looked at as if somebody had uploaded it here."""
    known = deployment()
    if known.is_on and link.current().circuit.may_try(timezone.now()):
        fetch(known)


def fetch(known: Deployment, *, seconds: float = SECONDS) -> int:
    """Fetch until none is due or the portal fails; returns how many were kept."""
    end, done = time.monotonic() + seconds, 0
    with Line(known) as line:
        while time.monotonic() < end:
            rows = files.lease(FILES_AT_ONCE, timezone.now())
            if not rows:
                break
            for row in rows:
                outcome = _fetch_one(line, row)
                if outcome is None:
                    return done
                done += outcome
    return done


def _fetch_one(line: Line, row: IncomingFile) -> bool | None:
    """Whether the file is here; None when the link failed."""
    try:
        with line.download(row.address) as chunks:
            attachment = kept.store(chunks, name=row.name, by_account_id=None, purpose=PURPOSE)
    except NoAnswer as problem:
        files.not_fetched(row, str(problem), timezone.now(), is_final=False)
        return False if isinstance(problem, NotThere) else None
    except (SaidNo, Refusal) as no:
        files.not_fetched(row, no.message, timezone.now(), is_final=True)
        return False
    files.fetched(row, attachment, timezone.now())
    return True
