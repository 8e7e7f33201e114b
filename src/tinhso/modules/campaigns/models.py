"""Campaigns, their rules in dated versions, the units that take part with their places, and awards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.campaigns.rules.words import AwardState, CampaignState, Permission


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor) -> CampaignQuerySet:
        """Decided ones for everybody; all of them for officials who may see campaigns: places are no secret."""
        return self if actor.may(Permission.SEE) else self.decided()

    def decided(self) -> CampaignQuerySet:
        return self.filter(state=CampaignState.DECIDED)

    def locked(self, campaign_id: int) -> Campaign:
        """The campaign, held until the transaction ends. Raises NotFound."""
        found = self.select_for_update(of=("self",)).filter(pk=campaign_id).first()
        if found is None:
            raise NotFound
        return found


class Campaign(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A competition between comparable units over some days. ``bundle`` is written once, at freezing."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, default=CampaignState.RUNNING)
    projected_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    bundle = models.JSONField(null=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_begins", condition=Q(until__gte=models.F("since"))
            ),
            models.CheckConstraint(
                name="campaign_frozen_has_its_bundle",
                condition=Q(state=CampaignState.RUNNING, frozen_at__isnull=True, bundle__isnull=True)
                | (~Q(state=CampaignState.RUNNING) & Q(frozen_at__isnull=False, bundle__isnull=False)),
            ),
            models.CheckConstraint(
                name="campaign_decided_has_its_decision",
                condition=(~Q(state=CampaignState.DECIDED) & Q(decided_at__isnull=True))
                | (Q(state=CampaignState.DECIDED, decided_at__isnull=False, decided_on__isnull=False)
                   & ~Q(decision_number="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class CampaignRules(Version):
    """The rules as a dated version; what is frozen names the version it was placed by."""

    parent_field = "campaign"
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rules")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="campaign_rules_number", fields=["campaign", "number"]),
        ]


class Entrant(models.Model):
    """A unit in a campaign, in a group of comparable ones; value and place are projected while it runs."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="entrants")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=80)
    value = models.DecimalField(max_digits=21, decimal_places=6, null=True)
    second = models.DecimalField(max_digits=21, decimal_places=6, null=True)
    words = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=300, blank=True)
    place = models.PositiveIntegerField(null=True)
    place_before = models.PositiveIntegerField(null=True, help_text="on the day before, for the arrow")

    class Meta:
        constraints = [models.UniqueConstraint(name="entrant_once", fields=["campaign", "unit"])]
        indexes = [models.Index(fields=["campaign", "group", "place"], name="entrant_leaderboard")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.unit_id}: {self.place}"


class Award(models.Model):
    """A prize proposed for a unit, and what was decided. ``number`` is that of its certificate, given when granted."""

    entrant = models.ForeignKey(Entrant, on_delete=models.PROTECT, related_name="awards")
    prize = models.CharField(max_length=40)
    prize_name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=AwardState.PROPOSED)
    reason = models.CharField(max_length=300, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    number = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="award_once", fields=["entrant"]),
            models.CheckConstraint(
                name="award_refused_has_a_reason", condition=~Q(state=AwardState.REFUSED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="award_settled_has_its_moment",
                condition=Q(state=AwardState.PROPOSED, settled_at__isnull=True)
                | (~Q(state=AwardState.PROPOSED) & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entrant_id}: {self.prize_name}"
