"""What follows from entries: papers go into the vault, uses are noted, scans are read, people are told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.errors import Refusal, Unavailable
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import open_attachment
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import Message
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.papers.scanning import Bounds, Source, digitise
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.vault import actions, rules
from tinhso.modules.vault.actions.scanning import adopt
from tinhso.modules.vault.models import Item, Scan, Share, Use
from tinhso.modules.vault.rules import ScanState

MESSAGES = (
    Message("certification.issue", "Đã có bản sao chứng thực điện tử", "{title}. Mã kiểm tra: {code}."),
    Message("certification.refuse", "Yêu cầu chứng thực bị từ chối", "{reason}"),
    Message("vault.revoke", "Giấy tờ “{paper}” đã bị thu hồi", "{reason}"),
    Message("vault.open_share", "Giấy tờ bạn chia sẻ đã được xem: {paper}", "{who} đã mở."),
    Message(
        "vault.reuse",
        "Đã dùng giấy tờ trong kho của bạn: {paper}",
        "{who} đã dùng giấy tờ này cho hồ sơ {number}; bạn không phải nộp lại.",
    ),
    Message("vault.scan_failed", "Chưa số hóa được “{paper}”", "{problem}"),
)
BOUNDS = Bounds(pages=rules.MOST_PAGES)


def keep_result(entry: Entry) -> None:
    """A granted result lies in the applicant's vault as soon as it is issued."""
    if entry.case_id:
        actions.keep_papers(case_id=entry.case_id, at=entry.at)
        actions.keep_result(case_id=entry.case_id, at=entry.at)


def keep_papers(entry: Entry) -> None:
    """What the applicant uploaded is kept once the dossier is accepted."""
    if entry.case_id:
        actions.keep_papers(case_id=entry.case_id, at=entry.at)


def note_uses(entry: Entry) -> None:
    """Kept papers in what was filed or supplemented are noted as used."""
    if entry.case_id:
        by = SYSTEM if entry.actor_id is None else _actor_of(entry)
        actions.note_uses(case_id=entry.case_id, by=by, at=entry.at)


def _actor_of(entry: Entry) -> Any:
    from tinhso.kernel.people.rules import Actor, ActorKind

    return Actor(ActorKind.CITIZEN, entry.actor_id, entry.actor_name, entry.unit_id)


def adopt_scans(entry: Entry) -> None:
    """Scans that came with the reception at the counter are read too."""
    if entry.case_id:
        adopt(case_id=entry.case_id, at=entry.at)


def have_read(entry: Entry) -> None:
    """Queue the reading of a scan; reading takes longer than followers may. Queued twice it is read once."""
    read.defer(scan_id=entry.data["scan"])


@app.task(name="vault.read", queue="vault", lock="vault.read", retry=RetryStrategy(max_attempts=4, wait=30))
def read(scan_id: int) -> None:
    """Make an archive PDF with text of a scan's files, one scan at a time; what a dead reader left is read again."""
    try:
        brought = actions.begin_reading(scan_id=scan_id)
        if not brought:
            return
        with TemporaryDirectory(prefix="read-") as folder:
            sources = [_copied(one, Path(folder) / f"{n}") for n, one in enumerate(brought)]
            made = digitise(sources, title=f"Scan {scan_id}", bounds=BOUNDS)
    except Unavailable:
        words = "Máy chủ chưa cài chương trình đọc chữ (tesseract, ghostscript). Báo quản trị rồi bấm Đọc lại."
        _failed(scan_id, "vault.no_ocr", words)
    except Refusal as refusal:
        _failed(scan_id, refusal.code, refusal.message)
    else:
        pages = [asdict(page) for page in made.pages]
        actions.finish_reading(scan_id=scan_id, pdf=made.pdf, text=made.text, pages=pages, at=timezone.now())


def _copied(attachment: Attachment, path: Path) -> Source:
    with open_attachment(attachment) as file, path.open("wb") as copy:
        shutil.copyfileobj(file, copy)
    return Source(path, attachment.blob.media_type, attachment.name)


def _failed(scan_id: int, problem: str, message: str) -> None:
    """Write it down and tell who scanned."""
    scan = actions.fail(scan_id=scan_id, problem=problem, message=message, at=timezone.now())
    if scan.state == ScanState.FAILED and scan.brought_by_id:
        notices.tell_in_words(
            account_id=scan.brought_by_id,
            kind="vault.scan_failed",
            words={"paper": scan.name, "problem": scan.message},
            url=f"/lam-viec/so-hoa/ban-quet/{scan.token}/",
            dedupe=f"scan-failed/{scan.pk}/{scan.attempts}",
            at=timezone.now(),
            email=False,
        )


@app.periodic(cron="*/10 * * * *")
@app.task(name="vault.read_left", queue="vault", queueing_lock="vault.read_left")
def read_left(timestamp: int) -> None:
    """Scans that wait although no job is left for them are queued again; at most fifty at once."""
    jobs = ProcrastinateJob.objects.filter(task_name="vault.read", status__in=["todo", "doing"])
    queued = {args["scan_id"] for args in jobs.values_list("args", flat=True)}
    waiting = Scan.objects.filter(state__in=[ScanState.WAITING, ScanState.WORKING]).exclude(pk__in=queued)
    for scan_id in waiting.order_by("pk").values_list("pk", flat=True)[:50]:
        read.defer(scan_id=scan_id)


# --- Telling people ---------------------------------------------------------------------------------------------------


def tell_certified(entry: Entry) -> None:
    """The person is told of the certified copy, or why there is none."""
    case = entry.case
    if case is not None and case.owner_id is not None:
        words = {**entry.said, "title": case.title, "number": case.number}
        _tell(entry, case.owner_id, words, f"/kho-giay-to/chung-thuc/{case.number}/")


def tell_revoked(entry: Entry) -> None:
    """The owner is told that a paper of theirs holds no more."""
    item = Item.objects.filter(pk=entry.data.get("item", 0)).first()
    if item is not None:
        _tell_owner(entry, item, {"reason": entry.said.get("reason", "")})


def tell_opened(entry: Entry) -> None:
    """The owner is told the first time on a day that a shared paper was opened."""
    share = Share.objects.select_related("item").filter(pk=entry.data.get("share", 0)).first()
    if share is not None:
        _tell_owner(entry, share.item, {"who": entry.actor_name or "Người có liên kết"})


def tell_taken(entry: Entry) -> None:
    """The owner is told when an official used a paper of theirs on their behalf."""
    for use in Use.objects.filter(case_id=entry.case_id or 0, how=Use.How.TAKEN).select_related("item", "case")[:20]:
        _tell_owner(entry, use.item, {"who": use.who, "number": use.case.number if use.case else ""})


def _tell_owner(entry: Entry, item: Item, words: Mapping[str, Any]) -> None:
    owners = Account.objects.filter(person_id=item.person_id or 0, is_active=True)
    for account_id in owners.values_list("pk", flat=True):
        _tell(entry, account_id, {**words, "paper": item.title}, f"/kho-giay-to/{item.token}/", str(item.pk))


def _tell(entry: Entry, account_id: int, words: Mapping[str, Any], url: str, more: str = "") -> None:
    notices.tell_in_words(
        account_id=account_id, kind=entry.verb, words=words, url=url, dedupe=f"{entry.pk}/{account_id}/{more}",
        case_id=entry.case_id, at=entry.at, email=False,
    )  # fmt: skip
