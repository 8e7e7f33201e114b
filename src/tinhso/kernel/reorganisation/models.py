"""Plans of reorganisation, and the ledger: what each row that moved was before and is now."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.models import Account
from tinhso.kernel.reorganisation.rules import State


class ReorganisationQuerySet(models.QuerySet["Reorganisation"]):
    def locked(self, plan_id: int) -> Reorganisation:
        """The plan, held until the transaction ends: who acts on it at once waits, and sees what the other did."""
        found = self.select_for_update(of=("self",)).filter(pk=plan_id).first()
        if found is None:
            raise NotFound("reorganisation.not_found", "Không tìm thấy phương án này. Chọn lại trong danh sách.")
        return found


class Reorganisation(models.Model):
    """A plan, how far it is, and what its rehearsal and its verification found."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    decision = models.CharField(max_length=200, help_text="the legal act by which units change")
    effective_on = models.DateField(help_text="first day of the new order")
    content = models.JSONField(help_text="what rules.parse reads")
    state = models.CharField(max_length=10, default=State.DRAFT.value, choices=[(one.value, one.name) for one in State])
    counts = models.JSONField(default=list, help_text="of the rehearsal: list of {mover, title, number, pairs}")
    findings = models.JSONField(default=dict, help_text="of the last verification")
    rehearsed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    drafted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    run_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    routes = models.JSONField(default=dict, help_text="where each unit goes, as it was settled when the tree changed")
    stage = models.CharField(max_length=60, blank=True, help_text="the mover at work; empty before the tree changes")
    after = models.BigIntegerField(default=0, help_text="the last row that this mover looked at")
    moved = models.PositiveIntegerField(default=0, help_text="rows moved so far, or moved back while undoing")
    moved_in_round = models.PositiveIntegerField(default=0, help_text="a round that moves nothing is the last")
    trouble = models.CharField(max_length=500, blank=True, help_text="why the last batch could not be done")

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class Moved(models.Model):
    """One row that a plan changed. ``was`` empty: it was made; ``now`` empty: it was taken away."""

    plan = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, db_index=False, related_name="ledger")
    mover = models.CharField(max_length=60)
    row = models.BigIntegerField(help_text="its key, afterwards")
    was: Any = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    now: Any = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    is_undone = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["plan", "mover", "row"], name="moved_of_plan"),
            models.Index(fields=["plan", "mover", "-id"], name="moved_standing", condition=Q(is_undone=False)),
        ]

    def __str__(self) -> str:
        return f"{self.mover} {self.row}"
