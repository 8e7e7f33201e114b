"""Templates in versions, who fills them and when, periods, the units' sheets row by row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.reporting.rules.periods import FREQUENCY_NAMES
from tinhso.modules.reporting.rules.words import Channel, PeriodState, Permission, SheetState


class TemplateQuerySet(models.QuerySet["ReportTemplate"]):
    def asked_by(self, actor: Actor) -> TemplateQuerySet:
        """Those of offices for which the actor receives or designs."""
        scope = actor.scope(Permission.RECEIVE) | actor.scope(Permission.DESIGN)
        return self if scope.everywhere else self.filter(owner_id__in=scope.units)


class ReportTemplate(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A report by its code and the office that asks for it; what it asks stands in its versions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    is_demonstration = models.BooleanField(default=False)

    objects = TemplateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ReportVersion(Version):
    """A version of a report template."""

    parent_field = "template"
    template = models.ForeignKey(ReportTemplate, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="report_version_number_once", fields=["template", "number"]),
        ]


class Assignment(models.Model):
    """Who reports how often. ``kinds``: kinds of unit (``commune``, ``phuong``, ``department``), as they are on the day
    a period opens; beside them the units named one by one. Due ``due_days`` working days after the period's last day.
    """

    template = models.ForeignKey(ReportTemplate, on_delete=models.PROTECT, related_name="assignments")
    frequency = models.CharField(max_length=8, choices=[(one.value, name) for one, name in FREQUENCY_NAMES.items()])
    closing_day = models.PositiveSmallIntegerField(default=0, help_text="0: the calendar's last day")
    due_days = models.PositiveSmallIntegerField(default=2, help_text="working days after the period")
    kinds = models.JSONField(default=list)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_begin",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("begins_on")),
            ),
            models.CheckConstraint(name="assignment_closing_day", condition=Q(closing_day__lte=27)),
            models.CheckConstraint(name="assignment_due_days", condition=Q(due_days__gte=1, due_days__lte=60)),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.frequency}"


class AssignedUnit(models.Model):
    """A unit named one by one."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="assigned_unit_once", fields=["assignment", "unit"])]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.unit_id}"


class ReportPeriod(models.Model):
    """One period of an assignment, with the version that is filled in it."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="periods")
    version = models.ForeignKey(ReportVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField()
    due_at = models.DateTimeField(help_text="by the kernel's clock and the calendar of the office that asks")
    state = models.CharField(max_length=8, default=PeriodState.OPEN)
    reminded = models.JSONField(default=list, help_text="which reminders went out")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="report_period_once", fields=["assignment", "code"]),
            models.CheckConstraint(name="report_period_days", condition=Q(until__gte=models.F("since"))),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="report_period_open")]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.name}"

    @property
    def is_open(self) -> bool:
        return self.state == PeriodState.OPEN


class SheetQuerySet(models.QuerySet["Sheet"]):
    def visible_to(self, actor: Actor) -> SheetQuerySet:
        """Own sheets at any time; those sent to an office the actor receives for; what units in scope have sent."""
        own = actor.scope(Permission.FILL)
        if own.everywhere:
            return self
        received = actor.scope(Permission.RECEIVE) | actor.scope(Permission.DESIGN)
        seen = actor.scope(Permission.SEE)
        asked = Q() if received.everywhere else Q(period__assignment__template__owner_id__in=received.units)
        below = Q() if seen.everywhere else Q(unit_id__in=seen.units)
        sent = Q(submitted_at__isnull=False) & ~Q(state__in=[SheetState.FILLING, SheetState.RETURNED])
        either = asked | below if asked and below else Q()
        return self.filter(Q(unit_id__in=own.units) | (sent & either))


class Sheet(models.Model):
    """A unit's report for a period. ``values``: all its numbers by ``row__column``, written when it is sent.

    ``first_sent_at`` decides whether it was in time; a report given back keeps it.
    """

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="sheets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=SheetState.FILLING)
    filled = models.PositiveIntegerField(default=0, help_text="input cells that hold something")
    channel = models.CharField(max_length=6, default=Channel.GRID)
    values = models.JSONField(null=True)
    submitted_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    reason = models.TextField(blank=True)
    paper_number = models.CharField(max_length=80, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sheet_once", fields=["period", "unit"]),
            models.CheckConstraint(
                name="sheet_sent_has_moment_and_numbers",
                condition=Q(state__in=[SheetState.FILLING, SheetState.RETURNED])
                | Q(submitted_at__isnull=False, first_sent_at__isnull=False, values__isnull=False),
            ),
            models.CheckConstraint(
                name="sheet_returned_has_reason", condition=~Q(state=SheetState.RETURNED) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["unit", "period"], name="sheet_of_unit")]

    def __str__(self) -> str:
        return f"{self.period_id}: {self.unit_id}"


class SheetRow(models.Model):
    """What a unit gave in a row, by column: plain decimals and texts. ``system``: what the platform knows, with its
    words and link. ``revision`` counts changes: who saves an older one is told what stands there now.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="rows")
    row = models.CharField(max_length=30)
    values = models.JSONField(default=dict)
    system = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)
    filled_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="sheet_row_once", fields=["sheet", "row"])]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.row}"
