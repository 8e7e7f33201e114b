"""Filling in: begin a draft, save what was typed, add and remove papers, throw it away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.files import actions as files
from tinhso.kernel.mandates import queries as mandates
from tinhso.kernel.people.rules import Actor
from tinhso.modules.dossiers.models import Draft, Part
from tinhso.modules.dossiers.queries import catalogue
from tinhso.modules.procedures import door as procedures

MAX_PARTS = 60


def begin(
    *,
    procedure_code: str,
    branch: str,
    by: Actor,
    at: datetime,
    prefill: Mapping[str, Any],
    mandate_id: int | None = None,
) -> Draft:
    """A new draft on the procedure's version in force, for oneself or by a mandate for somebody else.

    Raises NotFound when it cannot be filed here, Refusal ``mandates.not_valid`` when one may not act for them."""
    if by.account_id is None:
        raise NotAllowed("people.sign_in", "Đăng nhập để nộp hồ sơ. Những gì bạn đã chọn vẫn được giữ.")
    sheet = procedures.published(procedure_code, timezone.localtime(at).date())
    if sheet is None or not sheet.is_online:
        raise NotFound(
            "dossiers.not_filed_here", "Thủ tục này chưa nhận hồ sơ trực tuyến ở đây. Xem nơi nộp trên trang thủ tục."
        )
    if mandate_id is not None:
        mandates.required(mandate_id=mandate_id, by=by, on=timezone.localtime(at).date())
    return Draft.objects.create(
        owner_id=by.account_id,
        mandate_id=mandate_id,
        procedure_code=sheet.code,
        version_id=sheet.version_id,
        branch=branch,
        title=catalogue.title_of(sheet, branch),
        answers=dict(prefill),
        saved_at=at,
    )


def locked(token: UUID | str, by: Actor) -> Draft:
    """One's own open draft, held until the transaction ends."""
    draft = Draft.objects.visible_to(by).select_for_update().filter(token=token).first()
    if draft is None:
        raise NotFound("dossiers.no_draft", "Không tìm thấy bản nháp này. Có thể bạn đã nộp hoặc đã xóa.")
    if draft.dossier_id is not None:
        raise Refusal("dossiers.already_filed", "Hồ sơ này đã nộp. Mở mục Hồ sơ để theo dõi.")
    return draft


@transaction.atomic
def save(
    *,
    token: UUID | str,
    answers: Mapping[str, Any],
    by: Actor,
    at: datetime,
    section: str = "",
    is_done: bool = False,
    revision: int | None = None,
) -> Draft:
    """Keep what was typed, field by field, however incomplete.

    With the ``revision`` on which a page was opened, another device that saved the same
    fields since makes it refuse (Stale)."""
    draft = locked(token, by)
    if revision is not None and revision != draft.revision and _differs(draft.answers, answers):
        raise Stale(
            "dossiers.draft_changed",
            "Bản nháp vừa được sửa trên thiết bị hoặc thẻ khác. Xem hai bản rồi chọn bản muốn giữ.",
        )
    draft.answers = {**draft.answers, **answers}
    draft.saved_at, draft.revision = at, draft.revision + 1
    if section:
        draft.section = section
        done = [code for code in draft.sections_done if code != section]
        draft.sections_done = [*done, section] if is_done else done
    draft.save(update_fields=["answers", "saved_at", "revision", "section", "sections_done"])
    return draft


@transaction.atomic
def renew(*, token: UUID | str, by: Actor, at: datetime) -> Draft:
    """Bring a draft to the version of its procedure in force today; what was answered and handed in stays.

    A dossier follows the version in force when it is filed. Raises NotFound when it is no longer filed here, Refusal
    ``dossiers.branch_gone`` when the new version does not have the draft's case."""
    draft = locked(token, by)
    sheet = procedures.published(draft.procedure_code, timezone.localtime(at).date())
    if sheet is None or not sheet.is_online:
        raise NotFound("dossiers.not_filed_here", "Thủ tục này không còn nhận hồ sơ trực tuyến.")
    if sheet.branches and draft.branch not in {one.code for one in sheet.branches}:
        raise Refusal(
            "dossiers.branch_gone",
            "Bản mới của thủ tục không còn trường hợp bạn đã chọn. Mở trang thủ tục và chọn lại trường hợp.",
        )
    draft.version_id, draft.title = sheet.version_id, catalogue.title_of(sheet, draft.branch)
    draft.saved_at, draft.revision = at, draft.revision + 1
    draft.save(update_fields=["version_id", "title", "saved_at", "revision"])
    return draft


def _differs(kept: Mapping[str, Any], typed: Mapping[str, Any]) -> bool:
    return any(kept.get(code, "") not in ("", None, value) for code, value in typed.items())


@transaction.atomic
def attach(
    *, token: UUID | str, code: str, name: str, stream: IO[bytes], file_name: str, by: Actor, at: datetime
) -> Part:
    """Add a file to a paper of the draft. The file is judged by its content; see ``kernel.files``."""
    draft = locked(token, by)
    if draft.parts.count() >= MAX_PARTS:
        raise Refusal(
            "dossiers.too_many_files", f"Mỗi hồ sơ nhận tối đa {MAX_PARTS} tệp. Gộp các trang vào một tệp PDF."
        )
    attachment = files.store(stream, name=file_name, by_account_id=by.account_id, purpose="dossiers.component")
    part = Part.objects.create(draft=draft, code=code[:60], name=name[:300], attachment=attachment, added_at=at)
    draft.saved_at = at
    draft.save(update_fields=["saved_at"])
    return part


@transaction.atomic
def detach(*, token: UUID | str, part_id: int, by: Actor) -> None:
    """Remove a file from the draft; removing it twice changes nothing."""
    locked(token, by).parts.filter(pk=part_id).delete()


@transaction.atomic
def discard(*, token: UUID | str, by: Actor) -> None:
    """Throw the draft away."""
    locked(token, by).delete()
