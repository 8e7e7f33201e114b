"""The steps of a case that runs: one row each, written when the case is accepted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.kernel.processes.rules import StepKind, StepState
from tinhso.kernel.units.models import Unit


class Step(models.Model):
    """A dated step. ``seq`` orders the main line; parallel consultations share the seq of the step that asked."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, db_index=False, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in StepKind])
    role = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    is_parallel = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=StepState.WAITING)
    hours = models.DecimalField(max_digits=7, decimal_places=2)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    round = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("seq", "id")
        indexes = [
            models.Index(fields=["case", "seq"], name="step_of_case"),
            models.Index(
                fields=["unit", "due_at"], name="step_consultations",
                condition=Q(is_parallel=True, state="active"),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                name="step_one_active", fields=["case"], condition=Q(state="active", is_parallel=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}. {self.name}"
