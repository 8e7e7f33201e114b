"""The organisation tree as rows: units with lifetimes, who succeeded whom, and the counter that caches look at."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.changes import ChangeCounter
from tinhso.kernel.units.rules import CommuneKind, Kind, Level


class UnitQuerySet(models.QuerySet["Unit"]):
    def living(self, day: date) -> UnitQuerySet:
        """Units that exist on that day."""
        return self.filter(Q(begins_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def communes(self) -> UnitQuerySet:
        return self.filter(kind=Kind.COMMUNE)


class Unit(models.Model):
    """An organisation of the province for as long as it exists."""

    code = models.CharField(max_length=40, unique=True)
    national_id = models.CharField(max_length=40, blank=True, help_text="identifier by QĐ 20/2020, e.g. H53.242.01")
    national_id_confirmed = models.BooleanField(default=False, help_text="read in a decision, not assumed")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=[(k.value, k.name) for k in Kind])
    commune_kind = models.CharField(max_length=8, blank=True, choices=[(k.value, k.name) for k in CommuneKind])
    level = models.CharField(max_length=6, choices=[(k.value, k.name) for k in Level])
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    admin_code = models.CharField(max_length=10, blank=True, help_text="code of the administrative unit (5 digits)")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="unit_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
            ),
            models.UniqueConstraint(
                name="unit_national_id_unique_while_living",
                fields=["national_id"],
                condition=Q(ends_on__isnull=True) & ~Q(national_id=""),
            ),
        ]
        indexes = [models.Index(fields=["admin_code"], name="unit_admin_code")]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """``successor`` took over from ``predecessor`` on a day; one unit may have several of either."""

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="inheritances")
    happened_on = models.DateField()
    is_main = models.BooleanField(default=True, help_text="takes over what cannot be divided, e.g. open work")
    legal_source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="succession_once", fields=["predecessor", "successor"]),
            models.UniqueConstraint(name="succession_one_main", fields=["predecessor"], condition=Q(is_main=True)),
            models.CheckConstraint(name="succession_of_another", condition=~Q(predecessor=F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


class TreeVersion(ChangeCounter):
    """Grows with every change of the tree of units."""
