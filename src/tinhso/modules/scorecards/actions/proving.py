"""Evidence of a card's cells: files, links and documents, given and taken away while the card is being filled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Count

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.actions import store
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.journal.rules import Head
from tinhso.kernel.people.rules import Actor
from tinhso.modules.scorecards.actions.filling import criterion_of, locked_card, subject_of
from tinhso.modules.scorecards.models import Cell, Evidence
from tinhso.modules.scorecards.queries import standing
from tinhso.modules.scorecards.rules.words import EvidenceKind, Permission

PURPOSE = "scorecards.evidence"
MOST_EVIDENCE = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence on its way in: a file (``stream`` and ``name``), a link, or a document's number with its day."""

    kind: EvidenceKind
    title: str = ""
    stream: Any = None
    name: str = ""
    url: str = ""
    number: str = ""
    dated_on: date | None = None


@transaction.atomic
def attach(*, card_id: int, criterion: str, proof: Proof, by: Actor, at: datetime) -> Evidence:
    """Add evidence to a cell. Raises Refusal when a part is missing or the file cannot be taken."""
    return _attach(card_id, [criterion], proof, by, at)[0]


@transaction.atomic
def attach_to_several(
    *, card_id: int, criteria: Collection[str], proof: Proof, by: Actor, at: datetime
) -> list[Evidence]:
    """Add the same evidence to several cells: one report often proves more than one criterion."""
    if not criteria:
        raise Refusal("scorecards.no_criteria", "Chọn ít nhất một tiêu chí mà minh chứng này chứng minh.", field="in")
    return _attach(card_id, list(dict.fromkeys(criteria)), proof, by, at)


def _attach(card_id: int, criteria: Sequence[str], proof: Proof, by: Actor, at: datetime) -> list[Evidence]:
    card, _round, edition = locked_card(card_id, Permission.FILL, "fill", by)
    codes = [criterion_of(edition, code).code for code in criteria]
    Cell.objects.bulk_create((Cell(card=card, criterion=code) for code in codes), ignore_conflicts=True)
    cells = {
        one.criterion: one
        for one in Cell.objects.filter(card=card, criterion__in=codes).annotate(number=Count("evidence"))
    }
    if any(one.number >= MOST_EVIDENCE for one in cells.values()):
        raise Refusal("scorecards.too_much_evidence", f"Mỗi tiêu chí nhiều nhất {MOST_EVIDENCE} minh chứng.")
    given = _evidence(proof, by, at)
    made = [Evidence(cell=cells[code], **given) for code in codes]
    Evidence.objects.bulk_create(made)
    head = standing.head_of(subject_of(card))
    for one, code in zip(made, codes, strict=True):
        data = {"criterion": code, "kind": str(proof.kind), "title": one.title, "sha256": _print(one)}
        entry = journal.compose(
            subject=subject_of(card), verb="scorecards.attach", by=by, at=at, head=head, data=data
        )  # fmt: skip
        head = Head(journal.write(entry).seq, bytes(entry.hash))
    return made


def _evidence(proof: Proof, by: Actor, at: datetime) -> dict[str, Any]:
    """The columns of a piece of evidence; its file is kept once."""
    made: dict[str, Any] = {"kind": proof.kind, "added_by_id": by.account_id, "added_at": at}
    title = _line(proof.title, 300)
    if proof.kind == EvidenceKind.FILE:
        if proof.stream is None:
            raise Refusal("scorecards.no_file", "Chọn một tệp.", field="file")
        kept = store(proof.stream, name=proof.name, by_account_id=by.account_id, purpose=PURPOSE)
        return {**made, "attachment": kept, "title": title or kept.name}
    if proof.kind == EvidenceKind.LINK:
        url = _address(proof.url)
        return {**made, "url": url, "title": title or url[:300]}
    number = _line(proof.number, 80)
    if not number or proof.dated_on is None:
        raise Refusal("scorecards.no_number", "Nhập số, ký hiệu và ngày của văn bản.", field="document")
    return {**made, "number": number, "dated_on": proof.dated_on, "title": title or number}


def _line(text: str, length: int) -> str:
    return " ".join(text.split())[:length]


def _address(text: str) -> str:
    url = text.strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 500:
        raise Refusal("scorecards.no_link", "Dán địa chỉ đầy đủ, bắt đầu bằng https://.", field="url")
    return url


def _print(made: Evidence) -> str:
    return made.attachment.blob.sha256 if made.attachment else ""


@transaction.atomic
def detach(*, evidence_id: int, by: Actor, at: datetime) -> None:
    """Take a piece of evidence away while the card is being filled; the history keeps its name and fingerprint."""
    found = Evidence.objects.select_related("cell", "attachment__blob").filter(pk=evidence_id).first()
    if found is None or found.kind == EvidenceKind.FIGURE:
        raise NotFound
    card, _round, _edition = locked_card(found.cell.card_id, Permission.FILL, "fill", by)
    data = {"criterion": found.cell.criterion, "title": found.title, "sha256": _print(found)}
    found.delete()
    journal.note(subject=subject_of(card), verb="scorecards.detach", by=by, at=at, data=data)
