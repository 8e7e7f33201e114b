"""Campaigns in a real province and the people around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.manifest import Measured
from tinhso.kernel.people.models import Account
from tinhso.kernel.testing import people
from tinhso.kernel.testing.people import actor
from tinhso.kernel.testing.province import Province
from tinhso.modules.campaigns.actions import awarding, running
from tinhso.modules.campaigns.models import Award, Campaign
from tinhso.modules.campaigns.rules.asked import NewCampaign
from tinhso.modules.campaigns.rules.places import Prize, Rules

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
OVER = datetime(2026, 7, 1, 2, tzinfo=UTC)
RULES = Rules("test.first", prizes=(Prize("g1", "Giải Nhất", 1), Prize("g2", "Giải Nhì", 1)))


@dataclass(frozen=True)
class Stage:
    """Who looks on in a commune, who runs campaigns, the council (one of them works in the commune)."""

    here: Province
    viewer: Account
    manager: Account
    council: Account
    judge_of_own: Account


def people_of(here: Province) -> Stage:
    return Stage(
        here,
        people.official("xem", here.commune, "campaigns.viewer"),
        people.official("chu.tri", here.root, "campaigns.manager"),
        people.official("hoi.dong", here.department, "campaigns.council", also_on=(here.root,)),
        people.official("trong.nha", here.commune, "campaigns.council", also_on=(here.root,)),
    )


def taken(known: dict[str, dict[int, str]], code: str) -> Any:
    def values(unit_ids: Any, since: date, until: date) -> dict[int, Measured]:
        return {unit: Measured(Decimal(known[code][unit]), f"đến {until}") for unit in unit_ids if unit in known[code]}

    return values


def begun(stage: Stage, rules: Rules = RULES, code: str = "thi-dua", entrants: Any = None) -> Campaign:
    here = stage.here
    units = entrants or [(here.commune.pk, "Cấp xã"), (here.other.pk, "Cấp xã"), (here.department.pk, "Sở, ngành")]
    new = NewCampaign(
        code, "Thi đua nộp hồ sơ trực tuyến", here.root.pk, date(2026, 1, 1), date(2026, 6, 30), rules, units, "1/KH"
    )
    return running.begin(new, by=actor(stage.manager), at=NOW)


def frozen(stage: Stage, figures: dict[str, dict[int, str]], rules: Rules = RULES) -> Campaign:
    """Commune 91,2 before the other 88,0; the department alone in its group."""
    here = stage.here
    figures["test.first"] |= {here.commune.pk: "91.2", here.other.pk: "88", here.department.pk: "70"}
    campaign = begun(stage, rules)
    return running.freeze(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER)


def proposed(stage: Stage, figures: dict[str, dict[int, str]]) -> tuple[Campaign, list[Award]]:
    campaign = frozen(stage, figures)
    return campaign, awarding.propose(campaign_id=campaign.pk, by=actor(stage.manager), at=OVER)


def decided(stage: Stage, figures: dict[str, dict[int, str]]) -> Campaign:
    campaign, awards = proposed(stage, figures)
    for award in awards:
        own = award.entrant.unit_id == stage.here.department.pk
        who = stage.judge_of_own if own else stage.council
        awarding.settle(award_id=award.pk, grant=True, by=actor(who), at=OVER)
    return awarding.decide(
        campaign_id=campaign.pk, number="45/QĐ-UBND", decided_on=date(2026, 7, 1), by=actor(stage.council), at=OVER
    )
