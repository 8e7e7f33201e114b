"""What follows and what runs by itself: batches of a disposal, erasing on request, downloads, and telling people."""

from __future__ import annotations

import tempfile
from typing import Any

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tinhso.kernel.errors import Refusal
from tinhso.kernel.journal.jobs import AGAIN
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message, Subject
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.people.models import Account
from tinhso.modules.privacy.actions import disposing, exporting, requesting
from tinhso.modules.privacy.models import Export
from tinhso.modules.privacy.queries import own

BATCHES_A_JOB = 20
MESSAGES = (
    Message("data_request.accept", "Đã nhận yêu cầu {number} của bạn", "{title}. Thực hiện trước {due}."),
    Message("data_request.carry_out", "Yêu cầu {number} đã được thực hiện", "{title}. Mở trang để xem trả lời."),
    Message("data_request.refuse", "Yêu cầu {number} chưa thực hiện được", "{title}. Mở trang để xem lý do."),
    Message(
        "privacy.ready", "Bản tải dữ liệu của bạn đã sẵn sàng", "Tải trước {until}. Bạn sẽ cần xác nhận là chính bạn."
    ),
)


def begin(entry: Entry) -> None:
    """An approved disposal begins; begun twice it is done once."""
    dispose.defer(disposal_id=int(entry.subject.rpartition("/")[2]))


@app.task(name="privacy.dispose", queue="privacy", lock="privacy.dispose", retry=AGAIN)
def dispose(disposal_id: int) -> None:
    """Some batches, each in its own transaction, then the next job: a restart loses at most one batch's work."""
    for _batch in range(BATCHES_A_JOB):
        if not disposing.end_batch(disposal_id=disposal_id, at=timezone.now()):
            return
    dispose.defer(disposal_id=disposal_id)


def erase_asked(entry: Entry) -> None:
    """What the person asked to be erased and the law lets go."""
    if entry.case_id:
        requesting.erase(case_id=entry.case_id, at=entry.at)


def export(entry: Entry) -> None:
    make_export.defer(export_id=int(entry.data["export"]))


@app.task(name="privacy.export", queue="privacy", retry=RetryStrategy(max_attempts=3, wait=60))
def make_export(export_id: int) -> None:
    """Write the file and tell the person; a second time nothing more happens."""
    found = Export.objects.select_related("account").filter(pk=export_id, state=Export.State.WAITING).first()
    if found is None:
        return
    now = timezone.now()
    with tempfile.TemporaryFile() as file:
        try:
            own.write_archive(Subject(found.account_id, found.account.person_id), file, now)
        except Refusal:
            exporting.failed(export_id=export_id)
            return
        size = file.tell()
        file.seek(0)
        made = exporting.keep(export_id=export_id, stream=file, size=size, at=now)
    if made.expires_at:
        notices.tell_in_words(
            account_id=found.account_id, kind="privacy.ready",
            words={"until": f"{timezone.localtime(made.expires_at):%d/%m/%Y}"}, url="/tai-khoan/du-lieu/",
            dedupe=f"export/{export_id}", at=now,
        )  # fmt: skip


@app.periodic(cron="35 * * * *")
@app.task(name="privacy.throw_away", queue="privacy", queueing_lock="privacy.throw_away", retry=AGAIN)
def throw_away(timestamp: int) -> None:
    """Downloads whose days are over."""
    exporting.throw_away(at=timezone.now())


def tell(entry: Entry) -> None:
    """Tell whoever asked what became of it; told twice about one entry, there is still one notice."""
    case = entry.case
    if case is None or case.owner_id is None or not Account.objects.filter(pk=case.owner_id, is_active=True).exists():
        return
    words: dict[str, Any] = {**entry.data, "number": case.number, "title": case.title}
    notices.tell_in_words(
        account_id=case.owner_id, kind=entry.verb, words=words, url=f"/tai-khoan/du-lieu/yeu-cau/{case.number}/",
        dedupe=f"{entry.pk}/{case.owner_id}", case_id=case.pk, at=entry.at,
    )  # fmt: skip
