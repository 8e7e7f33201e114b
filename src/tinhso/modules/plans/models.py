"""Plans with their editions, what units must issue, tasks, and the figures of targets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.plans.rules import OPEN_TASKS, PLAN_KINDS, TASK_NAMES, Permission, TaskState


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, actor: Actor) -> PlanQuerySet:
        """Published ones for every official who may see plans; drafts for those who manage their unit's."""
        if not actor.may(Permission.SEE):
            return self.none()
        manages = actor.scope(Permission.MANAGE)
        if manages.everywhere:
            return self
        return self.filter(Q(published_at__isnull=False) | Q(unit_id__in=manages.units))

    def running(self) -> PlanQuerySet:
        return self.filter(published_at__isnull=False, closed_at__isnull=True)

    def locked(self, plan_id: int) -> Plan:
        """The plan, held until the transaction ends. Raises NotFound."""
        found = self.select_for_update(of=("self",)).filter(pk=plan_id).first()
        if found is None:
            raise NotFound
        return found


class Plan(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A plan or resolution that a unit leads; its document, targets and amendments stand in its editions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=12, choices=[(one.value, name) for one, name in PLAN_KINDS.items()])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    since = models.DateField()
    until = models.DateField()
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    measured_at = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="plan_ends_after_it_begins", condition=Q(until__gte=models.F("since"))),
            models.CheckConstraint(
                name="plan_closed_was_published", condition=Q(closed_at__isnull=True) | Q(published_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanEdition(Version):
    """The document as issued, or as amended later: number, day, issuer, file; content: summary and targets."""

    parent_field = "plan"
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    document_number = models.CharField(max_length=60)
    issued_on = models.DateField()
    issuer = models.CharField(max_length=200)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="plan_edition_number", fields=["plan", "number"]),
            models.UniqueConstraint(name="plan_one_draft", fields=["plan"], condition=Q(state="draft")),
        ]


class Demand(models.Model):
    """What each of some units must issue because of a plan, such as a resolution of its own."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="demands")
    title = models.CharField(max_length=200)
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="demand_once", fields=["plan", "title"])]

    def __str__(self) -> str:
        return self.title


class Duty(models.Model):
    """One unit's document under a demand; without a number it is still missing."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="duties")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    reminded = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="duty_once", fields=["demand", "unit"]),
            models.CheckConstraint(
                name="duty_issued_is_whole",
                condition=Q(issued_on__isnull=True, recorded_at__isnull=True, number="")
                | (Q(issued_on__isnull=False, recorded_at__isnull=False) & ~Q(number="")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at"], name="duty_missing", condition=Q(issued_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.unit_id}: {self.number or '–'}"


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: Actor) -> TaskQuerySet:
        """Tasks of published plans: of units in scope, or of plans that units in scope lead."""
        scope = actor.scope(Permission.SEE)
        rows = self.filter(plan__published_at__isnull=False)
        if scope.everywhere:
            return rows
        return rows.filter(Q(unit_id__in=scope.units) | Q(plan__unit_id__in=scope.units))

    def open(self) -> TaskQuerySet:
        return self.filter(state__in=OPEN_TASKS, plan__closed_at__isnull=True)


class Task(models.Model):
    """Something a unit has to do by a day. ``due_at`` is the end of work on that day by the unit's calendar."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=300)
    words = models.TextField(blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    due_on = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s.value, n) for s, n in TASK_NAMES.items()], default="waiting")
    percent = models.PositiveSmallIntegerField(default=0)
    last_words = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_done_has_its_moment",
                condition=Q(state=TaskState.DONE, done_at__isnull=False)
                | (~Q(state=TaskState.DONE) & Q(done_at__isnull=True)),
            ),
            models.CheckConstraint(name="task_percent_is_a_share", condition=Q(percent__lte=100)),
        ]
        indexes = [
            models.Index(fields=["plan", "due_at", "id"], name="task_of_plan"),
            models.Index(fields=["unit", "due_at"], name="task_open_of_unit", condition=Q(state__in=OPEN_TASKS)),
            models.Index(fields=["due_at"], name="task_open_due", condition=Q(state__in=OPEN_TASKS)),
        ]

    def __str__(self) -> str:
        return self.title


class Figure(models.Model):
    """The newest value of a target: from a measure of the platform, or as somebody reported it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="figures")
    code = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=21, decimal_places=6)
    words = models.CharField(max_length=300)
    link = models.CharField(max_length=300, blank=True)
    as_of = models.DateField()
    reported_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="plan_figure_once", fields=["plan", "code"])]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.code}: {self.value}"
