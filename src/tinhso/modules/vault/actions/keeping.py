"""Putting papers into the vault, once each; giving them out again; noting who used them; revoking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules.periods import months_later
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import content
from tinhso.kernel.files.rules import PDF
from tinhso.kernel.journal.actions import note
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.manifest import KeptPaper, TakenPaper
from tinhso.kernel.papers.scanning import text_of
from tinhso.kernel.people.rules import SYSTEM, Actor
from tinhso.kernel.search.rules import fold
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.vault import rules
from tinhso.modules.vault.models import Item, Use
from tinhso.modules.vault.queries import items
from tinhso.modules.vault.queries.certificates import agency_name
from tinhso.modules.vault.queries.kinds import kind, kind_called, kind_from
from tinhso.modules.vault.queries.signatures import Checked, checked
from tinhso.modules.vault.rules import Permission, Validity

MOST_TEXT = 200_000
_LOCK_SPACE = 11  # of advisory locks: one owner's papers are put in one after the other


@dataclass(frozen=True)
class NewItem:
    """A paper on its way into the vault."""

    title: str
    attachment: Attachment
    origin: str
    source_key: str
    person_id: int | None
    business_id: int | None
    kind: str = ""
    issuer: str = ""
    number: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    scope: str = ""
    text: str = ""
    is_digitised: bool = False
    case_id: int | None = None
    replaces_source: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def keep(new: NewItem, *, signature: Checked, by: Actor, at: datetime) -> Item | None:
    """Put a paper into its owner's vault; None when nobody known owns it or it lies there already.

    A paper of the same kind and number as one that is there replaces it as the next version; a signed copy replaces the
    picture of the same paper. Both at once are decided by the database: one paper of one source, once.
    """
    if new.person_id is None and new.business_id is None:
        return None
    owner = {"business_id": new.business_id} if new.business_id is not None else {"person_id": new.person_id}
    _alone_with(new)
    if Item.objects.filter(source_key=new.source_key).exists():
        return None
    if Item.objects.filter(**owner, attachment__blob_id=new.attachment.blob_id).exists():
        return None
    before = _replaced_by(new, owner)
    item = Item.objects.create(
        **owner,
        **_said(new),
        **_signed(signature, at),
        version=before.version + 1 if before else 1,
        replaces=before,
        kept_at=at,
    )
    if before:
        Item.objects.filter(pk=before.pk).update(is_replaced=True)
    said = {"title": item.title, "origin": item.origin, "version": item.version}
    note(subject=f"vault/{item.token}", verb="vault.keep", by=by, at=at, data=said)
    return item


def _said(new: NewItem) -> dict[str, Any]:
    """What the paper says and where it comes from, cut to what the columns hold."""
    return {
        "kind": new.kind,
        "name_key": rules.name_key(new.title),
        "title": new.title[:300],
        "issuer": new.issuer[:250],
        "number": new.number[:80],
        "issued_on": new.issued_on,
        "valid_from": new.issued_on,
        "valid_until": new.valid_until or _usable_until(new),
        "scope": new.scope[:120],
        "attachment": new.attachment,
        "text": new.text[:MOST_TEXT],
        "needle": fold(f"{new.title} {new.number} {new.issuer} {new.text[:MOST_TEXT]}"),
        "data": dict(new.data),
        "origin": new.origin,
        "is_digitised": new.is_digitised,
        "case_id": new.case_id,
        "source_key": new.source_key,
    }


def _signed(signature: Checked, at: datetime) -> dict[str, Any]:
    return {
        "signature": signature.worth,
        "signed_by": signature.who[:200],
        "signature_valid_at": at if signature.holds else None,
    }


def _alone_with(new: NewItem) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        owner = -new.business_id if new.business_id is not None else new.person_id
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, owner])


def _replaced_by(new: NewItem, owner: Mapping[str, Any]) -> Item | None:
    """The paper of which the new one is a later edition."""
    rows = Item.objects.filter(**owner, is_replaced=False)
    if new.replaces_source:
        found = rows.filter(source_key=new.replaces_source).first()
        if found is not None:
            return found
    if not (new.kind and new.number):
        return None
    return rows.filter(kind=new.kind, number=new.number).order_by("-pk").first()


def _usable_until(new: NewItem) -> date | None:
    known = kind(new.kind)
    if known is None or known.months is None or new.issued_on is None:
        return None
    return months_later(new.issued_on, known.months)


@transaction.atomic
def keep_result(*, case_id: int, at: datetime) -> Item | None:
    """Put the granted result of a dossier into the applicant's vault; again it changes nothing."""
    sheet = dossiers.paper_dossiers([case_id]).get(case_id)
    if sheet is None or sheet.result_id is None or sheet.outcome != "granted":
        return None
    attachment = Attachment.objects.select_related("blob").get(pk=sheet.result_id)
    pdf = content(attachment)
    known = kind_from(sheet.procedure_code)
    return keep(
        NewItem(
            title=known.name if known else f"Kết quả: {sheet.procedure_name}",
            attachment=attachment,
            origin=Item.Origin.RESULT,
            source_key=f"result/{case_id}",
            person_id=sheet.person_id,
            business_id=sheet.business_id,
            kind=known.code if known else "",
            issuer=agency_name(sheet.unit_id),
            number=sheet.result_number,
            issued_on=timezone.localtime(sheet.signed_at).date() if sheet.signed_at else None,
            text=text_of(pdf),
            case_id=case_id,
            data={"procedure": sheet.procedure_code, "dossier": sheet.number},
        ),
        signature=checked(pdf),
        by=SYSTEM,
        at=at,
    )


