"""Calendars as rows: weeks, days off and days worked with their source, and which unit uses which."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.changes import ChangeCounter
from tinhso.kernel.clock.rules import WEEKDAYS


class WorkCalendar(models.Model):
    """A working calendar for deadlines, for example that of offices or of the communal police."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    is_standard = models.BooleanField(default=False, help_text="serves every unit that has no other")

    class Meta:
        constraints = [
            models.CheckConstraint(name="work_calendar_is_named", condition=~Q(code="") & ~Q(name="")),
            models.UniqueConstraint(
                name="work_calendar_one_standard", fields=["is_standard"], condition=Q(is_standard=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkingWeek(models.Model):
    """The weekly windows of a calendar from a day on: seasonal hours are rows of their own."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="weeks")
    from_on = models.DateField()
    windows = models.JSONField(help_text='{"mon": [["07:00", "11:30"], ["13:30", "17:00"]], …}')

    class Meta:
        constraints = [models.UniqueConstraint(name="working_week_once_a_day", fields=["calendar", "from_on"])]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.from_on}"


class CalendarDay(models.Model):
    """A day off or a day worked against the week, on one calendar or on all; only confirmed days count."""

    class Kind(models.TextChoices):
        OFF = "off", "Ngày nghỉ"
        WORKED = "worked", "Ngày làm bù"

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, null=True, blank=True, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200)
    works_like = models.SmallIntegerField(
        null=True, blank=True, help_text="weekday whose hours a worked day takes, Monday = 0"
    )
    source = models.CharField(max_length=300)
    is_confirmed = models.BooleanField(default=True)
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="calendar_day_once", fields=["calendar", "date"], nulls_distinct=False),
            models.CheckConstraint(name="calendar_day_kind", condition=Q(kind__in=["off", "worked"])),
            models.CheckConstraint(name="calendar_day_has_source", condition=~Q(name="") & ~Q(source="")),
            models.CheckConstraint(
                name="calendar_day_worked_like_a_weekday",
                condition=Q(kind="off", works_like__isnull=True)
                | Q(kind="worked", works_like__gte=0, works_like__lt=len(WEEKDAYS)),
            ),
        ]
        indexes = [models.Index(fields=["date"], name="calendar_day_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class UnitCalendar(models.Model):
    """The calendar of a unit and of all below it that have none of their own."""

    unit = models.OneToOneField("units.Unit", on_delete=models.CASCADE, primary_key=True, related_name="+")
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.unit_id} → {self.calendar_id}"


class CalendarEdition(ChangeCounter):
    """Grows with every change of a calendar."""
