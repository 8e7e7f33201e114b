"""Questionnaires in versions, invitations, ratings, what was done about low ones, and the sums that pages read."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.satisfaction.rules import LEVEL_NAMES, Permission, Way


class Questionnaire(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A set of questions by its code; what it asks stands in its versions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Edition(Version):
    """A version of a questionnaire."""

    parent_field = "questionnaire"
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="editions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="edition_number_once", fields=["questionnaire", "number"]),
        ]


class Invitation(models.Model):
    """The one question about one case. Whoever knows its code may answer it, once, until its last day."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=24, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="who resolved the case")
    procedure = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=300)
    invited_on = models.DateField()
    open_until = models.DateField()
    answered_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.open_until}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, actor: Actor) -> RatingQuerySet:
        """Single ratings are for those who follow them up in the unit; the handler of a case never sees its own."""
        scope = actor.scope(Permission.FOLLOW_UP)
        rows = self if scope.everywhere else self.filter(invitation__unit_id__in=scope.units)
        return rows.exclude(invitation__case__assignee_id=actor.account_id) if actor.account_id else rows

    def low(self) -> RatingQuerySet:
        return self.filter(is_low=True)

    def open(self) -> RatingQuerySet:
        return self.filter(is_low=True, followed_up_at__isnull=True)


class Rating(models.Model):
    """One answer. It says a day, no hour, and no name."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="rating")
    level = models.PositiveSmallIntegerField(choices=[(level.value, name) for level, name in LEVEL_NAMES.items()])
    points = models.JSONField(default=dict, help_text="criterion → 0, 1, 2")
    reasons = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    way = models.CharField(max_length=8, choices=[(one.value, one.name) for one in Way])
    given_on = models.DateField()
    is_low = models.BooleanField(default=False)
    followed_up_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    followed_up_at = models.DateTimeField(null=True)
    remedy = models.TextField(blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rating_remedy_with_its_author",
                condition=Q(followed_up_at__isnull=True, remedy="")
                | Q(followed_up_at__isnull=False, followed_up_by__isnull=False),
            ),
            models.CheckConstraint(name="rating_level", condition=Q(level__lte=2)),
        ]
        indexes = [models.Index(fields=["-given_on", "-id"], name="rating_low", condition=Q(is_low=True))]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.level}"


class Tally(models.Model):
    """What a unit's applicants said about a procedure in a month, added up; made again from ratings at any time."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    procedure = models.CharField(max_length=20, blank=True)
    month = models.DateField(help_text="its first day")
    criterion = models.CharField(max_length=40, blank=True, help_text="empty for the whole rating")
    invited = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    very_satisfied = models.IntegerField(default=0)
    satisfied = models.IntegerField(default=0)
    dissatisfied = models.IntegerField(default=0)
    points = models.IntegerField(default=0)
    out_of = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="tally_once", fields=["month", "unit", "procedure", "criterion"])]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.procedure} {self.month:%Y-%m} {self.criterion}"

    @staticmethod
    def sums() -> dict[str, Any]:
        """The columns that can be added up."""
        names = ("invited", "answered", "very_satisfied", "satisfied", "dissatisfied", "points", "out_of")
        return {f"{name}_sum": models.Sum(name) for name in names}
