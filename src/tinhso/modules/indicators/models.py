"""Indicators in dated definitions, targets, reported and imported figures, notes, and values of closed periods."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version


class Indicator(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """An indicator by its code; what it means stands in its versions."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=250)

    def __str__(self) -> str:
        return self.name


class IndicatorVersion(Version):
    """A dated definition (see ``rules.definitions``)."""

    parent_field = "indicator"
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="indicator_version_number_once", fields=["indicator", "number"]),
        ]


class Target(models.Model):
    """What a unit is to reach by the end of a year, the path within it, and the plan or resolution that says so."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    path = models.JSONField(default=list, help_text="[[month 0-12, value], …]; empty: the same in every month")
    document = models.CharField(max_length=250)
    is_confirmed = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="target_once", fields=["indicator", "unit", "year"]),
            models.CheckConstraint(name="target_not_negative", condition=Q(value__gte=0)),
        ]
        indexes = [models.Index(fields=["unit", "year"], name="target_of_unit")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.unit_id} {self.year}: {self.value}"


class Figure(models.Model):
    """What a unit reported, or a file brought, for a series and a period that begins on ``since``.

    Either numbers to divide, or only a value as somebody published it.
    """

    series = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    months = models.PositiveSmallIntegerField()
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    published = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    source = models.CharField(max_length=250, blank=True)
    is_imported = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="figure_once", fields=["series", "unit", "since"]),
            models.CheckConstraint(
                name="figure_says_something",
                condition=Q(numerator__isnull=False) | Q(denominator__isnull=False) | Q(published__isnull=False),
            ),
            models.CheckConstraint(name="figure_months", condition=Q(months__in=[1, 3, 12])),
        ]
        indexes = [models.Index(fields=["series", "since"], name="figure_by_period")]

    def __str__(self) -> str:
        return f"{self.series} {self.unit_id} {self.since}"


class Note(models.Model):
    """Why a unit's value of a period is as it is, and what is done about it."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    months = models.PositiveSmallIntegerField()
    causes = models.TextField()
    actions = models.TextField(blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["indicator", "unit", "-since"], name="note_of_indicator")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.unit_id} {self.since}"


class ClosedValue(models.Model):
    """The figures of a period that is over, as they were counted then. A correction adds a row with the next number."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    months = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(default=1)
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    published = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    counted_at = models.DateTimeField()
    why = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="closed_value_number_once", fields=["indicator", "unit", "since", "months", "number"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.unit_id} {self.since} #{self.number}"