@transaction.atomic
def keep_papers(*, case_id: int, at: datetime) -> int:
    """Put the papers that the applicant uploaded into their vault, once accepted; returns how many were new."""
    sheet = dossiers.paper_dossiers([case_id]).get(case_id)
    if sheet is None:
        return 0
    files = Attachment.objects.select_related("blob").in_bulk(
        [one.attachment_id for one in sheet.papers if one.source == "upload" and one.attachment_id is not None]
    )
    kept = 0
    for one in sheet.papers:
        attachment = files.get(one.attachment_id or 0)
        if attachment is None or one.source != "upload" or rules.is_form(one.name):
            continue
        pdf = content(attachment) if attachment.blob.media_type == PDF else b""
        new = NewItem(
            title=one.name,
            attachment=attachment,
            origin=Item.Origin.PAPER,
            source_key=f"part/{one.part_id}",
            person_id=sheet.person_id,
            business_id=sheet.business_id,
            kind=kind_called(one.name),
            text=text_of(pdf) if pdf else "",
            case_id=case_id,
            data={"procedure": sheet.procedure_code, "dossier": sheet.number, "component": one.code},
        )
        kept += keep(new, signature=checked(pdf), by=SYSTEM, at=at) is not None
    return kept


# --- Giving out ------------------------------------------------------------------------------------------------------


def offer(
    wanted: Mapping[str, str], *, person_id: int | None, business_id: int | None, by: Actor, at: datetime
) -> dict[str, list[KeptPaper]]:
    """What fits of a person's or business's papers; that an official was told of one is shown to its owner."""
    found = items.offer(wanted, person_id=person_id, business_id=business_id, at=at)
    if by.is_official and by.person_id != person_id:
        on = timezone.localtime(at).date()
        shown = {int(one.key) for papers in found.values() for one in papers}
        Use.objects.bulk_create(
            (
                Use(item_id=pk, how=Use.How.SHOWN, at=at, on=on, account_id=by.account_id, who=by.name[:160],
                    unit_id=by.unit_id)
                for pk in sorted(shown)
            ),
            ignore_conflicts=True,
        )  # fmt: skip
    return found


