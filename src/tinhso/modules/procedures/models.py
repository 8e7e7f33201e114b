"""The catalogue: procedures, their versions, and the counter that tells processes to read it anew."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions.models import Version
from tinhso.modules.procedures.rules import Permission
from tinhso.modules.procedures.rules.content import SERVICE_LEVELS, Content, content_from


class ProcedureQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ProcedureQuerySet:
        """Controllers see all procedures, other officials and the public those that were ever published."""
        if actor.may(Permission.EDIT) or actor.may(Permission.PUBLISH):
            return self
        return self.filter(current__isnull=False)

    def locked(self, code: str) -> Any:
        return self.select_for_update(of=("self",)).get(code=code)


class Procedure(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """An administrative procedure. What it says stands in its versions; the columns here serve lists."""

    code = models.CharField(max_length=8, unique=True, help_text="d.dddddd; text, never a number")
    local_code = models.CharField(max_length=40, blank=True)
    name = models.TextField()
    plain_name = models.CharField(max_length=250, blank=True)
    name_folded = models.TextField(help_text="both names without marks, for look-up")
    field = models.CharField(max_length=200, blank=True)
    levels = models.JSONField(default=list)
    is_online = models.BooleanField(default=False)
    service_level = models.CharField(max_length=8, choices=list(SERVICE_LEVELS.items()), default="none")
    current = models.ForeignKey(
        "ProcedureVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_abolished = models.BooleanField(default=False)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(name="procedure_code", condition=Q(code__regex=r"^[0-9]\.[0-9]{6}$"))]

    def __str__(self) -> str:
        return f"{self.code} {self.shown_name}"

    @property
    def shown_name(self) -> str:
        return self.plain_name or self.name


class ProcedureVersion(Version):
    """An edition of a procedure; ``content`` has the shape of ``rules.content.Content``."""

    parent_field = "procedure"

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="versions")
    note = models.CharField(max_length=250, blank=True)

    class Meta(Version.Meta):
        ordering = ["-number"]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="procedureversion_number", fields=["procedure", "number"]),
        ]

    @cached_property
    def sheet_content(self) -> Content:
        return content_from(self.content)

    def holds_on(self, day: date) -> bool:
        return not self.is_draft and self.span.holds_on(day)


class Catalogue(models.Model):
    """One row: grows with every publication."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
