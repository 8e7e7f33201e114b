"""The case row: what every kind of case has in common, so that one inbox, one clock and one look-up serve all."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext

from tinhso.kernel.cases.rules import LATER, CaseKind, Phase, State, Whom
from tinhso.kernel.errors import NotFound
from tinhso.kernel.journal.rules import NO_HASH
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.models import Unit

WORKING = (Phase.OPEN, Phase.PAUSED)


def _lookup_key() -> str:
    return secrets.token_urlsafe(12)


def spoken(state: State) -> State:
    """The state with its name in the language of who reads the page."""
    language = get_language()
    return state if language in (None, settings.LANGUAGE_CODE) else _spoken(state, str(language))


@lru_cache(maxsize=512)
def _spoken(state: State, language: str) -> State:
    return replace(state, name=gettext(state.name))


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> CaseQuerySet:
        """Cases that the actor may see.

        Officials see, for each kind, those that concern a unit on which they hold the kind's right to see: the unit
        that resolves it, that received it, or that was asked for an opinion. Citizens see their own. Nobody else
        sees any; the public look-up is a page of its own that shows no personal data.
        """
        if actor.kind is ActorKind.SYSTEM:
            return self
        if actor.account_id is None:
            return self.none()
        allowed = [Q(owner_id=actor.account_id)]
        for kind in registry.case_kinds.values():
            scope = actor.scope(kind.see)
            if scope.everywhere:
                allowed.append(Q(kind=kind.code))
            elif scope.units:
                allowed.append(Q(kind=kind.code, concerned__overlap=sorted(scope.units)))
        return self.filter(reduce(or_, allowed))

    def working(self) -> CaseQuerySet:
        return self.filter(phase__in=WORKING)

    def late(self, at: datetime) -> CaseQuerySet:
        """Cases whose running clock has passed its due time; a paused case is not late."""
        return self.filter(phase=Phase.OPEN, due_at__lt=at)

    def most_urgent_first(self) -> CaseQuerySet:
        return self.order_by("urgent_at", "id")

    def locked(self, case_id: int) -> Case:
        """The row, held until the transaction ends; looked for among all cases, however narrow this selection is."""
        found = _LOCKED(id=case_id)
        if not found:
            raise NotFound
        return found[0]


class Case(models.Model):
    """Something that waits for an answer from the state. A module's own row points to it, never the other way."""

    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=30)
    phase = models.SmallIntegerField(choices=[(phase.value, phase.name) for phase in Phase])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    received_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    concerned = ArrayField(models.IntegerField(), default=list, help_text="units that may know of it")
    assignee = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    owner = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    applicant = models.CharField(max_length=200)
    place = models.CharField(max_length=120, blank=True)
    step = models.CharField(max_length=160, blank=True)
    step_kind = models.CharField(max_length=10, blank=True)
    news = models.CharField(max_length=160, blank=True, help_text="what is new for the assignee; empty once seen")
    clock = models.JSONField(default=dict, help_text="what the due date is computed from; see terms.py")
    due_at = models.DateTimeField(null=True)
    step_due_at = models.DateTimeField(null=True)
    urgent_at = models.DateTimeField(default=LATER)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    lookup_key = models.CharField(max_length=16, default=_lookup_key)
    needle = models.TextField(help_text="folded words by which officials find it")
    journal_seq = models.PositiveIntegerField(default=0)
    journal_hash = models.BinaryField(max_length=32, default=NO_HASH)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_settled_has_a_time",
                condition=Q(phase__in=[Phase.DRAFT, Phase.OPEN, Phase.PAUSED]) | Q(settled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "urgent_at", "id"], name="case_inbox_mine", condition=Q(phase__in=WORKING)
            ),
            models.Index(fields=["unit", "urgent_at", "id"], name="case_inbox_unit", condition=Q(phase__in=WORKING)),
            models.Index(
                fields=["received_unit", "urgent_at", "id"],
                name="case_inbox_received",
                condition=Q(phase__in=[Phase.OPEN, Phase.SETTLED]),
            ),
            models.Index(fields=["urgent_at", "id"], name="case_inbox_all", condition=Q(phase__in=WORKING)),
            models.Index(fields=["due_at", "id"], name="case_late", condition=Q(phase=Phase.OPEN)),
            models.Index(fields=["owner", "-opened_at", "-id"], name="case_own", condition=Q(owner__isnull=False)),
            models.Index(fields=["updated_at", "id"], name="case_changed"),
            models.Index(fields=["unit", "-opened_at"], name="case_register"),
            GinIndex(fields=["concerned"], name="case_concerned"),
            GinIndex(SearchVector("needle", config="simple"), name="case_needle"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kind_of(self) -> CaseKind:
        return registry.case_kinds[self.kind]

    @property
    def state_of(self) -> State:
        return spoken(self.kind_of.lifecycle.state(self.state))

    @property
    def whom(self) -> Whom:
        resolvers = self.kind_of.resolvers
        return Whom(self.unit_id, self.received_unit_id, self.owner_id, self.assignee_id, resolvers)


_LOCKED = Kept(lambda: Case.objects.select_for_update(of=("self",)).filter(pk=Slot("id")))


class NumberSeries(models.Model):
    """The last number given in a series, e.g. of one agency on one day. The row is the lock."""

    series = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class OtherNumber(models.Model):
    """A number under which a case is found besides its own: one printed on a receipt before the case was registered."""

    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="other_numbers")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} → {self.case_id}"


class Promise(models.Model):
    """A date that the applicant was told. Never changed: a new date is a new promise."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    due_at = models.DateTimeField()
    promised_at = models.DateTimeField()
    reason = models.CharField(max_length=30)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_at:%d/%m/%Y}"
