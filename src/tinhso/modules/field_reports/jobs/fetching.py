"""Photos that a program only named by an address: fetched from hosts the deployment trusts, from no others."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.modules.field_reports.actions.filing import MOST_PHOTOS
from tinhso.modules.field_reports.actions.intake import take_photo
from tinhso.modules.field_reports.actions.photos import add
from tinhso.modules.field_reports.jobs.showing import prepare
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.rules.states import Channel

MOST_BYTES = 10 * 1024 * 1024
AGAIN = RetryStrategy(max_attempts=4, exponential_wait=10)
_LINK = re.compile(r"^Ảnh kèm theo: (https://\S+)$", re.MULTILINE)


def is_trusted(address: str) -> bool:
    """HTTPS on the usual port, from a host that the deployment names; no name or password in the address."""
    try:
        parts = urlsplit(address)
        plain = parts.scheme == "https" and parts.port in (None, 443) and parts.username is None
    except ValueError:
        return False
    return plain and parts.hostname in settings.OPEN311_MEDIA_HOSTS


def fetch_linked(entry: Entry) -> None:
    """Queue the pictures that a report filed by a program names, where their hosts are trusted."""
    if not settings.OPEN311_MEDIA_HOSTS or entry.data.get("channel") != Channel.OPEN311:
        return
    case_id = entry.case_id or 0
    text = Report.objects.filter(pk=case_id).values_list("text", flat=True).first() or ""
    for address in _LINK.findall(text)[:MOST_PHOTOS]:
        if is_trusted(address):
            fetch.defer(report_id=case_id, address=address)


@app.task(name="field_reports.fetch_photo", queue="photos", retry=AGAIN)
def fetch(report_id: int, address: str) -> None:
    """Fetch one picture and keep it with its report. Repeatable: the same picture is kept once."""
    if is_trusted(address):
        keep(report_id=report_id, content=download(address), at=timezone.now())


def download(address: str, transport: httpx.BaseTransport | None = None) -> bytes:
    """At most 10 MB, within twenty seconds, without following redirects. Raises httpx.HTTPError; empty when too big."""
    with httpx.Client(transport=transport, timeout=20, follow_redirects=False, trust_env=False) as client:
        found = BytesIO()
        with client.stream("GET", address) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                if found.tell() + len(part) > MOST_BYTES:
                    return b""
                found.write(part)
        return found.getvalue() if answer.status_code == 200 else b""


def keep(*, report_id: int, content: bytes, at: datetime) -> bool:
    """Whether it is a new picture of the report; what is no picture is left out."""
    try:
        photo = take_photo(SimpleUploadedFile("anh.jpg", content), by_account_id=None, at=at)
    except Refusal:
        return False
    added = add(report_id=report_id, new=photo, at=at)
    if added is not None:
        prepare.defer(photo_id=added.pk)
    return added is not None
