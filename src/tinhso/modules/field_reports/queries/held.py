"""What field reports hold of a person, told to that person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import Subject
from tinhso.modules.field_reports.models import Follower, Report
from tinhso.modules.field_reports.queries.catalogue import category_of


def reports_of(subject: Subject) -> Any:
    """Those sent from the account."""
    return Report.objects.filter(account_id=subject.account_id).select_related("case")


def tell_report(row: Report) -> Mapping[str, Any]:
    return {
        "Mã phản ánh": row.case.number,
        "Loại": category_of(row).name,
        "Trạng thái": row.case.state_of.name,
        "Gửi lúc": row.received_at,
        "Nội dung": row.text,
        "Nơi": row.case.place,
        "Vĩ độ": row.latitude,
        "Kinh độ": row.longitude,
        "Tên": row.sender_name,
        "Điện thoại": row.phone,
        "Thư điện tử": row.email,
    }


def report_files(row: Report) -> list[Attachment]:
    photos = row.photos.exclude(stage="after").select_related("original__blob")
    return [one.original for one in photos]


def followed_by(subject: Subject) -> Any:
    return Follower.objects.filter(account_id=subject.account_id).select_related("report__case")


def tell_followed(row: Follower) -> Mapping[str, Any]:
    return {"Mã phản ánh": row.report.case.number, "Từ lúc": row.since}
