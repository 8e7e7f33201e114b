"""Editions of the index, the dossiers as it looks at them, months counted, and the scores of periods.

``Work`` can be made again from facts and dossiers. Tallies and scores of a closed period stay as they were.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version


class Index(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """An index by its code; how it is computed stands in its editions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class IndexEdition(Version):
    """One way to compute it, in force between two days; ``content`` has the shape of ``rules.editions.Edition``."""

    parent_field = "index"
    index = models.ForeignKey(Index, on_delete=models.PROTECT, related_name="editions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="service_quality_edition_number", fields=["index", "number"]),
        ]


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, actor: Actor) -> WorkQuerySet:
        """Those whose case the actor may see."""
        return self.filter(case__in=Case.objects.visible_to(actor))


class Work(models.Model):
    """A dossier or a petition as the index looks at it: when it came and ended, and what it is counted for.

    ``procedure`` of a petition is its category.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    kind = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    procedure = models.CharField(max_length=20, blank=True)
    received_on = models.DateField()
    ended_on = models.DateField(null=True)
    is_finished = models.BooleanField(default=False, help_text="ended with what was applied for")
    is_late = models.BooleanField(default=False, help_text="ended after it was due")
    supplements = models.PositiveSmallIntegerField(default=0, help_text="requests for more papers")
    is_online = models.BooleanField(default=False)
    is_synced = models.BooleanField(default=False)
    is_electronic = models.BooleanField(default=False)
    is_digitised = models.BooleanField(default=False)
    is_reused = models.BooleanField(default=False)
    is_stored = models.BooleanField(default=False)
    is_verified = models.BooleanField(default=False)
    is_owing = models.BooleanField(default=False)
    is_paid_online = models.BooleanField(default=False)
    is_disliked = models.BooleanField(default=False, help_text="petitions only: ratings of dossiers have no name")
    is_repeated = models.BooleanField(default=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "ended_on"], name="service_work_ended"),
            models.Index(fields=["kind", "unit", "-received_on", "-case"], name="service_work_of_unit"),
            models.Index(fields=["kind", "-received_on", "-case"], name="service_work_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"


class Reading(models.Model):
    """One row: up to which journal entry the work was read. ``sure_entry_id`` is one reading older: what was still
    being written then is read again."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    read_entry_id = models.BigIntegerField(default=0)
    sure_entry_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.read_entry_id)


class MonthTally(models.Model):
    """What a unit did in a month, by procedure; without one: petitions and certified copies."""

    month = models.DateField(help_text="its first day")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    procedure = models.CharField(max_length=20, blank=True)
    received = models.IntegerField(default=0)
    online = models.IntegerField(default=0)
    synced = models.IntegerField(default=0)
    reused = models.IntegerField(default=0)
    stored = models.IntegerField(default=0)
    verified = models.IntegerField(default=0)
    owing = models.IntegerField(default=0)
    paid_online = models.IntegerField(default=0)
    finished = models.IntegerField(default=0)
    electronic = models.IntegerField(default=0)
    digitised = models.IntegerField(default=0)
    ended = models.IntegerField(default=0)
    ended_late = models.IntegerField(default=0)
    petitions = models.IntegerField(default=0)
    petitions_late = models.IntegerField(default=0)
    petitions_bad = models.IntegerField(default=0)
    disliked = models.IntegerField(default=0)
    copies = models.IntegerField(default=0)
    open = models.IntegerField(default=0, help_text="at the month's end")
    open_late = models.IntegerField(default=0)
    petitions_open_late = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="month_tally_once", fields=["month", "unit", "procedure"])]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.unit_id} {self.procedure}"


class Supplied(models.Model):
    """A number that the platform cannot know, for a month of the whole province, with its source."""

    month = models.DateField()
    name = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    supplied_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    supplied_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="supplied_once", fields=["month", "name"])]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.name}: {self.number}"


class CountedPeriod(models.Model):
    """When a month, quarter or year was counted last and by which edition; closed, its scores stay as they are."""

    since = models.DateField()
    months = models.PositiveSmallIntegerField()
    edition = models.ForeignKey(IndexEdition, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="counted_period_once", fields=["since", "months"]),
            models.CheckConstraint(name="counted_period_length", condition=Q(months__in=[1, 3, 12])),
        ]

    def __str__(self) -> str:
        return self.period.code

    @property
    def period(self) -> Period:
        return Period(self.since, self.months)


class Score(models.Model):
    """The index of a place in a period: of a unit, of a level (no unit) or of the province (neither), or of one
    procedure in the whole province. ``inputs`` are all numbers it was computed from."""

    since = models.DateField()
    months = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    level = models.CharField(max_length=10, blank=True)
    procedure = models.CharField(max_length=20, blank=True)
    inputs = models.JSONField(default=dict)
    points = models.JSONField(default=dict, help_text="component → [top, bottom, points, how]")
    total = models.DecimalField(max_digits=9, decimal_places=6)
    most = models.DecimalField(max_digits=6, decimal_places=2)
    share = models.DecimalField(max_digits=9, decimal_places=6, help_text="points of 100")
    rank = models.PositiveIntegerField(null=True)
    ranked = models.PositiveIntegerField(null=True, help_text="how many were ranked at the level")
    handled = models.IntegerField(help_text="dossiers it is about")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="score_once", fields=["since", "months", "unit", "level", "procedure"], nulls_distinct=False
            ),
            models.CheckConstraint(name="score_within_bounds", condition=Q(total__gte=0, share__gte=0, share__lte=100)),
        ]
        indexes = [models.Index(fields=["unit", "months", "-since"], name="score_of_unit")]

    def __str__(self) -> str:
        return f"{self.period.code} {self.unit_id or self.level or '*'} {self.procedure}"

    @property
    def period(self) -> Period:
        return Period(self.since, self.months)

    def points_of(self, code: str) -> Any:
        """``[top, bottom, points, how]`` of a component; None when the edition does not have it."""
        return self.points.get(code)
