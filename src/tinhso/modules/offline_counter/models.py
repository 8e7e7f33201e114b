"""Counters that may work without network, the numbers leased to them, and what they received."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.modules.offline_counter.rules import STATE_WORDS, Permission, State


class Counter(models.Model):
    """A browser at a counter of a one-stop shop, known by the public half of the key with which it signs."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    public_key = models.BinaryField(max_length=200, unique=True, help_text="SubjectPublicKeyInfo, P-256")
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    prepared_at = models.DateTimeField(help_text="when it last took its numbers and procedures along")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    def __str__(self) -> str:
        return self.name


class Block(models.Model):
    """Consecutive numbers of one agency and day that only this counter gives out, until the day is over."""

    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="blocks")
    series = models.CharField(max_length=40, help_text="agency and day, as dossier codes begin")
    day = models.DateField()
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    leased_at = models.DateTimeField()
    leased_by = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    expires_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="offline_block_once", fields=["series", "first"]),
            models.CheckConstraint(name="offline_block_forward", condition=Q(last__gte=F("first"))),
        ]
        indexes = [models.Index(fields=["counter", "day"], name="offline_block_of_day")]

    def __str__(self) -> str:
        return f"{self.series} {self.first}–{self.last}"


def _token() -> str:
    return secrets.token_urlsafe(12)


class Number(models.Model):
    """One leased number. ``token`` stands in the QR code of its receipt, so that nobody finds receipts by guessing."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="numbers")
    code = models.CharField(max_length=40, unique=True)
    token = models.CharField(max_length=24, default=_token)

    def __str__(self) -> str:
        return self.code


class ReceptionQuerySet(models.QuerySet["Reception"]):
    def visible_to(self, actor: Actor) -> ReceptionQuerySet:
        """Receptions of the counters of units where the actor works without network or decides."""
        scopes = [actor.scope(right) for right in (Permission.USE, Permission.DECIDE)]
        if any(scope.everywhere for scope in scopes):
            return self
        return self.filter(counter__unit_id__in=sorted({unit for scope in scopes for unit in scope.units}))


class Reception(models.Model):
    """What a counter received without network: stored as it was signed, kept whatever becomes of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, help_text="made at the counter: sent twice it is one")
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, db_index=False, related_name="receptions")
    clerk = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    number = models.ForeignKey(Number, on_delete=models.PROTECT, null=True, related_name="receptions")
    code = models.CharField(max_length=40, db_index=True, help_text="the number on the receipt")
    text = models.TextField(help_text="what was signed, word for word; personal")
    signature = models.BinaryField(max_length=64)
    is_signed = models.BooleanField(help_text="the signature fits the text and the counter's key")
    skew_seconds = models.IntegerField(help_text="the counter's corrected clock against the server's when it was sent")
    received_at = models.DateTimeField()
    procedure_code = models.CharField(max_length=20)
    applicant_name = models.CharField(max_length=200)
    identity_number = models.CharField(max_length=14, blank=True)
    stored_at = models.DateTimeField()
    sent_by = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(max_length=12, default=State.STORED, choices=[(one.value, one.name) for one in State])
    reasons = models.JSONField(default=list, help_text="why it was not registered by itself")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=12, blank=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="what the official wrote")

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offline_number_registered_once",
                fields=["number"],
                condition=Q(state=State.REGISTERED.value, decision__in=["", "register"]),
            ),
            models.CheckConstraint(
                name="offline_settled_or_open",
                condition=Q(state__in=["stored", "held"], settled_at=None)
                | Q(state__in=["registered", "merged", "rejected"], settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="offline_registered_has_case", condition=~Q(state__in=["registered", "merged"]) | ~Q(case=None)
            ),
        ]
        indexes = [
            models.Index(fields=["counter", "-stored_at", "id"], name="offline_reception_newest"),
            models.Index(fields=["counter", "stored_at"], name="offline_reception_held", condition=Q(state="held")),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state_words(self) -> str:
        return STATE_WORDS[State(self.state)]
