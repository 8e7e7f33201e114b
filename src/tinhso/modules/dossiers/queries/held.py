"""What dossiers hold of a person, told to that person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import Subject
from tinhso.modules.dossiers.models import Dossier, Draft


def drafts_of(subject: Subject) -> Any:
    return Draft.objects.open().filter(owner_id=subject.account_id)


def tell_draft(row: Draft) -> Mapping[str, Any]:
    return {"Thủ tục": row.title, "Lưu lúc": row.saved_at, "Tờ khai": row.answers}


def draft_files(row: Draft) -> list[Attachment]:
    return [part.attachment for part in row.parts.select_related("attachment__blob") if part.attachment]


def dossiers_of(subject: Subject) -> Any:
    """Those filed from the account, and those about the person that somebody else filed or a counter received."""
    mine = Q(case__owner_id=subject.account_id) | Q(person_id=subject.person_id or 0)
    return Dossier.objects.filter(mine).select_related("case", "result__blob")


def tell_dossier(row: Dossier) -> Mapping[str, Any]:
    return {
        "Mã hồ sơ": row.case.number, "Thủ tục": row.procedure_name, "Trạng thái": row.case.state_of.name,
        "Mở lúc": row.case.opened_at, "Hẹn trả": row.case.due_at, "Xong lúc": row.case.settled_at,
        "Người nộp": row.applicant_name, "Số định danh": row.identity_number, "Điện thoại": row.phone,
        "Thư điện tử": row.email, "Địa chỉ": row.address, "Nộp thay": row.on_behalf_of, "Tờ khai": row.answers,
        "Trao đổi": [
            {"Lúc": one.sent_at, "Từ": "Người nộp" if one.is_from_applicant else "Cơ quan", "Nội dung": one.text}
            for one in row.messages.all()
        ],
    }  # fmt: skip


def dossier_files(row: Dossier) -> list[Attachment]:
    parts = row.parts.exclude(attachment=None).select_related("attachment__blob")
    papers = row.papers.exclude(attachment=None).select_related("attachment__blob")
    kept = [*(one.attachment for one in parts), *(one.attachment for one in papers), row.result]
    return [one for one in kept if one is not None]
