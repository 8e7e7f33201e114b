"""What follows and runs by itself: batches of a disposal, erasing, downloads, packages for archives, telling people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
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
from tinhso.modules.privacy.actions import breaches, disposing, exporting, handing, requesting
from tinhso.modules.privacy.models import Affected, Breach, Export, Handover
from tinhso.modules.privacy.queries import handing as packages
from tinhso.modules.privacy.queries import own
from tinhso.modules.privacy.rules.breaches import BREACH_MESSAGE, KINDS, Whom
from tinhso.modules.privacy.rules.handing import HandoverState

BATCHES_A_JOB = 20
MESSAGES = (
    Message("data_request.accept", "Đã nhận yêu cầu {number} của bạn", "{title}. Thực hiện trước {due}."),
    Message("data_request.carry_out", "Yêu cầu {number} đã được thực hiện", "{title}. Mở trang để xem trả lời."),
    Message("data_request.refuse", "Yêu cầu {number} chưa thực hiện được", "{title}. Mở trang để xem lý do."),
    Message(
        "privacy.ready", "Bản tải dữ liệu của bạn đã sẵn sàng", "Tải trước {until}. Bạn sẽ cần xác nhận là chính bạn."
    ),
    BREACH_MESSAGE,
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


def tell_affected(entry: Entry) -> None:
    """The people concerned who have an account here are told what happened; told again, each has one notice."""
    if entry.case_id is None or entry.data.get("to") != Whom.PEOPLE:
        return
    one = Breach.objects.get(pk=entry.case_id)
    words = {
        "when": f"{timezone.localtime(one.happened_at or one.noticed_at):%H:%M ngày %d/%m/%Y}",
        "what": _sentence(one.what), "kinds": _sentence("; ".join(KINDS[code] for code in KINDS if code in one.kinds)),
        "consequences": _sentence(one.consequences or "đang đánh giá"),
        "measures": _sentence(one.measures or "đang thực hiện"),
    }  # fmt: skip
    for affected_id, account_id in breaches.people_to_tell(one.pk):
        notices.tell_in_words(
            account_id=account_id, kind=BREACH_MESSAGE.kind, words=words, url="/tai-khoan/du-lieu/",
            dedupe=f"breach/{one.pk}/{account_id}", at=entry.at,
        )  # fmt: skip
        Affected.objects.filter(pk=affected_id, told_at=None).update(told_at=timezone.now())


def _sentence(text: str) -> str:
    said = " ".join(text.split())[:600]
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def pack(entry: Entry) -> None:
    """A proposed package is made by the worker."""
    make_package.defer(handover_id=_of(entry))


def _of(entry: Entry) -> int:
    return int(entry.subject.rpartition("/")[2])


@app.task(name="privacy.pack", queue="privacy", lock="privacy.pack", retry=AGAIN)
def make_package(handover_id: int) -> None:
    """Write the package and put it in place; a second time nothing more happens."""
    found = Handover.objects.filter(pk=handover_id, state=HandoverState.PACKING).first()
    if found is None:
        return
    now = timezone.now()
    with tempfile.TemporaryFile() as file:
        packages.write_package(found, file, now)
        size = file.tell()
        file.seek(0)
        handing.keep(handover_id=handover_id, stream=file, size=size, at=now)


def remove(entry: Entry) -> None:
    """What the archive received goes here, in batches; begun twice it is done once."""
    remove_received.defer(handover_id=_of(entry))


@app.task(name="privacy.remove_received", queue="privacy", lock="privacy.remove_received", retry=AGAIN)
def remove_received(handover_id: int) -> None:
    for _batch in range(BATCHES_A_JOB):
        if not handing.remove_batch(handover_id=handover_id, at=timezone.now()):
            return
    remove_received.defer(handover_id=handover_id)


def verify_package(arguments: Sequence[str]) -> Iterator[str]:
    """What ``tinhso handover verify FILE`` prints. Raises Refusal when the package is not whole."""
    if len(arguments) != 1:
        raise Refusal("privacy.package_file", "Nêu một tệp: tinhso handover verify FILE.")
    found = packages.faults(Path(arguments[0]))
    yield from found
    if found:
        raise Refusal("privacy.package_broken", f"Gói không nguyên vẹn: {len(found)} chỗ sai.")
    yield "Gói nguyên vẹn."
