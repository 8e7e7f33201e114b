"""What goes out to the national portal, what came in from it, and how the two sides compared."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.modules.national_portal.rules.patience import Circuit


class Link(models.Model):
    """One row: how the link to the portal fares. ``failures`` counts those in a row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.failures} failures"

    @property
    def circuit(self) -> Circuit:
        return Circuit(self.failures, self.rests_until)


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    def due(self, at: datetime) -> OutgoingQuerySet:
        """Dossiers to be sent now, those that changed first before the others."""
        return self.filter(state=Outgoing.State.WAITING, next_at__lte=at).order_by("marked_at", "case_id")

    def waiting(self) -> OutgoingQuerySet:
        return self.filter(state=Outgoing.State.WAITING)

    def dead(self) -> OutgoingQuerySet:
        return self.filter(state=Outgoing.State.DEAD)

    def never_acknowledged(self) -> OutgoingQuerySet:
        return self.filter(acknowledged_version=0)


class Outgoing(models.Model):
    """A dossier on its way out: one row a dossier. ``version`` is the length of its history when it changed last.

    It is to be sent while the portal has not acknowledged that version. ``next_at`` is also the lease: who sends it
    moves it into the future first."""

    class State(models.TextChoices):
        WAITING = "waiting", "chờ gửi"
        SENT = "sent", "đã xác nhận"
        DEAD = "dead", "không gửi được"

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    version = models.PositiveIntegerField()
    acknowledged_version = models.PositiveIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True, help_text="of the picture last acknowledged")
    steps_hash = models.CharField(max_length=64, blank=True)
    first_marked_at = models.DateTimeField()
    marked_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    strikes = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=500, blank=True)
    payload = models.JSONField(null=True, help_text="what was sent when it failed last")

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["marked_at", "case"], name="outgoing_queue", condition=Q(state="waiting")),
            models.Index(fields=["tried_at", "case"], name="outgoing_dead", condition=Q(state="dead")),
            models.Index(
                fields=["first_marked_at", "case"], name="outgoing_never", condition=Q(acknowledged_version=0)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="outgoing_sent_is_newest", condition=~Q(state="sent") | Q(acknowledged_version__gte=F("version"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class IncomingQuerySet(models.QuerySet["Incoming"]):
    def due(self, at: datetime) -> IncomingQuerySet:
        """Messages to be taken in now, in the order in which they came."""
        return self.filter(state=Incoming.State.WAITING, next_at__lte=at).order_by("id")

    def failed(self) -> IncomingQuerySet:
        return self.filter(state=Incoming.State.FAILED)


class Incoming(models.Model):
    """A message of the portal as it came. The same message brought again, or by two at once, is one row."""

    class State(models.TextChoices):
        WAITING = "waiting", "chờ tiếp nhận"
        DONE = "done", "đã tiếp nhận"
        FAILED = "failed", "lỗi"
        DROPPED = "dropped", "bỏ qua"

    class Sort(models.TextChoices):
        DOSSIER = "dossier", "hồ sơ mới"
        SUPPLEMENT = "supplement", "bổ sung"
        WITHDRAWAL = "withdrawal", "rút hồ sơ"
        UNKNOWN = "unknown", "không đọc được"

    kind = models.CharField(max_length=12, choices=Sort.choices)
    key = models.CharField(max_length=90)
    code = models.CharField(max_length=40, blank=True)
    body = models.TextField(help_text="as received")
    message = models.JSONField(null=True, help_text="as read; as mended, if somebody mended it")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1, help_text="how often it was delivered")
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="+")
    filed_at = models.DateTimeField(null=True)
    subject_id = models.CharField(max_length=60, blank=True)
    is_paid_online = models.BooleanField(default=False)
    is_identity_proven = models.BooleanField(default=False, db_default=False)
    mended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    mended_at = models.DateTimeField(null=True)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="incoming_queue", condition=Q(state="waiting")),
            models.Index(fields=["id"], name="incoming_failed", condition=Q(state="failed")),
        ]
        constraints = [models.UniqueConstraint(name="incoming_once", fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class IncomingFile(models.Model):
    """A file of a dossier that is still with the portal, or was brought from there."""

    class State(models.TextChoices):
        WAITING = "waiting", "chờ tải"
        DONE = "done", "đã tải"
        FAILED = "failed", "lỗi"

    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="files")
    part_id = models.BigIntegerField(unique=True, help_text="the dossier's paper it belongs to")
    file_id = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=1000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="incomingfile_queue", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return self.name


class Comparison(models.Model):
    """One daily comparison of the dossiers here with those on the portal, by national status."""

    made_at = models.DateTimeField()
    ours = models.JSONField(default=dict)
    theirs = models.JSONField(default=dict)
    differing = models.PositiveIntegerField(default=0, help_text="dossiers that differ and were not on their way")
    on_their_way = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0, help_text="put into the queue by this comparison")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.made_at:%d/%m/%Y}: {self.differing}"


class DifferenceRow(models.Model):
    """A dossier on which the two sides disagreed; 0 stands for "not there"."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="rows")
    code = models.CharField(max_length=40)
    ours = models.PositiveSmallIntegerField()
    theirs = models.PositiveSmallIntegerField()
    is_on_its_way = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.code}: {self.ours}/{self.theirs}"


class CatalogueNotice(models.Model):
    """Something that the portal's catalogue says otherwise than ours; nothing is changed until somebody decides."""

    class State(models.TextChoices):
        OPEN = "open", "chờ xem xét"
        DRAFTED = "drafted", "đã lập bản nháp"
        DISMISSED = "dismissed", "bỏ qua"
        GONE = "gone", "không còn khác"

    code = models.CharField(max_length=8)
    what = models.CharField(max_length=10)
    ours = models.CharField(max_length=1000, blank=True)
    theirs = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        ordering = ("code", "id")
        indexes = [models.Index(fields=["state", "code"], name="cataloguenotice_open")]
        constraints = [models.UniqueConstraint(name="cataloguenotice_once", fields=["code", "what", "theirs"])]

    def __str__(self) -> str:
        return f"{self.code} {self.what}"
