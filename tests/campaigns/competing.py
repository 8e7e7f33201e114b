"""A plan, a decided campaign and a recognised initiative for the tests of the whole."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.modules.campaigns.actions import awarding, running
from tinhso.modules.campaigns.models import Award
from tinhso.modules.campaigns.rules.asked import NewCampaign
from tinhso.modules.campaigns.rules.places import Prize, Rules
from tinhso.modules.initiatives.actions import appraising, proposing, settings
from tinhso.modules.initiatives.models import Member, Opinion
from tinhso.modules.initiatives.rules.asked import Proposal
from tinhso.modules.plans.actions import duties, tasks, writing
from tinhso.modules.plans.models import Duty
from tinhso.modules.plans.rules import PlanKind
from tinhso.modules.plans.rules.asked import Document, Issued, NewPlan, NewTask

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PLAN, CAMPAIGN = "ke-hoach-thu", "thi-dua-thu"
FIRST, LAST = date(2026, 1, 1), date(2026, 10, 31)


def compete(commune: Unit, author: Account, council: list[Account], *, at: datetime) -> None:
    """The commune issues what a plan demands, wins with it, and one of its officials has an initiative recognised."""
    root = tree().root_ids[0]
    paper = Document("1/KH-UBND", FIRST, "Ủy ban nhân dân", stream=io.BytesIO(PDF), name="ke-hoach.pdf")
    new = NewPlan(PLAN, "Kế hoạch để thử", PlanKind.PLAN, root, FIRST, date(2026, 12, 31), paper)
    plan = writing.draft_plan(new, by=SYSTEM, at=at)
    writing.publish(plan_id=plan.pk, by=SYSTEM, at=at)
    who = {"plan_id": plan.pk, "by": SYSTEM, "at": at}
    duties.demand(**who, title="Kế hoạch của xã", due_on=date(2026, 10, 30), unit_ids=[commune.pk])
    tasks.assign(**who, new=NewTask("Việc để thử", commune.pk, date(2026, 12, 18)))
    issued = Issued("2/KH-UBND", FIRST, stream=io.BytesIO(PDF), name="cua-xa.pdf")
    duties.issue(duty_id=Duty.objects.get().pk, document=issued, by=SYSTEM, at=at)
    _campaign(commune, root, at)
    _initiative(author, council, root, at)


def _campaign(commune: Unit, root: int, at: datetime) -> None:
    rules = Rules("plans.documents_issued", prizes=(Prize("g1", "Giải Nhất", 1),))
    new = NewCampaign(CAMPAIGN, "Thi đua để thử", root, FIRST, LAST, rules, [(commune.pk, "Cấp xã")])
    campaign = running.begin(new, by=SYSTEM, at=at)
    who = {"campaign_id": campaign.pk, "by": SYSTEM, "at": at}
    running.freeze(**who)
    awarding.propose(**who)
    awarding.settle(award_id=Award.objects.get().pk, grant=True, by=SYSTEM, at=at)
    awarding.decide(**who, number="3/QĐ-UBND", decided_on=at.date())


def _initiative(author: Account, council: list[Account], root: int, at: datetime) -> None:
    settings.publish_regulation(settings.seeded(), valid_from=FIRST, by=SYSTEM, at=at)
    sitting = settings.found_council(
        unit_id=root, name="Hội đồng để thử", decision_number="4/QĐ", begins_on=FIRST,
        usernames=[one.username for one in council], by=SYSTEM, at=at,
    )  # fmt: skip
    words = ("Sáng kiến để thử cho cả nhà", "other", "Trước đây chậm.", "Nay làm nhanh hơn nhiều.", "Nhanh hơn.")
    proposal = Proposal(*words, stream=io.BytesIO(PDF), name="sang-kien.pdf")
    made = proposing.propose(proposal, by=actor_of(author), at=at)
    who = {"initiative_id": made.pk, "by": SYSTEM, "at": at}
    appraising.appraise(**who, council_id=sitting.pk)
    Opinion.objects.bulk_create(
        Opinion(initiative=made, member=one, total=Decimal(90), given_at=at)
        for one in Member.objects.filter(council=sitting)
    )
    appraising.recognise(**who, number="5/QĐ-UBND", decided_on=at.date())
