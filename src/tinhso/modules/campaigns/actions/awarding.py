"""Proposing awards by the rules, deciding on each, and the decision that makes them public."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tinhso.kernel.cases.actions import take_number
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.campaigns.actions.running import ask, locked, subject
from tinhso.modules.campaigns.models import Award, Campaign, Entrant
from tinhso.modules.campaigns.queries import boards
from tinhso.modules.campaigns.rules import places
from tinhso.modules.campaigns.rules.words import AwardState, CampaignState, Permission


@transaction.atomic
def propose(*, campaign_id: int, by: Actor, at: datetime) -> list[Award]:
    """Propose what the rules give: the first places of each group; who is proposed already stays as it is."""
    campaign = locked(campaign_id, "propose")
    ask(campaign, by)
    rules, _edition = boards.rules_on(campaign, campaign.until)
    entrants = {one.unit_id: one for one in Entrant.objects.filter(campaign=campaign)}
    frozen = {one.unit_id: one.place for one in entrants.values() if one.place is not None}
    names = {one.code: one.name for one in rules.prizes}
    known = set(Award.objects.filter(entrant__campaign=campaign).values_list("entrant_id", flat=True))
    made = []
    for unit, prize in places.winners(boards.standings(list(entrants.values())), frozen, rules):
        if entrants[unit].pk not in known:
            made.append(_propose(campaign, entrants[unit], prize, names[prize], "", by, at))
    return made


@transaction.atomic
def propose_one(*, campaign_id: int, unit_id: int, prize: str, reason: str, by: Actor, at: datetime) -> Award:
    """Propose a prize for a unit beside what the rules give; the reason is shown to the council."""
    campaign = locked(campaign_id, "propose")
    ask(campaign, by)
    rules, _edition = boards.rules_on(campaign, campaign.until)
    name = next((one.name for one in rules.prizes if one.code == prize), None)
    entrant = Entrant.objects.filter(campaign=campaign, unit_id=unit_id).first()
    if name is None or entrant is None:
        raise NotFound
    if len(reason.strip()) < 5:
        raise Refusal("campaigns.reason", "Ghi lý do đề nghị bằng một câu.", field="reason")
    if Award.objects.filter(entrant=entrant).exists():
        raise Refusal("campaigns.proposed_already", "Đơn vị này đã được đề nghị.", field="unit")
    return _propose(campaign, entrant, prize, name, reason.strip()[:300], by, at)


def _propose(
    campaign: Campaign, entrant: Entrant, prize: str, name: str, reason: str, by: Actor, at: datetime
) -> Award:
    made = Award.objects.create(
        entrant=entrant, prize=prize, prize_name=name, reason=reason, proposed_at=at, proposed_by_id=by.account_id
    )
    data = {"award": name, "unit": boards.unit_name(entrant.unit_id), "reason": reason}
    note(subject=subject(campaign), verb="campaigns.propose", by=by, at=at, data=data)
    return made


@transaction.atomic
def settle(*, award_id: int, grant: bool, reason: str = "", by: Actor, at: datetime) -> Award:
    """Grant or refuse a proposal; refusing needs a reason. Nobody decides on the own unit's or the own proposal."""
    campaign, award = _locked_award(award_id, by)
    _refuse_own(award, by)
    if award.state != AwardState.PROPOSED:
        raise Refusal("campaigns.settled", "Đề nghị này đã được quyết định.")
    if not grant and len(reason.strip()) < 5:
        raise Refusal("campaigns.reason", "Ghi lý do không tặng bằng một câu.", field="reason")
    return _settle(campaign, award, grant, reason, by, at)


