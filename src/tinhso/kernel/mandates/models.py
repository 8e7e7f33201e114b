"""Who may act for whom, on what grounds, until when."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from tinhso.kernel.files.models import Attachment
from tinhso.kernel.mandates import rules
from tinhso.kernel.mandates.rules import Basis, Status
from tinhso.kernel.people.models import Account, Business, Person
from tinhso.kernel.people.rules import Actor


class MandateQuerySet(models.QuerySet["Mandate"]):
    def held_by(self, actor: Actor) -> MandateQuerySet:
        return self.filter(holder_id=actor.account_id) if actor.account_id else self.none()

    def about(self, actor: Actor) -> MandateQuerySet:
        """Those that let somebody else act for this person, or for a business they represent."""
        if actor.person_id is None:
            return self.none()
        mine = Q(person_id=actor.person_id) | Q(business__representatives=actor.person_id)
        return self.filter(mine).exclude(holder_id=actor.account_id).distinct()

    def valid_on(self, day: date) -> MandateQuerySet:
        return self.filter(status=Status.CONFIRMED, begins_on__lte=day, ends_on__gte=day)


class Mandate(models.Model):
    """``holder`` may act for ``person`` or ``business`` while it holds. Rows stay: they say by what right one acted.

    ``subject_number`` is what the holder typed; it names somebody only once an official has seen the proof.
    """

    holder = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="mandates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    business = models.ForeignKey(Business, on_delete=models.PROTECT, null=True, related_name="+")
    subject_name = models.CharField(max_length=200)
    subject_number = models.CharField(max_length=14)
    basis = models.CharField(max_length=16, choices=[(basis.value, basis.name) for basis in Basis])
    proof = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    begins_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=[(status.value, status.name) for status in Status])
    code_hash = models.BinaryField(
        max_length=32, null=True, unique=True, help_text="of an offer's code, until taken up"
    )
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was refused or revoked")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="mandate_ends", condition=Q(ends_on__gte=F("begins_on"))),
            models.CheckConstraint(
                name="mandate_for_somebody",
                condition=~Q(status=Status.CONFIRMED)
                | (Q(holder__isnull=False) & (Q(person__isnull=False) ^ Q(business__isnull=False))),
            ),
            models.UniqueConstraint(
                name="mandate_one_open",
                fields=["holder", "subject_number", "basis"],
                condition=Q(status__in=(Status.ASKED, Status.CONFIRMED)),
            ),
        ]
        indexes = [models.Index(name="mandate_waiting", fields=["asked_at"], condition=Q(status=Status.ASKED))]

    def __str__(self) -> str:
        return f"{self.holder_id} for {self.subject_number} ({self.basis})"

    @property
    def basis_words(self) -> str:
        return gettext(rules.WORDS[Basis(self.basis)])

    def holds_on(self, day: date) -> bool:
        return rules.holds(self.status, self.begins_on, self.ends_on, day)
