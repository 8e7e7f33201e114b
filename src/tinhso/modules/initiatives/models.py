"""Regulations in dated versions, councils with their members, initiatives with authors and opinions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.models import Shelved
from tinhso.kernel.search.rules import Document
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.initiatives.rules.states import FIELDS


class Regulation(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """The province's regulation; what it says stands in its editions."""

    code = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.code


class RegulationEdition(Version):
    """A version of the regulation: criteria, points to pass, quorum, days."""

    parent_field = "regulation"
    regulation = models.ForeignKey(Regulation, on_delete=models.PROTECT, related_name="editions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="initiatives_edition_number", fields=["regulation", "number"]),
        ]


class Council(models.Model):
    """Those who judge the initiatives of a unit and of all below it, for some time."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    decision_number = models.CharField(max_length=60)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_demonstration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    council = models.ForeignKey(Council, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    is_chair = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="council_member_once", fields=["council", "account"]),
            models.UniqueConstraint(name="council_one_chair", fields=["council"], condition=Q(is_chair=True)),
        ]

    def __str__(self) -> str:
        return f"{self.council_id} {self.account_id}"


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def visible_to(self, actor: Actor) -> InitiativeQuerySet:
        """Those whose case the actor may see (its secretaries, heads, members by role; who sent it), and one's own
        as a further author."""
        seen = Q(case__in=Case.objects.visible_to(actor).filter(kind="initiative"))
        if actor.account_id is not None:
            seen |= Q(authors__account_id=actor.account_id)
        return self.filter(pk__in=Initiative.objects.filter(seen).values("pk"))

    def public(self) -> InitiativeQuerySet:
        return self.filter(decided_at__isnull=False, case__state="recognised")

    def locked(self, initiative_id: int) -> Initiative:
        """The initiative with its case, both held until the transaction ends: the case first. Raises NotFound."""
        case_id = self.filter(pk=initiative_id).values_list("case_id", flat=True).first()
        if case_id is None:
            raise NotFound
        case = Case.objects.locked(case_id)
        found = self.select_for_update(of=("self",)).select_related("regulation", "council").get(pk=initiative_id)
        found.case = case
        return found


class Initiative(Shelved):
    """What an official proposes; state, number and time stand in its case."""

    collection = "initiatives"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    field = models.CharField(max_length=20, choices=list(FIELDS.items()))
    problem = models.TextField()
    solution = models.TextField()
    effect = models.TextField(help_text="as expected by its authors")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    regulation = models.ForeignKey(RegulationEdition, on_delete=models.PROTECT, db_index=False, related_name="+")
    council = models.ForeignKey(Council, on_delete=models.PROTECT, null=True, related_name="+")
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True)
    asked_words = models.CharField(max_length=500, blank=True)
    effect_note = models.TextField(blank=True, help_text="what came of it, as noted after recognition")
    effect_dong = models.BigIntegerField(null=True, help_text="saved or gained in a year, whole đồng")
    is_demonstration = models.BooleanField(default=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta(Shelved.Meta):
        indexes = [
            *Shelved.Meta.indexes,
            models.Index(
                fields=["-decided_at", "-id"], name="initiative_public", condition=Q(decided_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="initiative_decided_is_whole",
                condition=Q(decided_at__isnull=True)
                | (Q(decided_on__isnull=False, total__isnull=False) & ~Q(decision_number="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def document(self) -> Document:
        return Document(self.pk, self.title, field=FIELDS.get(self.field, ""), body=f"{self.problem} {self.solution}")


class Author(models.Model):
    """One of those who made it, with the share in percent; the shares of an initiative add up to 100."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="authors")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    share = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="author_once", fields=["initiative", "account"]),
            models.CheckConstraint(name="author_share_is_a_share", condition=Q(share__gte=1, share__lte=100)),
        ]

    def __str__(self) -> str:
        return self.name


class Opinion(models.Model):
    """A member's points and words about one initiative; until the decision the member may change them."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="opinions")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    points = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=6, decimal_places=2)
    words = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="opinion_once", fields=["initiative", "member"])]

    def __str__(self) -> str:
        return f"{self.initiative_id}: {self.total}"
