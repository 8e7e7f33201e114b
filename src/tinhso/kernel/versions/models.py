"""The row every module's versions are made of, and the database's own refusal of two valid at once."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

from tinhso.kernel.versions.rules import STATE_NAMES, Span, State


class VersionQuerySet(models.QuerySet[Any]):
    def binding(self) -> VersionQuerySet:
        """Published or replaced: those that hold, held or will hold on some day."""
        return self.exclude(state=State.DRAFT)

    def drafts(self) -> VersionQuerySet:
        return self.filter(state=State.DRAFT)

    def in_force_on(self, day: date) -> VersionQuerySet:
        return self.binding().filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Version(models.Model):
    """A dated edition of something. A subclass names the foreign key to that thing in ``parent_field``.

    A module's migration adds ``refuse_overlap(table, parent column)``: no two bind on the same day.
    """

    parent_field: ClassVar[str] = ""

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=[(s.value, STATE_NAMES[s]) for s in State], default=State.DRAFT)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    legal_source = models.CharField(max_length=250, blank=True)
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    drafted_by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="%(class)s_binding_has_a_first_day",
                condition=Q(state=State.DRAFT) | Q(valid_from__isnull=False, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_field} {self.parent_id} #{self.number}"

    @property
    def parent_id(self) -> int:
        return int(getattr(self, f"{self.parent_field}_id"))

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def span(self) -> Span:
        """The days on which it holds; only for a version that is no draft."""
        return Span(self.number, self.valid_from, self.valid_to)  # type: ignore[arg-type]


def refuse_overlap(table: str, parent_column: str) -> migrations.RunSQL:
    """Have the database refuse two binding versions of one thing on the same day.

    Written with ranges on both columns, so that no extension is needed.
    """
    name = f"{table}_one_at_a_time"
    return migrations.RunSQL(
        f"alter table {table} add constraint {name} exclude using gist ("
        f"int8range({parent_column}, {parent_column}, '[]') with &&, daterange(valid_from, valid_to, '[]') with &&"
        f") where (state <> 'draft')",
        f"alter table {table} drop constraint {name}",
    )
