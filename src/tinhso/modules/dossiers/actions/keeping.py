"""Papers from the applicant's store into a dossier, and signed copies in place of paper."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.cases.rules import holds
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import TakenPaper, registry
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers.actions import drafts
from tinhso.modules.dossiers.models import Dossier, Part
from tinhso.modules.dossiers.rules import Permission


def taken(key: str, *, person_id: int | None, business_id: int | None, by: Actor, at: datetime) -> TakenPaper:
    """The kept paper ``<source>/<key>`` of this person or business. Raises NotFound for an unknown source."""
    source = registry.papers.get(key.partition("/")[0])
    if source is None:
        raise NotFound("dossiers.no_source", "Không tìm thấy giấy tờ này. Tải lại trang rồi chọn lại.")
    return source.take(key.partition("/")[2], person_id=person_id, business_id=business_id, by=by, at=at)


def part_from(paper: TakenPaper, *, code: str, name: str, at: datetime) -> Part:
    """The paper as a part of a draft or dossier; not saved yet."""
    return Part(
        code=code[:60],
        name=name[:300],
        source=Part.Source.VAULT,
        attachment=files.use_again(paper.attachment, purpose="dossiers.component", name=paper.name),
        added_at=at,
        is_digitised=paper.is_digitised,
        is_reused=1,
        kept_as=paper.item_id,
        signed_by=paper.signed_by[:200],
        signature=paper.signature,
        signature_valid_at=paper.signature_valid_at,
        valid_until=paper.valid_until,
    )


@transaction.atomic
def attach_kept(*, token: UUID | str, code: str, name: str, key: str, by: Actor, at: datetime) -> Part:
    """Use a paper that one has already for a paper of the draft; using it twice changes nothing."""
    draft = drafts.locked(token, by)
    paper = taken(key, person_id=by.person_id, business_id=None, by=by, at=at)
    already = draft.parts.filter(code=code, kept_as=paper.item_id).first()
    if already is not None:
        return already
    if draft.parts.count() >= drafts.MAX_PARTS:
        raise Refusal("dossiers.too_many_files", f"Mỗi hồ sơ nhận tối đa {drafts.MAX_PARTS} tệp.")
    part = part_from(paper, code=code, name=name, at=at)
    part.draft = draft
    part.save(force_insert=True)
    draft.saved_at = at
    draft.save(update_fields=["saved_at"])
    return part


@transaction.atomic
def take_for_part(*, part_id: int, key: str, by: Actor, at: datetime) -> Part:
    """An official takes the applicant's kept paper for one that was announced or brought on paper.

    Raises NotAllowed without the right to receive or handle; a part that has a file keeps it."""
    part = _locked_part(part_id)
    dossier = part.dossier
    assert dossier is not None
    if not any(holds(right, dossier.case.whom, by) for right in (Permission.RECEIVE, Permission.HANDLE)):
        raise NotAllowed
    if part.attachment_id is not None:
        raise Refusal("dossiers.part_has_file", "Giấy tờ này đã có tệp. Tải lại trang.")
    paper = taken(key, person_id=dossier.person_id, business_id=dossier.business_id, by=by, at=at)
    made = part_from(paper, code=part.code, name=part.name, at=part.added_at)
    made.pk, made.dossier, made.round = part.pk, dossier, part.round
    made.originals, made.copies = part.originals, part.copies
    made.save()
    return made


@transaction.atomic
def lay_copy(
    *, part_id: int, attachment: Attachment, signed_by: str, signature: str, at: datetime, until: date | None = None
) -> Part:
    """Put the compared and signed copy in the paper's place. The caller has asked who may sign copies."""
    part = _locked_part(part_id)
    part.attachment, part.source, part.is_digitised = attachment, Part.Source.SCAN, True
    part.signed_by, part.signature, part.signature_valid_at = signed_by[:200], signature, at
    part.valid_until = until
    part.save(
        update_fields=[
            "attachment", "source", "is_digitised", "signed_by", "signature", "signature_valid_at", "valid_until",
        ]
    )  # fmt: skip
    return part


def _locked_part(part_id: int) -> Part:
    """The part, its dossier and case locked before it."""
    found = Part.objects.filter(pk=part_id, dossier__isnull=False).values_list("dossier_id", flat=True).first()
    if found is None:
        raise NotFound("dossiers.no_part", "Không tìm thấy giấy tờ này trong hồ sơ.")
    dossier = Dossier.objects.locked(found)
    part = Part.objects.select_for_update(of=("self",)).get(pk=part_id)
    part.dossier = dossier
    return part
