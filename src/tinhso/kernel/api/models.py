"""Keys with which programs sign in, and the answers kept for requests that may be sent again."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiKey(models.Model):
    """A program's key. It acts as its account, within its scopes. Only the hash of its secret is kept."""

    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"ts_{self.prefix}… {self.name}"


class Idempotency(models.Model):
    """The answer to a write, kept beside its effect, so that the same request sent again gets the same answer."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    key = models.CharField(max_length=120)
    route = models.CharField(max_length=300)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    response = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "idempotencies"
        constraints = [
            models.UniqueConstraint(name="idempotency_once", fields=["account", "key"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
