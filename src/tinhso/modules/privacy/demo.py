"""A little for the demonstration: schedule, officer, approver, two requests, two breaches (one told, one waiting)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tinhso.kernel.people.models import Account, Grant
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.privacy.actions import breaches, requesting, schedules
from tinhso.modules.privacy.models import Breach, Request

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
    if officer is not None:
        _breaches(actor_of(officer), now)
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


def _breaches(officer: Actor, now: datetime) -> None:
    """One that was told in time, one whose time runs."""
    if Breach.objects.exists():
        return
    noticed = now - timedelta(days=12)
    told = breaches.notice(
        title="Gửi nhầm thư có danh sách hẹn trả", what="Thư có danh sách 40 người hẹn trả bị gửi nhầm nơi.",
        kinds=["identity", "contact"], noticed_at=noticed, happened_at=noticed - timedelta(hours=2), people_count=40,
        consequences="Người ngoài biết ai đã nộp hồ sơ gì.", measures="Đã yêu cầu nơi nhận xóa thư.",
        by=officer, at=noticed + timedelta(hours=1),
    )  # fmt: skip
    breaches.report(
        case_id=told.pk, name="", document="Công văn minh họa số 12", told_at=noticed + timedelta(hours=30),
        by=officer, at=noticed + timedelta(hours=31),
    )  # fmt: skip
    breaches.notice(
        title="Mất một máy tính bảng ở quầy", what="Máy tính bảng của quầy không còn ở chỗ; máy có khóa và mã hóa.",
        kinds=["identity"], noticed_at=now - timedelta(hours=20), by=officer, at=now - timedelta(hours=19),
    )  # fmt: skip
