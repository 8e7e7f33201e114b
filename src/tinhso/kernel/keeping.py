"""What the kernel itself keeps of people: how it ends when its time is over, and how it is told to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files import actions as files
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.journal.models import View
from tinhso.kernel.journal.rules import NAMELESS
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import Status
from tinhso.kernel.manifest import Fate, Holding, Retained, Spared, Subject
from tinhso.kernel.notices.models import Device, Notice, Preference, QuietHours
from tinhso.kernel.people.models import Person
from tinhso.kernel.processes.models import Step
from tinhso.kernel.search.rules import fold

ENDED = (Status.REVOKED, Status.REFUSED)


def forget_cases(case_ids: Sequence[int], *, record: str) -> None:
    """Take whoever filed them out of case rows, steps and history; numbers, states, times and figures stay."""
    for case in Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids).order_by("pk"):
        case.applicant, case.owner_id, case.place = NAMELESS, None, ""
        case.needle = fold(f"{case.number} {case.title}")
        case.save(update_fields=["applicant", "owner", "place", "needle"])
    Step.objects.filter(case__in=case_ids).exclude(note="", answer="").update(note="", answer="")
    journal.erase_of_cases(case_ids, record=record)


def _notices_due(before: datetime, spared: Spared) -> Any:
    return spared.leave_out(Notice.objects.filter(created_at__lt=before), case="case_id", person="account__person_id")


def _end_notices(ids: Sequence[int], **_more: Any) -> None:
    Notice.objects.filter(pk__in=ids).delete()


def _views_due(before: datetime, spared: Spared) -> Any:
    return spared.leave_out(View.objects.filter(on__lt=timezone.localdate(before)), case="case_id")


def _end_views(ids: Sequence[int], **_more: Any) -> None:
    View.objects.filter(pk__in=ids).delete()


def _mandates_due(before: datetime, spared: Spared) -> Any:
    """Ended, refused, taken back or never taken up; each still shows a paper or a number of somebody."""
    day = timezone.localdate(before)
    over = Q(ends_on__lt=day) | Q(status__in=ENDED, ended_at__lt=before) | Q(status__in=ENDED, decided_at__lt=before)
    rows = Mandate.objects.filter(over).exclude(subject_name=NAMELESS)
    return spared.leave_out(rows, person="person_id")


def _end_mandates(ids: Sequence[int], *, record: str, at: datetime) -> None:
    rows = Mandate.objects.filter(pk__in=ids)
    papers = list(rows.exclude(proof=None).values_list("proof_id", flat=True))
    for pk in ids:  # the number stays apart for each: one may not have two open ones for the same somebody
        Mandate.objects.filter(pk=pk).update(
            subject_name=NAMELESS, subject_number=f"#{pk}"[:14], proof=None, reason="", code_hash=None
        )
    files.let_go(papers)
    journal.erase_of_subjects([f"mandate/{pk}" for pk in ids], record=record)


RETAINED = (
    Retained("notices", "Thông báo đã gửi", "ngày gửi", Fate.DESTROY, _notices_due, _end_notices),
    Retained("views", "Nhật ký lượt xem hồ sơ", "ngày xem", Fate.DESTROY, _views_due, _end_views),
    Retained(
        "mandates", "Giấy tờ chứng minh đại diện, ủy quyền", "ngày hết hiệu lực", Fate.ANONYMISE, _mandates_due,
        _end_mandates,
    ),
)  # fmt: skip


def _erase_notices(subject: Subject, **_more: Any) -> int:
    return Notice.objects.filter(account_id=subject.account_id).delete()[0]


def _erase_wishes(subject: Subject, **_more: Any) -> int:
    kept = (Device, Preference, QuietHours)
    return sum(one._default_manager.filter(account_id=subject.account_id).delete()[0] for one in kept)


def _tell_person(row: Person) -> dict[str, Any]:
    return {
        "Họ và tên": row.full_name, "Số định danh": row.identity_number or "", "Số tự khai": row.declared_number,
        "Ngày sinh": row.born_on, "Giới tính": {True: "Nữ", False: "Nam", None: ""}[row.is_female],
        "Nơi ở": row.address, "Điện thoại": row.phone, "Thư điện tử": row.email, "Ghi nhận lúc": row.created_at,
    }  # fmt: skip


def _tell_mandate(row: Mandate) -> dict[str, Any]:
    return {
        "Người nộp thay": row.holder.display_name if row.holder else "", "Nộp thay": row.subject_name,
        "Lý do": row.basis_words, "Từ ngày": row.begins_on, "Đến ngày": row.ends_on, "Trạng thái": row.status,
    }  # fmt: skip


def _own_mandates(subject: Subject) -> Any:
    mine = Q(holder_id=subject.account_id) | Q(person_id=subject.person_id or 0)
    return Mandate.objects.filter(mine).select_related("holder", "proof__blob")


_LAW = "Nhiệm vụ của cơ quan nhà nước theo pháp luật"
_SERVICE = "Để cung cấp dịch vụ bạn dùng"
HOLDINGS = (
    Holding(
        "person", "Thông tin về bạn", "Điền sẵn tờ khai, liên hệ với bạn", _LAW,
        lambda subject: Person.objects.filter(pk=subject.person_id or 0), _tell_person, page="account", order=1,
        law="Cần để nhận ra bạn khi còn tài khoản. Đóng tài khoản thì thông tin này được ẩn danh sau thời hạn lưu.",
    ),
    Holding(
        "identities", "Tài khoản định danh đã liên kết", "Đăng nhập", _SERVICE,
        lambda subject: Identity.objects.filter(account_id=subject.account_id),
        lambda row: {"Nơi cấp": row.issuer, "Mức độ": row.level, "Liên kết": row.linked_at, "Dùng": row.used_at},
        page="identity:list", order=2, law="Bạn tự gỡ liên kết ở trang Đăng nhập và thiết bị.",
    ),
    Holding(
        "mandates", "Đại diện, ủy quyền", "Biết ai được nộp hồ sơ thay ai", _LAW, _own_mandates, _tell_mandate,
        files=lambda row: [row.proof] if row.proof else [], page="mandates:list", order=5,
        law="Là căn cứ của hồ sơ đã nộp thay; được hủy theo thời hạn lưu. Quyền còn hiệu lực thì bạn thu được ngay.",
    ),
    Holding(
        "notices", "Thông báo", "Báo cho bạn về việc của bạn", _SERVICE,
        lambda subject: Notice.objects.filter(account_id=subject.account_id),
        lambda row: {"Lúc": row.created_at, "Tiêu đề": row.title, "Nội dung": row.body, "Đọc lúc": row.read_at},
        page="notices:list", erase=_erase_notices, order=60,
    ),
    Holding(
        "wishes", "Trình duyệt nhận thông báo", "Gửi thông báo tới máy bạn", "Sự đồng ý của bạn",
        lambda subject: Device.objects.filter(account_id=subject.account_id),
        lambda row: {"Tên": row.name, "Thêm lúc": row.added_at}, page="notices:settings", erase=_erase_wishes,
        on_close=_erase_wishes, order=61,
    ),
)  # fmt: skip
