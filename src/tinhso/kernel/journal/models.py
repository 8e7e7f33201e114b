"""The history: entries, the daily anchors over them, and who looked at whose file."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """Something that happened. Never changed, never deleted; the database refuses both.

    What its kind declares as personal stands apart in ``personal``: sealed by a salted hash within ``data``, so that it
    can be erased when its time is over and the chain still holds. ``erased_by`` names the record that says so.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, db_index=False, related_name="entries")
    subject = models.CharField(max_length=60, blank=True, help_text="what it is about when it is not about a case")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    actor_name = models.CharField(max_length=120)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    data = models.JSONField(default=dict)
    personal = models.JSONField(null=True, help_text="the personal part of what it says, until its time is over")
    salt = models.BinaryField(max_length=16, null=True)
    erased_by = models.CharField(max_length=60, default="", db_default="", blank=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(name="entry_case_seq", fields=["case", "seq"], condition=Q(case__isnull=False)),
            models.UniqueConstraint(name="entry_subject_seq", fields=["subject", "seq"], condition=~Q(subject="")),
            models.CheckConstraint(
                name="entry_about_one_thing",
                condition=(Q(case__isnull=False) & Q(subject="")) | (Q(case__isnull=True) & ~Q(subject="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("a journal entry cannot be changed")
        super().save(*args, **kwargs)

    @property
    def said(self) -> dict[str, Any]:
        """All it says, the personal part included as long as it is kept."""
        return {**self.data, **(self.personal or {})}

    @property
    def chain(self) -> str:
        return f"case/{self.case_id}" if self.case_id else self.subject


class Anchor(models.Model):
    """The seal over all entries recorded up to ``last_id`` since the anchor before."""

    on = models.DateField(unique=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.on} {bytes(self.hash).hex()[:12]}"


class View(models.Model):
    """An official saw the personal data of a case; once a day and person is kept, with how often."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="views")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    on = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(name="view_once_a_day", fields=["case", "account", "on"])]

    def __str__(self) -> str:
        return f"{self.account_id} saw {self.case_id}"
