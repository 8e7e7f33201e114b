"""A little for the demonstration: the schedule, an officer, an approver, a request that waits and one that is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.units.queries import tree
from tinhso.modules.privacy.actions import requesting, schedules
from tinhso.modules.privacy.models import Request

EMPLOYED = {"giamdoc.trungtam": "privacy.officer", "lanhdao.tinh": "privacy.approver"}
CITIZEN = "dan.lan"


def demo(at: datetime | None = None, **_more: Any) -> None:
    """Loaded twice it changes nothing."""
    now = at or timezone.now()
    schedules.load_seeds(at=now)
    root = tree().root_ids[0]
    for username, role in EMPLOYED.items():
        account = Account.objects.filter(username=username, is_demonstration=True).first()
        if account is not None:
            Grant.objects.get_or_create(
                account=account, role=role, unit_id=root, defaults={"begins_on": timezone.localdate(now)}
            )
    citizen = Account.objects.filter(username=CITIZEN, is_demonstration=True).first()
    officer = Account.objects.filter(username="giamdoc.trungtam", is_demonstration=True).first()
    if citizen is None or officer is None or Request.objects.exists():
        return
    lan, early = actor_of(citizen), now - timedelta(days=3)
    done = requesting.ask(sort="correct", text="Địa chỉ của tôi đã đổi sang khu phố 3.", by=lan, at=early)
    requesting.ask(
        sort="erase", text="Xóa giúp tôi các bản nháp không dùng nữa.", chosen=["dossiers.drafts"], by=lan, at=now
    )
    requesting.carry_out(
        case_id=done.pk, answer="Đã sửa địa chỉ trong thông tin của bạn.", by=actor_of(officer), at=now
    )
