"""The schedule in versions, what was ended or handed over by it, holds, downloads, people's requests, and breaches."""

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
from tinhso.modules.privacy.rules.breaches import BREACH, WHOM, Whom, must_tell_people
from tinhso.modules.privacy.rules.handing import HANDOVER_NAMES, REMOVING, HandoverState


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


class BreachQuerySet(models.QuerySet["Breach"]):
    def visible_to(self, actor: Actor) -> BreachQuerySet:
        if actor.kind is ActorKind.SYSTEM:
            return self
        return self.filter(case__in=Case.objects.visible_to(actor).filter(kind=BREACH.code))

    def locked(self, case_id: int) -> Breach:
        """The case and the breach, both held until the transaction ends."""
        found = self.select_related("case").select_for_update(of=("self", "case")).filter(pk=case_id).first()
        if found is None:
            raise NotFound
        return found


class Breach(models.Model):
    """Personal data that were lost, seen, changed or passed on without right; its clock and history are its case's."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    noticed_at = models.DateTimeField(help_text="the time to tell others runs from here")
    happened_at = models.DateTimeField(null=True)
    kinds = models.JSONField(default=list, help_text="codes of rules.breaches.KINDS")
    people_count = models.PositiveIntegerField(null=True, help_text="people concerned, as estimated")
    what = models.TextField()
    consequences = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = BreachQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.case_id}"

    @property
    def must_tell_people(self) -> bool:
        return must_tell_people(self.kinds)


class Telling(models.Model):
    """Somebody was told of a breach: who, when, how, and the document that proves it."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="tellings")
    whom = models.CharField(max_length=10, choices=list(WHOM.items()))
    name = models.CharField(max_length=200)
    document = models.CharField(max_length=200, help_text="number and day, or the way in which it was told")
    told_at = models.DateTimeField()
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("told_at", "id")
        constraints = [
            models.UniqueConstraint(
                name="telling_authority_once", fields=["breach"], condition=Q(whom=Whom.AUTHORITY.value)
            )
        ]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.whom}"


class Affected(models.Model):
    """A person whose data a breach touched, and when they were told here."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="affected")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="affected_once", fields=["breach", "person"])]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.person_id}"


class Handover(models.Model):
    """Cases handed over to an archive in one package: packed, received against its hash, and only then removed here."""

    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=60, help_text="the kind of thing, as modules declare it")
    archive = models.CharField(max_length=200, help_text="who receives it")
    source = models.CharField(max_length=300, help_text="the line of the schedule it follows")
    before = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=list(HANDOVER_NAMES.items()), default=HandoverState.PACKING
    )  # fmt: skip
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    package = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    packed_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=200, blank=True, help_text="number and day of the archive's record")
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    removed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="handover_removed_after_receipt",
                condition=~Q(state__in=REMOVING) | (~Q(receipt="") & Q(approved_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="handover_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def record(self) -> str:
        """The chain that history refers to."""
        return f"handover/{self.pk}"


class HandedOver(models.Model):
    """One thing of a package: its own folder, what was in it. In one living package at a time."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="things")
    code = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    number = models.CharField(max_length=60, blank=True)
    folder = models.UUIDField(default=uuid.uuid4, unique=True)
    files = models.PositiveIntegerField(default=0)
    is_living = models.BooleanField(default=True, help_text="its package was not given up")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="handed_over_once", fields=["code", "row_id"], condition=Q(is_living=True))
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.row_id}"
