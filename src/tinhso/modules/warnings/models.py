"""Warnings, what was said of each, where it holds, who wants to be told, and how far the telling has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.modules.warnings.rules import KIND_NAMES, LEVEL_NAMES, STATE_NAMES, UNSAID, Permission, State


class WarningQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> WarningQuerySet:
        """Warnings of the units for which an official may write or approve some."""
        scope = actor.scope(Permission.WRITE) | actor.scope(Permission.APPROVE)
        if actor.kind is ActorKind.SYSTEM or scope.everywhere:
            return self
        return self.filter(unit__in=scope.units)


class Warning(models.Model):
    """One event of which people are warned, from its first bulletin to its last."""

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=[(one.value, name) for one, name in KIND_NAMES.items()])
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+", help_text="who warns")
    is_demonstration = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    objects = WarningQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def in_force(self, at: datetime) -> BulletinQuerySet:
        """What everybody sees: published, and not over. What begins later is shown before it does."""
        return self.filter(state=State.PUBLISHED, expires_at__gt=at)


class Bulletin(models.Model):
    """What is said of a warning. Once published its words never change; the next bulletin replaces it."""

    warning = models.ForeignKey(Warning, on_delete=models.CASCADE, db_index=False, related_name="bulletins")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=[(one.value, name) for one, name in STATE_NAMES.items()], default=State.DRAFT.value
    )
    level = models.PositiveSmallIntegerField(choices=[(one.value, name) for one, name in LEVEL_NAMES.items()])
    title = models.CharField(max_length=160)
    body = models.TextField()
    advice = models.TextField(blank=True)
    begins_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    written_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="replaced or withdrawn")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was withdrawn, or sent back last")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bulletin_number", fields=["warning", "number"]),
            models.UniqueConstraint(name="bulletin_one_unsaid", fields=["warning"], condition=Q(state__in=UNSAID)),
            models.UniqueConstraint(
                name="bulletin_one_published", fields=["warning"], condition=Q(state=State.PUBLISHED.value)
            ),
            models.CheckConstraint(name="bulletin_ends_after_it_begins", condition=Q(expires_at__gt=F("begins_at"))),
            models.CheckConstraint(
                name="bulletin_by_two",
                condition=Q(state__in=UNSAID) | (Q(published_at__isnull=False) & ~Q(approved_by=F("written_by"))),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="bulletin_public", condition=Q(state=State.PUBLISHED.value)),
        ]

    def __str__(self) -> str:
        return f"{self.warning_id}/{self.number}"


class Area(models.Model):
    """A place for which a bulletin holds: a commune, or the province for all of them."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, db_index=False, related_name="areas")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="area_once", fields=["bulletin", "unit"])]

    def __str__(self) -> str:
        return f"{self.bulletin_id}/{self.unit_id}"


class Subscription(models.Model):
    """An account that wants to be told what is warned of in a place; by which ways, its notices' settings say."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, db_index=False, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, db_index=False, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="subscription_once", fields=["account", "unit"])]
        indexes = [models.Index(fields=["unit", "account"], name="subscription_of_a_place")]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.unit_id}"


class Spreading(models.Model):
    """The telling of a bulletin, or of its withdrawal. ``reached`` is the last account told: a job that stopped goes
    on behind it."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, db_index=False, related_name="spreadings")
    is_withdrawal = models.BooleanField(default=False)
    reached = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="spreading_once", fields=["bulletin", "is_withdrawal"])]
        indexes = [models.Index(fields=["id"], name="spreading_open", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.bulletin_id}: {self.told}"