def take(key: str, *, person_id: int | None, business_id: int | None, by: Actor, at: datetime) -> TakenPaper:
    """A paper of this person or business for a dossier of theirs. Raises Refusal when it may not be used any more."""
    rows = Item.objects.of(person_id=person_id, business_id=business_id).select_related("attachment")
    item = rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 12 else None
    if item is None:
        raise NotFound("vault.no_item", "Không tìm thấy giấy tờ này trong kho. Tải lại trang rồi chọn lại.")
    state = item.validity(timezone.localtime(at).date())
    if state is not Validity.VALID:
        raise Refusal(
            "vault.not_valid",
            f"Không dùng được “{item.title}”: {rules.VALIDITY_WORDS[state].lower()}. Chọn giấy tờ khác hoặc tải lên.",
        )
    return TakenPaper(
        attachment=item.attachment,
        name=item.attachment.name,
        item_id=item.pk,
        is_digitised=item.is_digitised,
        signed_by=item.signed_by,
        signature=item.signature,
        signature_valid_at=item.signature_valid_at,
        valid_until=item.valid_until,
    )


@transaction.atomic
def take_into_dossier(*, case_id: int, part_id: int, key: str, by: Actor, at: datetime) -> None:
    """An official uses the applicant's kept paper instead of asking for it again (N309 Đ.2.1); the owner sees it."""
    dossiers.take_for_part(part_id=part_id, key=key, by=by, at=at)
    note_uses(case_id=case_id, by=by, at=at, how=Use.How.TAKEN)


@transaction.atomic
def note_uses(*, case_id: int, by: Actor, at: datetime, how: str = Use.How.FILED) -> int:
    """Remember which kept papers a dossier uses; the first time it counts as a dossier that reuses. Repeatable."""
    sheet = dossiers.paper_dossiers([case_id]).get(case_id)
    used = [one for one in sheet.papers if one.kept_as is not None] if sheet else []
    if sheet is None or not used:
        return 0
    case = Case.objects.locked(case_id)
    noted = set(Use.objects.filter(part_id__in=[one.part_id for one in used]).values_list("part_id", flat=True))
    there = set(Item.objects.filter(pk__in=[one.kept_as for one in used]).values_list("pk", flat=True))
    fresh = [one for one in used if one.part_id not in noted and one.kept_as in there]
    Use.objects.bulk_create(
        Use(
            item_id=one.kept_as or 0, how=how, at=at, on=timezone.localtime(at).date(), account_id=by.account_id,
            who=by.name[:160], unit_id=by.unit_id, case_id=case_id, part_id=one.part_id,
        )
        for one in fresh
    )  # fmt: skip
    if fresh and not Entry.objects.filter(case_id=case_id, verb="vault.reuse").exists():
        data = {"papers": len(fresh), "procedure": sheet.procedure_code, "field": sheet.field}
        cases.record(case, "vault.reuse", by=by, at=at, data=data)
    return len(fresh)


@transaction.atomic
def revoke(*, token: UUID, reason: str, by: Actor, at: datetime) -> Item:
    """Mark an issued paper as revoked: offered nowhere any more. For who may revoke in the unit that issued it."""
    item = Item.objects.select_for_update(of=("self",)).filter(token=token).first()
    if item is None or item.case_id is None:
        raise NotFound("vault.no_item", "Không tìm thấy giấy tờ này.")
    unit_id = Case.objects.values_list("unit_id", flat=True).get(pk=item.case_id)
    if not by.may(Permission.REVOKE, unit_id):
        raise NotAllowed
    words = reason.strip()
    if len(words) < 10:
        raise Refusal("vault.reason_needed", "Ghi lý do thu hồi, ít nhất 10 ký tự.", field="reason")
    if item.revoked_at is None:
        item.revoked_at, item.revoked_by_id, item.revoked_reason = at, by.account_id, words[:500]
        item.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
        note(subject=f"vault/{item.token}", verb="vault.revoke", by=by, at=at,
             data={"title": item.title, "reason": words[:500], "item": item.pk})  # fmt: skip
    return item
