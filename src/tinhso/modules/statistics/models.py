"""Sums of dossiers by month, for units, levels and the province; by field and procedure. Pages read nothing else.

All of it can be counted again from facts and cases. A month that has ended is closed and stays as it was reported.
"""

from __future__ import annotations

from django.db import models

from tinhso.kernel.units.models import Unit


class MonthLine(models.Model):
    """One line of a month: of a body with its divisions, of a level (no unit) or of the province (neither).

    With a field: of that field; with a procedure as well: of that procedure; else of all.
    """

    month = models.DateField(help_text="its first day")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    level = models.CharField(max_length=8, blank=True)
    field = models.CharField(max_length=120, blank=True)
    procedure = models.CharField(max_length=20, blank=True)
    carried = models.IntegerField(default=0)
    online = models.IntegerField(default=0)
    counter = models.IntegerField(default=0)
    post = models.IntegerField(default=0)
    early = models.IntegerField(default=0)
    on_time = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    open_in_time = models.IntegerField(default=0)
    open_late = models.IntegerField(default=0)
    adjusted = models.IntegerField(default=0, help_text="moved between units, or recorded after an earlier closing")
    withdrawn = models.IntegerField(default=0, help_text="of the resolved: withdrawn or stopped")
    returned = models.IntegerField(default=0)
    electronic = models.IntegerField(default=0)
    paid_online = models.IntegerField(default=0)
    digitised = models.IntegerField(default=0)
    reused = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="month_line_once", fields=["unit", "level", "procedure", "month", "field"], nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["procedure", "field", "month"], name="month_line_by_unit")]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.unit_id or self.level or '*'} {self.procedure or self.field}"


class CountedMonth(models.Model):
    """When a month was counted last, and when it was closed: since then its lines stay as they are."""

    month = models.DateField(primary_key=True, help_text="its first day")
    counted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    last_entry_id = models.BigIntegerField(help_text="what was recorded later is not in it")

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"
