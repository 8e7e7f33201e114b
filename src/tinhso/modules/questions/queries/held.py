"""What questions hold of a person, told to that person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import Holding, Subject
from tinhso.modules.questions.models import Question


def _asked_by(subject: Subject) -> Any:
    """Those sent from the account."""
    return Question.objects.filter(case__owner_id=subject.account_id).select_related("case")


def _tell(row: Question) -> Mapping[str, Any]:
    case = row.case
    return {
        "Mã câu hỏi": case.number,
        "Trạng thái": case.state_of.name,
        "Gửi lúc": case.opened_at,
        "Câu hỏi": case.title,
        "Nội dung": row.text,
        "Tên": case.applicant,
        "Điện thoại": row.phone,
        "Thư điện tử": row.email,
        "Trả lời riêng": row.draft if case.state == "answered_privately" else "",
    }


def _files(row: Question) -> list[Attachment]:
    return [one.attachment for one in row.files.select_related("attachment__blob")]


HOLDINGS = (
    Holding(
        "questions.asked", "Câu hỏi đã gửi", "Trả lời bạn và báo tin", "Nghị định 42/2022/NĐ-CP", _asked_by, _tell,
        files=_files, order=22,
        law="Câu hỏi là hồ sơ công việc của cơ quan trả lời nên được lưu đủ thời hạn; sau đó được ẩn danh.",
    ),
)  # fmt: skip
