"""Which account belongs to whom at an identity provider."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.identity.rules import Kind
from tinhso.kernel.people.models import Account


class Identity(models.Model):
    """Somebody at a provider, by the name that never changes there, and the account they have here."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.name) for kind in Kind])
    level = models.PositiveSmallIntegerField(default=0, help_text="0 to 2, as last proven")
    tax_code = models.CharField(max_length=14, blank=True, default="", db_default="")
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(name="identity_subject_once", fields=["issuer", "subject"]),
            models.UniqueConstraint(name="identity_one_a_provider", fields=["account", "issuer"]),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} @ {self.issuer}"