@transaction.atomic
def settle_tied(*, award_id: int, grant: bool, reason: str, by: Actor, at: datetime) -> tuple[int, int]:
    """Settle alike, for one reason, all proposals that share the place and the prize of this one in its group.

    Each is a decision of its own with its entry. What this member may not decide stays proposed for another. Returns
    how many were settled and how many stay; refused where none can be."""
    campaign, award = _locked_award(award_id, by)
    if len(reason.strip()) < 5:
        raise Refusal("campaigns.reason", "Ghi một lý do chung cho các đơn vị đồng hạng.", field="reason")
    entrant = award.entrant
    rows = Award.objects.select_for_update(of=("self",)).select_related("entrant").filter(
        entrant__campaign=campaign, entrant__group=entrant.group, entrant__place=entrant.place, prize=award.prize,
        state=AwardState.PROPOSED,
    )  # fmt: skip
    tied = list(rows.order_by("pk"))
    free = [one for one in tied if _why_not(one, by) is None]
    if not tied:
        raise Refusal("campaigns.settled", "Các đề nghị này đã được quyết định.")
    if not free:
        _refuse_own(tied[0], by)
    for one in free:
        _settle(campaign, one, grant, reason, by, at)
    return len(free), len(tied) - len(free)


def _locked_award(award_id: int, by: Actor) -> tuple[Campaign, Award]:
    """The award with its campaign, both under lock, for a member of its council."""
    campaign_id = Award.objects.filter(pk=award_id).values_list("entrant__campaign_id", flat=True).first()
    if campaign_id is None:
        raise NotFound
    campaign = locked(campaign_id, "settle")
    if not by.may(Permission.DECIDE, campaign.unit_id):
        raise NotAllowed
    return campaign, Award.objects.select_for_update(of=("self",)).select_related("entrant").get(pk=award_id)


def _settle(campaign: Campaign, award: Award, grant: bool, reason: str, by: Actor, at: datetime) -> Award:
    award.state = AwardState.GRANTED if grant else AwardState.REFUSED
    award.reason = reason.strip()[:300] or award.reason
    award.settled_at, award.settled_by_id = at, by.account_id
    award.save(update_fields=["state", "reason", "settled_at", "settled_by"])
    data = {
        "award": award.prize_name, "unit": boards.unit_name(award.entrant.unit_id), "reason": reason,
        "outcome": "tặng" if grant else "không tặng",
    }  # fmt: skip
    note(subject=subject(campaign), verb="campaigns.settle", by=by, at=at, data=data)
    return award


def _refuse_own(award: Award, by: Actor) -> None:
    no = _why_not(award, by)
    if no is not None:
        raise no


def _why_not(award: Award, by: Actor) -> NotAllowed | None:
    """Why a member may not decide on this one, if so."""
    if by.account_id is None:
        return None
    known = tree()
    if by.unit_id is not None and known.body_of(by.unit_id).id == known.body_of(award.entrant.unit_id).id:
        words = "Thành viên hội đồng không quyết định khen thưởng cho đơn vị mình."
        return NotAllowed("campaigns.own_unit", words)
    if award.proposed_by_id == by.account_id:
        return NotAllowed("campaigns.own_proposal", "Người đề nghị không quyết định đề nghị của mình.")
    return None


@transaction.atomic
def decide(*, campaign_id: int, number: str, decided_on: date, by: Actor, at: datetime) -> Campaign:
    """Publish the awards under the decision's number; certificates get their numbers, everybody can read it."""
    campaign = locked(campaign_id, "decide")
    if not by.may(Permission.DECIDE, campaign.unit_id):
        raise NotAllowed
    awards = list(
        Award.objects.select_for_update(of=("self",))
        .filter(entrant__campaign=campaign)
        .order_by("entrant__group", "entrant__place", "pk")
    )
    if any(one.state == AwardState.PROPOSED for one in awards):
        raise Refusal("campaigns.unsettled", "Còn đề nghị chưa quyết định. Quyết định hết rồi công bố.")
    granted = [one for one in awards if one.state == AwardState.GRANTED]
    if not granted:
        raise Refusal("campaigns.no_award", "Chưa có đơn vị nào được tặng nên chưa công bố được.")
    for one in granted:
        one.number = take_number(f"campaigns/{decided_on.year}")
        one.save(update_fields=["number"])
    campaign.state, campaign.decided_at = CampaignState.DECIDED, at
    campaign.decision_number, campaign.decided_on = number, decided_on
    campaign.save(update_fields=["state", "decided_at", "decision_number", "decided_on"])
    data = {"number": number, "awards": len(granted), "campaign": campaign.pk}
    note(subject=subject(campaign), verb="campaigns.decide", by=by, at=at, data=data)
    return campaign
