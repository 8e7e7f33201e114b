"""Demonstration campaigns: one decided with certificates, this year's running on live measures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.demonstrating import employ
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.queries import tree
from tinhso.modules.campaigns.actions import awarding, running
from tinhso.modules.campaigns.models import Award, Campaign
from tinhso.modules.campaigns.queries import boards
from tinhso.modules.campaigns.rules.asked import NewCampaign
from tinhso.modules.campaigns.rules.places import Better, Prize, Rules, Ties

RESOLVED, TASKS = "campaigns.resolved_in_time", "plans.tasks_in_time"
RECEIVED = "indicators.dossiers_received_total"  # of those equally punctual, who had more to do
PRIZES = (Prize("g1", "Giải Nhất", 1), Prize("g2", "Giải Nhì", 2), Prize("g3", "Giải Ba", 3))


@transaction.atomic
def demo(at: datetime | None = None, seed: int = 1, **_more: Any) -> None:
    """A decided campaign and two that run, marked as demonstration; asked again it changes nothing."""
    now = at or timezone.now()
    if Campaign.objects.exists():
        return
    today = timezone.localdate(now)
    _employ(today)
    _decided(today, now)
    whole_year = (today.replace(month=1, day=1), today.replace(month=12, day=31))
    _running(
        f"dung-han-{today.year}", f"Thi đua giải quyết đúng hạn năm {today.year}", RESOLVED, "kinds", whole_year, now
    )
    if TASKS in registry.measures:
        period = (whole_year[0], today + timedelta(days=60))
        _running(f"nhiem-vu-{today.year}", "Thi đua hoàn thành nhiệm vụ của kế hoạch", TASKS, "all", period, now)


def _employ(day: date) -> None:
    """Who looks on, who runs campaigns and who sits on the council."""
    employ(
        day,
        at_home=(("chuyenvien", "campaigns.viewer"), ("lanhdao", "campaigns.viewer")),
        centrally=(("lanhdao.tinh", "campaigns.manager"), ("kiemsoat", "campaigns.council")),
    )


def _begun(
    code: str, name: str, measure: str, way: str, period: tuple[date, date], number: str, at: datetime
) -> Campaign:
    has_second = measure == RESOLVED and RECEIVED in registry.measures
    rules = Rules(
        measure, Better.HIGH, 1, Ties.SECOND if has_second else Ties.SHARED, RECEIVED if has_second else "",
        Better.HIGH, PRIZES,
    )  # fmt: skip
    new = NewCampaign(
        code, f"{name} (minh họa)", tree().root_ids[0], *period, rules,
        boards.entrants_by(way, min(period[1], timezone.localdate(at))),
        document_number=number, summary="So sánh các đơn vị cùng nhóm; bảng xếp hạng cập nhật liên tục.",
        is_demonstration=True,
    )  # fmt: skip
    return running.begin(new, by=SYSTEM, at=at)


def _running(code: str, name: str, measure: str, way: str, period: tuple[date, date], now: datetime) -> None:
    _begun(code, name, measure, way, period, "88/KH-MH", now)


def _decided(today: date, now: datetime) -> None:
    """The last whole months: frozen, awards granted but one, published under a decision.

    A province in which nothing was resolved has nothing to freeze: its campaign runs on."""
    until = today.replace(day=1) - timedelta(days=1)
    period = ((until - timedelta(days=150)).replace(day=1), until)
    name = f"Thi đua giải quyết đúng hạn đến hết {until:%m/%Y}"
    campaign = _begun(f"dung-han-{until:%Y-%m}", name, RESOLVED, "kinds", period, "71/KH-MH", now)
    try:
        running.freeze(campaign_id=campaign.pk, by=SYSTEM, at=now)
    except Refusal:
        return
    awarding.propose(campaign_id=campaign.pk, by=SYSTEM, at=now)
    awards = list(Award.objects.filter(entrant__campaign=campaign).order_by("pk"))
    for n, award in enumerate(awards, start=1):
        refused = n == len(awards) > 1
        reason = "Chưa gửi hồ sơ đề nghị (minh họa)" if refused else ""
        awarding.settle(award_id=award.pk, grant=not refused, reason=reason, by=SYSTEM, at=now)
    awarding.decide(campaign_id=campaign.pk, number="45/QĐ-MH", decided_on=today, by=SYSTEM, at=now)
