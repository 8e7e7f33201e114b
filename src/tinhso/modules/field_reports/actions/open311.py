"""What programs that speak Open311 bring: reports, and more words to those they brought."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import Actor
from tinhso.modules.field_reports.actions import filing
from tinhso.modules.field_reports.actions.filing import NewPhoto, NewReport, Sender
from tinhso.modules.field_reports.actions.moving import record
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries.open311 import by_client
from tinhso.modules.field_reports.rules.open311 import Filing
from tinhso.modules.field_reports.rules.states import SENDER, Channel

VERB = "hear"


def request_key(client: str, name: str, content: bytes, at: datetime) -> str:
    """What makes sending it twice harmless: the program's own name for it, else what it says, within one day."""
    said = name.encode() if name else content + f"{timezone.localtime(at):%Y-%m-%d}".encode()
    return hashlib.sha256(client.encode() + b"\0" + said).hexdigest()


def file(
    said: Filing, *, client: str, key: str, photos: Sequence[NewPhoto] = (), phone: str = "", at: datetime
) -> Report:
    """Take in a report of this program that was not found under its key; of two that come at once one is kept. See
    ``filing.file``."""
    links = "".join(f"\nẢnh kèm theo: {one}" for one in said.media_urls)
    new = NewReport(
        text=said.text + links if len(said.text) + len(links) <= filing.MOST_LETTERS else said.text,
        channel=Channel.OPEN311,
        category=said.category.code,
        place=said.place,
        place_source="device" if said.place else "words",
        address=said.address,
        sender=Sender(name=said.name, phone=phone, email=said.email if "@" in said.email else ""),
        attributes=said.attributes,
        photos=photos,
        request_key=key,
        source_ref=by_client(client),
    )
    return filing.file(new, by=SENDER, at=at, is_looked_up=True)


@transaction.atomic
def hear(
    *, number: str, client: str, update: str, text: str, status: str, by: Actor, at: datetime
) -> tuple[Entry, bool]:
    """More words from the program that filed a report, for officials; and whether they are new.

    The same ``update`` (the program's own number for it) is heard once. Only the program that filed a report, or one
    that tells more of a public one, may add to it; others do not learn that it exists."""
    known = Report.objects.filter(case__number=number).values_list("pk", "is_public", "source_ref").first()
    if known is None or not (known[1] or known[2] == by_client(client)):
        raise NotFound
    report = Report.objects.locked(known[0])
    rows = Entry.objects.filter(case_id=report.pk, verb=f"field_report.{VERB}")
    earlier = rows.filter(data__update=update, data__client=client).first()
    if earlier is not None:
        return earlier, False
    data = {"update": update, "client": client, "status": status, "text": text}
    return record(report, VERB, by=by, at=at, data=data, change={"news": "Ứng dụng gửi phản ánh bổ sung"}), True
