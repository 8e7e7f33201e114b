"""The schedule in versions, what was ended by it, what is held, downloads, and what people asked about their data."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.manifest import Fate, Spared
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.kernel.versions.models import Version
from tinhso.modules.privacy.rules import DISPOSAL_NAMES, FATE_NAMES, OPEN, SORTS, DisposalState


class Schedule(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """The one schedule of this deployment; what it says stands in its versions."""

    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class ScheduleVersion(Version):
    """A version of the schedule, with the shape of ``rules.schedule_from``."""

    parent_field = "schedule"
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="scheduleversion_number", fields=["schedule", "number"]),
        ]


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> HoldQuerySet:
        return self.filter(lifted_at__isnull=True)


class Hold(models.Model):
    """A case, or all about a person, is kept as it is: for an inspection, a complaint, a court."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=300, help_text="the document that asks for it")
    placed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="hold_on_one_thing",
                condition=Q(case__isnull=False, person__isnull=True) | Q(case__isnull=True, person__isnull=False),
            ),
            models.UniqueConstraint(name="hold_case_once", fields=["case"], condition=Q(lifted_at__isnull=True)),
            models.UniqueConstraint(name="hold_person_once", fields=["person"], condition=Q(lifted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id or self.person_id}: {self.source}"


def spared() -> Spared:
    """What is held now."""
    rows = list(Hold.objects.standing().values_list("case_id", "person_id"))
    return Spared(frozenset(one for one, _ in rows if one), frozenset(one for _, one in rows if one))


class Disposal(models.Model):
    """One act of ending what is due: proposed by one person, approved by another, done in batches, and on record.

    It names kinds and counts, never what or whose it was."""

    number = models.CharField(max_length=20, unique=True)
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(ScheduleVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=list(DISPOSAL_NAMES.items()), default=DisposalState.PROPOSED)
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was not approved, or stopped")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="disposal_one_open", fields=["schedule"], condition=Q(state__in=OPEN)),
            models.CheckConstraint(
                name="disposal_two_people",
                condition=Q(state=DisposalState.PROPOSED)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def record(self) -> str:
        """The chain that history refers to."""
        return f"disposal/{self.pk}"


class Line(models.Model):
    """One kind of thing of a disposal: counted when proposed, ended since, and what was left at the end."""

    disposal = models.ForeignKey(Disposal, on_delete=models.CASCADE, related_name="lines")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    fate = models.CharField(max_length=10, choices=[(one.value, FATE_NAMES[one]) for one in Fate])
    source = models.CharField(max_length=300)
    kept = models.CharField(max_length=40, help_text="how long, in words")
    before = models.DateTimeField(help_text="what has waited since before this moment")
    counted = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0, help_text="up to here all was looked at")
    left = models.PositiveIntegerField(null=True, help_text="still due at the end: held, or come since")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(name="disposal_line_once", fields=["disposal", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.done}/{self.counted}"


class Export(models.Model):
    """Somebody's own data in one file, made on their wish and thrown away after some days."""

    class State(models.TextChoices):
        WAITING = "waiting", "Đang tạo"
        READY = "ready", "Tải được"
        FAILED = "failed", "Chưa tạo được"
        GONE = "gone", "Đã hết hạn"

    token = models.UUIDField(default=uuid.uuid4, unique=True, help_text="names it in addresses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="export_one_waiting", fields=["account"], condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, actor: Actor) -> RequestQuerySet:
        """Requests whose case the actor may see: one's own, and for the data officer all."""
        if actor.kind is ActorKind.SYSTEM:
            return self
        return self.filter(case__in=Case.objects.visible_to(actor).filter(kind="data_request"))

    def locked(self, case_id: int) -> Request:
        """The case and the request, both held until the transaction ends."""
        found = self.select_related("case").select_for_update(of=("self", "case")).filter(pk=case_id).first()
        if found is None:
            raise NotFound
        return found


class Request(models.Model):
    """What somebody asked about their data; its life, clock and history are its case's."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    sort = models.CharField(max_length=10, choices=list(SORTS.items()))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    chosen = models.JSONField(default=list, help_text="codes of the holdings it is about")
    answer = models.TextField(blank=True)
    erased = models.JSONField(null=True, help_text="holding → how many, once erasing is done")

    objects = RequestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.case_id} {self.sort}"


class Closing(models.Model):
    """An account its owner closed. Who it was is forgotten when the time for that is over."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id}"
