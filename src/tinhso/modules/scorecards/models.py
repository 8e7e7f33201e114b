"""Criteria sets in editions, rounds, units' cards with their cells and evidence, appeals, and published tables."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.scorecards.rules.words import AppealState, CardState, EvidenceKind, Permission, RoundState


class CriteriaSet(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A set of criteria by its code; what it asks stands in its editions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class CriteriaEdition(Version):
    """A version of a criteria set."""

    parent_field = "criteria_set"
    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="editions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="criteria_edition_number_once", fields=["criteria_set", "number"]),
        ]


class Round(models.Model):
    """One assessment: an edition, a period, the units it was opened for, the decision that published it."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    edition = models.ForeignKey(CriteriaEdition, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    due_at = models.DateTimeField(help_text="when self-assessment ends")
    appeals_until = models.DateField(null=True)
    state = models.CharField(max_length=10, default=RoundState.OPEN)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="round_until_after_since", condition=Q(until__gte=models.F("since"))),
            models.CheckConstraint(
                name="round_closed_has_moment",
                condition=Q(state__in=[RoundState.OPEN, RoundState.ANNOUNCED]) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        return self.state in (RoundState.CLOSED, RoundState.PUBLISHED)


class CardQuerySet(models.QuerySet["Card"]):
    def visible_to(self, actor: Actor) -> CardQuerySet:
        """Own cards at any time; the council's once they were sent; those of others once their round is published."""
        own, all_ = actor.scope(Permission.FILL), actor.scope(Permission.REVIEW) | actor.scope(Permission.MANAGE)
        if own.everywhere:
            return self
        rows = Q(unit_id__in=own.units)
        if actor.may(Permission.SEE):
            rows |= Q(round__state=RoundState.PUBLISHED)
        sent = ~Q(state=CardState.FILLING) | Q(round__state__in=[RoundState.CLOSED, RoundState.PUBLISHED])
        rows |= sent if all_.everywhere else sent & Q(unit_id__in=all_.units)
        return self.filter(rows)


class Card(models.Model):
    """A unit in a round. Self, reviewed and final totals stand apart; the frozen columns are written once, at closing.

    ``row``: inputs as whole numbers (four places) in the edition's order; ``decided``: points set by the council, by
    criterion, in the edition's last place; ``points``: what each criterion gave.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="cards")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=CardState.FILLING)
    self_total = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    review_total = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    final_total = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    filled = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    asked_words = models.TextField(blank=True)
    row = models.JSONField(null=True)
    decided = models.JSONField(null=True)
    points = models.JSONField(null=True)
    pillars = models.JSONField(default=list)
    indices = models.JSONField(default=list)
    rank = models.PositiveIntegerField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    grade = models.CharField(max_length=40, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="card_once", fields=["round", "unit"])]
        indexes = [models.Index(fields=["round", "group", "rank"], name="card_ranking")]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.unit_id}"


class Cell(models.Model):
    """A criterion on a card. ``inputs``: what the unit (or the system) gave, as plain decimals by input.

    ``review_points`` is null while the council agrees; ``final_inputs`` is set where an appeal corrected an input.
    ``revision`` counts changes by the unit, ``review_revision`` those by the council: who is late must look again.
    """

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="cells")
    criterion = models.CharField(max_length=40)
    inputs = models.JSONField(default=dict)
    is_system = models.BooleanField(default=False)
    self_points = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    revision = models.PositiveIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)
    filled_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    review_points = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    review_reason = models.TextField(blank=True)
    review_revision = models.PositiveIntegerField(default=0)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    needs_more = models.BooleanField(default=False)
    final_inputs = models.JSONField(null=True)
    final_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cell_once", fields=["card", "criterion"]),
            models.CheckConstraint(
                name="cell_other_points_have_a_reason", condition=Q(review_points__isnull=True) | ~Q(review_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.criterion}"


class Evidence(models.Model):
    """What proves a cell: a file, a link, a document's number, or a figure of the system with the day it was taken."""

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=[(one.value, one.name) for one in EvidenceKind])
    title = models.CharField(max_length=300)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    url = models.CharField(max_length=500, blank=True)
    number = models.CharField(max_length=80, blank=True)
    dated_on = models.DateField(null=True)
    figure = models.JSONField(null=True)
    frozen_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_is_what_it_says",
                condition=Q(kind="file", attachment__isnull=False) | (~Q(kind="file") & Q(attachment__isnull=True)),
            ),
            models.UniqueConstraint(name="evidence_one_figure_a_cell", fields=["cell"], condition=Q(kind="figure")),
        ]

    def __str__(self) -> str:
        return self.title


class Appeal(models.Model):
    """A unit's objection to one input of one cell, or to the points where the council set them (``input`` empty)."""

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="appeals")
    input = models.CharField(max_length=40, blank=True)
    claimed = models.CharField(max_length=40, help_text="the value the unit says is right")
    reason = models.TextField()
    state = models.CharField(max_length=10, default=AppealState.OPEN)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="appeal_one_open", fields=["cell", "input"], condition=Q(state="open")),
            models.CheckConstraint(
                name="appeal_answer_has_words",
                condition=Q(state="open", answered_at__isnull=True) | (~Q(state="open") & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.input}: {self.claimed}"


class SuppliedFigure(models.Model):
    """A number about a unit that another office is responsible for, such as households with fibre; by period."""

    code = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    supplier = models.CharField(max_length=200)
    as_of = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="supplied_figure_once", fields=["code", "year", "unit"])]

    def __str__(self) -> str:
        return f"{self.code} {self.year} {self.unit_id}"


class PublishedResult(models.Model):
    """A line of a table that somebody else published: a province's value and rank in a year, as far as known."""

    set_code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=80)
    dimension = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    ranked_units = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="published_result_once", fields=["set_code", "place", "year", "dimension", "ranked_units"]
            )
        ]
        indexes = [models.Index(fields=["set_code", "year", "dimension"], name="published_result_table")]

    def __str__(self) -> str:
        return f"{self.year} {self.place} {self.dimension}"

    @staticmethod
    def columns() -> tuple[Any, ...]:
        """The columns of the open table, in order."""
        return ("year", "place", "dimension", "value", "rank", "ranked_units", "source", "note")
