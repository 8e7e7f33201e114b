"""Tickets of a day, and the machines at which they are taken."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.modules.queueing.rules import PURPOSE_WORDS, Purpose, State, label


class Ticket(models.Model):
    """A place in the queue of a one-stop shop on a day. It names nobody."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, help_text="in the QR code: follows the ticket by phone")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    on = models.DateField()
    purpose = models.CharField(max_length=8, choices=[(one.value, one.name) for one in Purpose])
    number = models.PositiveIntegerField()
    is_priority = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=State.WAITING, choices=[(one.value, one.name) for one in State])
    window = models.CharField(max_length=12, blank=True)
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, help_text="first called; the waiting time ends here")
    last_called_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    request_key = models.CharField(max_length=64, unique=True, help_text="one press, one number")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ticket_number_once", fields=["unit", "on", "purpose", "number"]),
            models.UniqueConstraint(
                name="ticket_one_at_a_window", fields=["unit", "on", "window"], condition=Q(state=State.CALLED.value)
            ),
            models.CheckConstraint(
                name="ticket_called_to_a_window",
                condition=Q(state=State.WAITING.value) | (Q(called_at__isnull=False) & ~Q(window="")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "on", "-last_called_at"], name="ticket_of_day"),
            models.Index(
                fields=["unit", "on", "-is_priority", "id"], name="ticket_waiting",
                condition=Q(state=State.WAITING.value),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return label(self.purpose, self.number)

    @property
    def purpose_words(self) -> str:
        return gettext(PURPOSE_WORDS[Purpose(self.purpose)])


class Kiosk(models.Model):
    """Where numbers are taken at a shop: a machine that opens an address nobody can guess; a new one ends the old."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="+")
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")

    def __str__(self) -> str:
        return f"{self.unit_id}"
