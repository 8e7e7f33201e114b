"""Digitising at the counter: bring pages, have them read, compare with the original, sign the copy.

Nothing that was brought is ever lost: a scan that fails keeps its files and can be read again or be replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import content
from tinhso.kernel.files.rules import JPEG, PDF, PNG, WEBP
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.vault import rules
from tinhso.modules.vault.actions.keeping import NewItem, keep
from tinhso.modules.vault.models import Item, Scan, ScanFile
from tinhso.modules.vault.queries.kinds import kind_called
from tinhso.modules.vault.queries.signatures import Checked, checked
from tinhso.modules.vault.rules import Permission, ScanState

READABLE = frozenset({PDF, JPEG, PNG, WEBP})
STAMP_WIDTH, STAMP_HEIGHT, STAMP_MARGIN = 190.0, 58.0, 14.0  # points, at the top right of the first page


@transaction.atomic
def add_file(
    *, case_id: int, part_id: int | None, name: str, stream: IO[bytes], file_name: str, by: Actor, at: datetime
) -> ScanFile:
    """Add a photo or PDF to the scan of a paper, beginning one if none is open.

    Raises NotAllowed without the right to digitise at the counter that received the case, Refusal for a bad file."""
    case = Case.objects.locked(case_id)
    unit_id = _counter(case, by)
    scan = _open_scan(case, part_id, name, unit_id, by, at)
    if scan.files.count() >= rules.MOST_FILES:
        raise Refusal("vault.too_many_files", f"Mỗi bản quét nhận tối đa {rules.MOST_FILES} tệp. Gộp thành PDF.")
    kept = files.store(stream, name=file_name, by_account_id=by.account_id, purpose="vault.original", allowed=READABLE)
    return ScanFile.objects.create(scan=scan, attachment=kept, position=scan.files.count() + 1)


def _counter(case: Case, by: Actor) -> int:
    """The counter at which this official digitises for the case: where it was received, else where it is resolved."""
    for unit_id in (case.received_unit_id, case.unit_id):
        if by.may(Permission.DIGITISE, unit_id):
            return unit_id
    raise NotAllowed


def _open_scan(case: Case, part_id: int | None, name: str, unit_id: int, by: Actor, at: datetime) -> Scan:
    """The scan that takes further pages. One that failed makes room and keeps its files; one being read does not."""
    live = Scan.objects.filter(case=case, part_id=part_id).exclude(state__in=[ScanState.DROPPED, ScanState.SIGNED])
    found = live.order_by("-pk").first()
    if found is not None and found.state in (ScanState.WAITING, ScanState.WORKING):
        raise Refusal("vault.being_read", "Bản quét này đang được đọc. Đợi xong rồi thêm trang.")
    if found is not None and found.state == ScanState.ADDING:
        return found
    if found is not None:
        found.state = ScanState.DROPPED
        found.save(update_fields=["state"])
    return Scan.objects.create(
        case=case, unit_id=unit_id, part_id=part_id, name=name[:300], state=ScanState.ADDING,
        brought_by_id=by.account_id, brought_at=at,
    )  # fmt: skip


@transaction.atomic
def remove_file(*, file_id: int, by: Actor) -> None:
    """Take a page away while pages are being added; twice changes nothing."""
    found = ScanFile.objects.filter(pk=file_id).select_related("scan").first()
    if found is None:
        return
    scan = _locked(found.scan_id, by)
    if scan.state != ScanState.ADDING:
        raise Refusal("vault.not_adding", "Bản quét đã gửi đọc nên không bỏ trang được. Quét lại nếu cần.")
    found.delete()


def _locked(scan_id: int, by: Actor) -> Scan:
    """The scan under lock, its case before it. Raises NotFound out of the actor's counters."""
    case_id = Scan.objects.visible_to(by).filter(pk=scan_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound("vault.no_scan", "Không tìm thấy bản quét này trong phạm vi của bạn.")
    case = Case.objects.locked(case_id)
    scan = Scan.objects.locked(scan_id)
    scan.case = case
    return scan


@transaction.atomic
def send_to_read(*, scan_id: int, by: Actor, at: datetime) -> Scan:
    """The pages are complete: have them made into an archive PDF. Sent twice it is read once."""
    scan = _locked(scan_id, by)
    if scan.state != ScanState.ADDING:
        return scan
    number = scan.files.count()
    if not number:
        raise Refusal("vault.no_pages", "Chưa có trang nào. Chụp ảnh hoặc chọn tệp quét.", field="file")
    scan.state, scan.brought_at = ScanState.WAITING, at
    scan.save(update_fields=["state", "brought_at"])
    cases.record(scan.case, "vault.scan", by=by, at=at, data={"name": scan.name, "files": number, "scan": scan.pk})
    return scan


@transaction.atomic
def read_again(*, scan_id: int, by: Actor, at: datetime) -> Scan:
    """Have a scan that failed read once more, from the files as they were brought."""
    scan = _locked(scan_id, by)
    if scan.state != ScanState.FAILED:
        return scan
    scan.state, scan.problem, scan.message, scan.attempts = ScanState.WAITING, "", "", 0
    scan.save(update_fields=["state", "problem", "message", "attempts"])
    data = {"name": scan.name, "files": scan.files.count(), "scan": scan.pk}
    cases.record(scan.case, "vault.scan", by=by, at=at, data=data)
    return scan


@transaction.atomic
def begin_reading(*, scan_id: int) -> list[Attachment]:
    """Take up a scan that waits, or one whose reader died; empty when there is nothing to read. Raises Refusal
    ``vault.gave_up`` after too many tries, which the caller writes down."""
    scan = Scan.objects.locked(scan_id)
    if scan.state not in (ScanState.WAITING, ScanState.WORKING):
        return []
    if scan.attempts >= rules.MOST_ATTEMPTS:
        raise Refusal("vault.gave_up", "Đã thử nhiều lần nhưng không đọc được. Bản gốc vẫn được giữ; quét lại.")
    scan.state, scan.attempts = ScanState.WORKING, scan.attempts + 1
    scan.save(update_fields=["state", "attempts"])
    return [one.attachment for one in scan.files.select_related("attachment__blob")]


@transaction.atomic
def finish_reading(*, scan_id: int, pdf: bytes, text: str, pages: Sequence[dict[str, Any]], at: datetime) -> Scan:
    """Keep the archive PDF; a second result of the same scan is thrown away."""
    scan = Scan.objects.locked(scan_id)
    if scan.state != ScanState.WORKING:
        return scan
    scan.result = files.store_made(pdf, name=rules.file_name(scan.name), purpose="vault.scan")
    scan.state, scan.text, scan.pages, scan.read_at = ScanState.READY, text[:500_000], list(pages), at
    scan.problem = scan.message = ""
    scan.save(update_fields=["result", "state", "text", "pages", "read_at", "problem", "message"])
    return scan


@transaction.atomic
def fail(*, scan_id: int, problem: str, message: str, at: datetime) -> Scan:
    """Write down why a scan could not be read; its files stay."""
    scan = Scan.objects.locked(scan_id)
    if scan.state in (ScanState.WAITING, ScanState.WORKING):
        scan.state, scan.problem, scan.message, scan.read_at = ScanState.FAILED, problem[:40], message[:500], at
        scan.save(update_fields=["state", "problem", "message", "read_at"])
    return scan


@transaction.atomic
def drop(*, scan_id: int, by: Actor) -> Scan:
    """Put a scan aside that nobody signs; its files are kept."""
    scan = _locked(scan_id, by)
    if scan.state == ScanState.SIGNED:
        raise Refusal("vault.is_signed", "Bản sao đã ký nên không bỏ được.")
    scan.state = ScanState.DROPPED
    scan.save(update_fields=["state"])
    return scan


@transaction.atomic
def sign_copy(
    *,
    scan_id: int,
    by: Actor,
    at: datetime,
    number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
) -> Scan:
    """The clerk has compared the copy with the original and signs it (N118 Đ.17.1c; TT 01/2023/TT-VPCP Đ.8).

    The copy takes the paper's place in the dossier and lies in the applicant's vault. When no paper of the dossier is
    left without a copy, the dossier counts as digitised, once.
    """
    scan = _locked(scan_id, by)
    if not by.may(Permission.DIGITISE, scan.unit_id):
        raise NotAllowed
    if scan.state == ScanState.SIGNED:
        return scan
    if scan.state != ScanState.READY or scan.result is None or scan.part_id is None:
        raise Refusal("vault.not_ready", "Bản quét chưa đọc xong nên chưa ký được. Tải lại trang.")
    pdf = _signed(content(scan.result), scan, by, at)
    kept = files.store_made(pdf, name=rules.file_name(scan.name), purpose="dossiers.component")
    seen = checked(pdf)
    scan.signed, scan.state, scan.signed_by_id, scan.signed_at = kept, ScanState.SIGNED, by.account_id, at
    scan.save(update_fields=["signed", "state", "signed_by", "signed_at"])
    dossiers.lay_copy(
        part_id=scan.part_id, attachment=kept, signed_by=seen.who, signature=seen.worth, at=at, until=valid_until
    )
    sheet = dossiers.paper_dossiers([scan.case_id])[scan.case_id]
    if not rules.is_form(scan.name):
        told = {"number": number, "issuer": issuer, "issued_on": issued_on, "valid_until": valid_until}
        _keep(scan, sheet, seen, kept, told, by=by, at=at)
    _record(scan, sheet, by, at)
    return scan


def _keep(
    scan: Scan,
    sheet: Any,
    seen: Checked,
    kept: Attachment,
    told: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """The signed copy lies in the applicant's vault, in place of an earlier copy or picture of the same paper.

    ``told`` is what the clerk read off the original: number, issuer, issued_on, valid_until."""
    new = NewItem(
        title=scan.name, attachment=kept, origin=Item.Origin.SCAN, source_key=f"scan/{scan.pk}",
        person_id=sheet.person_id, business_id=sheet.business_id, kind=kind_called(scan.name), text=scan.text,
        is_digitised=True, case_id=scan.case_id, replaces_source=_before(scan),
        data={"procedure": sheet.procedure_code, "dossier": sheet.number}, **told,
    )  # fmt: skip
    keep(new, signature=seen, by=by, at=at)


def _before(scan: Scan) -> str:
    """What an earlier signed copy of the same paper was kept as."""
    rows = Scan.objects.filter(part_id=scan.part_id, state=ScanState.SIGNED).exclude(pk=scan.pk).order_by("-pk")
    earlier = rows.values_list("pk", flat=True).first()
    return f"scan/{earlier}" if earlier else f"part/{scan.part_id}"


def _record(scan: Scan, sheet: Any, by: Actor, at: datetime) -> None:
    """One entry for the paper; one more when it was the dossier's last on paper."""
    split = {"procedure": sheet.procedure_code, "field": sheet.field}
    case = scan.case
    data = {"name": scan.name, "pages": len(scan.pages), **split}
    cases.record(case, "vault.sign_copy", by=by, at=at, data=data)
    is_first = not Entry.objects.filter(case_id=case.pk, verb="vault.digitise").exists()
    if is_first and not any(one.is_on_paper for one in sheet.papers):
        copies = sum(one.is_digitised for one in sheet.papers)
        cases.record(case, "vault.digitise", by=by, at=at, data={"papers": copies, **split})


def _signed(pdf: bytes, scan: Scan, by: Actor, at: datetime) -> bytes:
    """The copy with the clerk's signature at the top right of its first page."""
    from tinhso.kernel.papers.identities import identity_for
    from tinhso.kernel.papers.signing import page_size, sign
    from tinhso.kernel.papers.typesetting import Place

    agency = tree().body_of(scan.unit_id).name
    width, _height = page_size(pdf)
    place = Place("copy", 1, max(0.0, width - STAMP_WIDTH - STAMP_MARGIN), STAMP_MARGIN, STAMP_WIDTH, STAMP_HEIGHT)
    return sign(
        pdf,
        signer=identity_for(by.name, agency),
        reason="Bản sao điện tử, đã đối chiếu với bản chính",
        name=by.name,
        title=by.title,
        at=timezone.localtime(at),
        field_name="Copy_1",
        place=place,
    )


@transaction.atomic
def adopt(*, case_id: int, at: datetime) -> int:
    """Files that came with the reception at the counter become scans that wait to be read; returns how many are new."""
    sheet = dossiers.paper_dossiers([case_id]).get(case_id)
    if sheet is None:
        return 0
    case = Case.objects.locked(case_id)
    begun = 0
    for part in sheet.papers:
        if part.source != "scan" or part.is_digitised or part.attachment_id is None:
            continue
        if Scan.objects.filter(part_id=part.part_id).exists():
            continue
        attachment = Attachment.objects.select_related("blob").get(pk=part.attachment_id)
        if attachment.blob.media_type not in READABLE:
            continue
        try:
            with transaction.atomic():
                scan = Scan.objects.create(
                    case=case, unit_id=case.received_unit_id, part_id=part.part_id, name=part.name[:300],
                    state=ScanState.WAITING, brought_by_id=attachment.owner_id, brought_at=at,
                )  # fmt: skip
        except IntegrityError:
            continue
        again = files.use_again(attachment, purpose="vault.original")
        ScanFile.objects.create(scan=scan, attachment=again, position=1)
        cases.record(case, "vault.scan", by=SYSTEM, at=at, data={"name": scan.name, "files": 1, "scan": scan.pk})
        begun += 1
    return begun
