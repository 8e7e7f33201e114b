"""Demonstration warnings: one that everybody sees, one of a commune, one that waits for a second person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.units.queries import tree
from tinhso.modules.warnings.actions import subscribing, writing
from tinhso.modules.warnings.models import Warning
from tinhso.modules.warnings.queries.places import places
from tinhso.modules.warnings.rules import Kind, Level, Text

WRITER, APPROVER = "quantri", "lanhdao.tinh"
FRAUD = (
    "Giả danh cán bộ gọi điện yêu cầu cài ứng dụng định danh",
    "Có người tự xưng cán bộ xã gọi điện, gửi đường dẫn yêu cầu cài ứng dụng rồi chiếm quyền điện thoại, rút tiền.",
    "Không bấm đường dẫn lạ, không đọc mã OTP cho ai. Gọi lại số của Ủy ban nhân dân xã hoặc 1022 để hỏi.",
)
POWER = (
    "Tạm ngừng cấp điện để sửa chữa lưới điện",
    "Ngừng cấp điện từ 7:30 đến 11:30 ngày mai tại một số tuyến đường; có điện lại sớm hơn nếu sửa xong.",
    "Sạc sẵn thiết bị cần dùng, tắt máy móc trước giờ ngừng điện.",
)
RAIN = (
    "Mưa lớn, đề phòng ngập cục bộ ven sông",
    "Dự báo mưa 50–100 mm trong 24 giờ tới, mực nước sông lên nhanh vào chiều tối.",
    "Không đi qua chỗ nước chảy xiết; kê cao đồ đạc; theo dõi thông báo tiếp theo.",
)


@transaction.atomic
def demo(at: datetime | None = None, **_more: Any) -> None:
    """Asked again it changes nothing."""
    now = at or timezone.now()
    writer = Account.objects.filter(username=WRITER).first()
    approver = Account.objects.filter(username=APPROVER).first()
    if writer is None or approver is None or Warning.objects.exists():
        return
    root = tree().root_ids[0]
    day = timezone.localdate(now)
    for account, role in ((writer, "warnings.writer"), (approver, "warnings.approver")):
        Grant.objects.get_or_create(account=account, role=role, unit_id=root, defaults={"begins_on": day})
        account.rights_version += 1
    commune = next(one.id for one in places() if one.parent_id is not None)
    one, two = actor_of(writer), actor_of(approver)
    rows = (
        (Kind.FRAUD, Level.CARE, FRAUD, root, 14, True),
        (Kind.POWER, Level.NEWS, POWER, commune, 2, True),
        (Kind.WEATHER, Level.DANGER, RAIN, root, 2, False),
    )
    for kind, level, words, area, days, is_out in rows:
        text = Text(*words, level, now, now + timedelta(days=days), frozenset({area}))
        made = writing.draft(kind=kind, unit_id=root, text=text, by=one, at=now, is_demonstration=True)
        writing.submit(warning_id=made.warning_id, by=one, at=now)
        if is_out:
            writing.publish(warning_id=made.warning_id, by=two, at=now)
    for citizen in Account.objects.filter(is_official=False, is_active=True).order_by("pk")[:2]:
        subscribing.subscribe(units=[root], by=actor_of(citizen), at=now)
