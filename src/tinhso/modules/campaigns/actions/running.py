"""Beginning a campaign, its rules, the leaderboard as a projection, and freezing it with all it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import Measured, registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.versions import actions as versions
from tinhso.modules.campaigns.models import Campaign, CampaignRules, Entrant
from tinhso.modules.campaigns.queries import boards
from tinhso.modules.campaigns.rules import bundles, places
from tinhso.modules.campaigns.rules.asked import NewCampaign
from tinhso.modules.campaigns.rules.places import Rules
from tinhso.modules.campaigns.rules.words import MOVES, CampaignState, Permission

BATCH = 2000


def subject(campaign: Campaign) -> str:
    return f"campaigns/{campaign.pk}"


def ask(campaign: Campaign, by: Actor) -> None:
    """Refused for who does not manage the campaigns of the unit that holds this one."""
    if not by.may(Permission.MANAGE, campaign.unit_id):
        raise NotAllowed


def locked(campaign_id: int, move: str) -> Campaign:
    """The campaign under lock, when this can be done with it now. Raises Refusal ``campaigns.state``."""
    found = Campaign.objects.locked(campaign_id)
    if CampaignState(found.state) not in MOVES[move]:
        raise Refusal("campaigns.state", "Phong trào đã sang bước khác. Tải lại trang để xem.")
    return found


@transaction.atomic
def begin(new: NewCampaign, *, by: Actor, at: datetime) -> Campaign:
    """Begin a campaign: rules published, units put into their groups, the first leaderboard projected."""
    if not by.may(Permission.MANAGE, new.unit_id):
        raise NotAllowed
    if new.until < new.since:
        raise Refusal("campaigns.period", "Ngày cuối không được trước ngày đầu.", field="until")
    places.check(new.rules, registry.measures)
    if not new.entrants:
        raise Refusal("campaigns.no_units", "Chọn ít nhất một nhóm đơn vị tham gia.", field="way")
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                code=new.code, name=new.name, unit_id=new.unit_id, since=new.since, until=new.until,
                document_number=new.document_number, summary=new.summary, is_demonstration=new.is_demonstration,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("campaigns.code_taken", "Mã phong trào này đã dùng. Chọn mã khác.", field="code") from None
    Entrant.objects.bulk_create(
        (Entrant(campaign=campaign, unit_id=unit, group=group) for unit, group in new.entrants), batch_size=BATCH
    )
    _publish(campaign, new.rules, new.since, by, at)
    data = {"name": campaign.name, "units": len(new.entrants), "campaign": campaign.pk}
    note(subject=subject(campaign), verb="campaigns.begin", by=by, at=at, data=data)
    project(campaign_id=campaign.pk, at=at)
    campaign.refresh_from_db()
    return campaign


def _publish(campaign: Campaign, rules: Rules, since: date, by: Actor, at: datetime) -> CampaignRules:
    draft = versions.draft(
        CampaignRules, parent_id=campaign.pk, content=rules.to_json(), by=by, at=at,
        legal_source=campaign.document_number,
    )  # fmt: skip
    return versions.publish(draft, valid_from=since, by=by, at=at)[0]


@transaction.atomic
def change_rules(*, campaign_id: int, rules: Rules, since: date, words: str, by: Actor, at: datetime) -> CampaignRules:
    """Let other rules hold from a day on, with the reason; the whole period is placed by those of its last day."""
    campaign = locked(campaign_id, "change_rules")
    ask(campaign, by)
    places.check(rules, registry.measures)
    if not campaign.since <= since <= campaign.until:
        raise Refusal("campaigns.period", "Ngày áp dụng phải nằm trong thời gian của phong trào.", field="rules_since")
    made = _publish(campaign, rules, since, by, at)
    data = {"number": made.number, "since": f"{since:%d/%m/%Y}", "words": words, "hash": made.content_hash}
    note(subject=subject(campaign), verb="campaigns.change_rules", by=by, at=at, data=data)
    project(campaign_id=campaign.pk, at=at)
    return made


@transaction.atomic
def withdraw(*, campaign_id: int, unit_id: int, words: str, by: Actor, at: datetime) -> None:
    """Take a unit out of a running campaign, with the reason, such as one that was dissolved."""
    campaign = locked(campaign_id, "withdraw")
    ask(campaign, by)
    if not Entrant.objects.filter(campaign=campaign, unit_id=unit_id).delete()[0]:
        raise NotFound
    data = {"unit": boards.unit_name(unit_id), "words": words}
    note(subject=subject(campaign), verb="campaigns.withdraw", by=by, at=at, data=data)
    project(campaign_id=campaign.pk, at=at)


# The projection


@transaction.atomic
def project(*, campaign_id: int, at: datetime) -> int:
    """Values and places of all units anew, from the measures as they are now; returns how many have a value.

    A projection: run twice it changes nothing more. What is frozen is left alone (0)."""
    campaign = Campaign.objects.locked(campaign_id)
    if campaign.state != CampaignState.RUNNING:
        return 0
    today = timezone.localdate(at)
    rules, _edition = boards.rules_on(campaign, min(campaign.until, max(today, campaign.since)))
    entrants = list(Entrant.objects.select_for_update().filter(campaign=campaign).order_by("pk"))
    _measure(campaign, rules, entrants, today)
    placed = places.place(boards.standings(entrants), rules)
    is_new_day = campaign.projected_at is not None and timezone.localdate(campaign.projected_at) < today
    for one in entrants:
        one.place_before = one.place if is_new_day else one.place_before
        one.place = placed.get(one.unit_id)
    Entrant.objects.bulk_update(entrants, _PROJECTED, batch_size=500)
    campaign.projected_at = at
    campaign.save(update_fields=["projected_at"])
    return len(placed)


_PROJECTED = ["value", "second", "words", "link", "place", "place_before"]


def _measure(campaign: Campaign, rules: Rules, entrants: Sequence[Entrant], today: date) -> None:
    """Fill the entrants with what the measures say of the days up to today."""
    until = min(campaign.until, today)
    values = _values(rules.measure, entrants, campaign.since, until)
    seconds = _values(rules.second, entrants, campaign.since, until) if rules.second else {}
    for one in entrants:
        found, second = values.get(one.unit_id), seconds.get(one.unit_id)
        one.value = found.value if found else None
        one.words, one.link = (found.words[:300], found.link[:300]) if found else ("", "")
        one.second = second.value if second else None


def _values(code: str, entrants: Sequence[Entrant], since: date, until: date) -> dict[int, Measured]:
    if until < since:
        return {}
    return dict(boards.source_of(code).values([one.unit_id for one in entrants], since, until))


@transaction.atomic
def freeze(*, campaign_id: int, by: Actor, at: datetime) -> Campaign:
    """Take the values once more, place the units for good and keep all that this came from.

    Refused before the last day is over, and while no unit has a value."""
    campaign = locked(campaign_id, "freeze")
    ask(campaign, by)
    if timezone.localdate(at) <= campaign.until:
        message = f"Phong trào kéo dài đến hết {campaign.until:%d/%m/%Y}. Chốt từ ngày hôm sau."
        raise Refusal("campaigns.still_running", message)
    if not project(campaign_id=campaign.pk, at=at):
        raise Refusal("campaigns.nothing", "Chưa đơn vị nào có số liệu nên chưa chốt được.")
    rules, edition = boards.rules_on(campaign, campaign.until)
    entrants = list(Entrant.objects.filter(campaign=campaign).order_by("pk"))
    campaign.projected_at = campaign.frozen_at = at
    campaign.bundle = _bundle(campaign, rules, edition, entrants)
    campaign.state = CampaignState.FROZEN
    campaign.save(update_fields=["projected_at", "frozen_at", "bundle", "state"])
    data = {"name": campaign.name, "units": len(entrants), "hash": campaign.bundle["sha256"][:12]}
    note(subject=subject(campaign), verb="campaigns.freeze", by=by, at=at, data=data)
    return campaign


def _bundle(campaign: Campaign, rules: Rules, edition: CampaignRules, entrants: Sequence[Entrant]) -> dict[str, Any]:
    nodes = tree().nodes
    inputs = [
        bundles.Input(standing, nodes[standing.unit].code, nodes[standing.unit].name, entrant.words)
        for standing, entrant in zip(boards.standings(entrants), entrants, strict=True)
    ]
    return bundles.pack(
        code=campaign.code, name=campaign.name, since=campaign.since.isoformat(), until=campaign.until.isoformat(),
        frozen_at=(campaign.frozen_at or timezone.now()).isoformat(), rules=rules, rules_hash=edition.content_hash,
        inputs=inputs,
    )  # fmt: skip
