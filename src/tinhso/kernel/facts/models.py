"""Figures: rows projected from the journal, rolled up by day and by month, and how many cases stand where.

All of it can be thrown away and built again from the journal; pages only read it.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.units.models import Unit


class Fact(models.Model):
    """Something countable that happened on a day in a unit. ``dims`` splits the figure (channel, procedure …)."""

    name = models.CharField(max_length=60)
    on = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, db_index=False, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, db_index=False, related_name="+")
    dims = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(name="fact_once_per_entry", fields=["entry", "name"])]
        indexes = [
            models.Index(fields=["name", "unit", "on"], name="fact_selection"),
            models.Index(fields=["-on", "-id", "name"], name="fact_newest"),
            models.Index(fields=["case", "name"], name="fact_of_case"),
            GinIndex(fields=["dims"], name="fact_dims", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.on} {self.case_id}"


class DayFigure(models.Model):
    """How many facts of a name a unit had on a day, split by the same dimensions."""

    name = models.CharField(max_length=60)
    on = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    key = models.CharField(max_length=200, help_text="the dimensions in canonical form")
    dims = models.JSONField(default=dict)
    number = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="day_figure_once", fields=["name", "unit", "on", "key"])]
        indexes = [models.Index(fields=["name", "on"], name="day_figure_by_day")]

    def __str__(self) -> str:
        return f"{self.name} {self.on}: {self.number}"


class MonthFigure(models.Model):
    """How many facts of a name a unit had in a month, split by verdict; without a unit: the whole province.

    The roll-up that boards read: its rows grow with months, units and names, never with cases or days. It is kept in
    the same transaction as the day figures, and a fact that comes in late counts for the month in which it happened.
    """

    name = models.CharField(max_length=60)
    month = models.DateField(help_text="its first day")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    verdict = models.CharField(max_length=12, blank=True, help_text="early, on_time, late; empty where nobody judges")
    number = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="month_figure_once", fields=["unit", "name", "month", "verdict"], nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["month", "name"], name="month_figure_of_all")]

    def __str__(self) -> str:
        return f"{self.name} {self.month:%m/%Y}: {self.number}"


class Standing(models.Model):
    """How many cases of a kind stand in a state at a unit, by the day on which they fall due."""

    kind = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(max_length=30)
    phase = models.SmallIntegerField()
    due_on = models.DateField(help_text="9999-12-31 when nothing is due")
    number = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="standing_once", fields=["kind", "unit", "state", "due_on"])]
        indexes = [
            # Rows that once held cases stay behind with 0; boards must not read them.
            models.Index(
                fields=["unit", "phase"],
                name="standing_now",
                condition=Q(phase__in=[Phase.OPEN, Phase.PAUSED, Phase.SETTLED]) & ~Q(number=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.unit_id}: {self.number}"


class Projected(models.Model):
    """Entries whose facts are counted: the mark that makes counting repeatable."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.entry_id)
