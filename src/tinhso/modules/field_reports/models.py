"""What is particular to a field report; all else stands in its case.

Words and photos come twice: as they were sent, for officials, and as they may be shown (masked, blurred).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.field_reports.rules.places import Box
from tinhso.modules.field_reports.rules.states import CHANNEL_NAMES


class CategoryList(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """The list of kinds of report by its code; what it says stands in its editions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class CategoryEdition(Version):
    """A version of the list: kinds, units responsible, levels with their deadlines, reasons of refusal."""

    parent_field = "catalogue"
    catalogue = models.ForeignKey(CategoryList, on_delete=models.PROTECT, related_name="editions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="field_reports_edition_number", fields=["catalogue", "number"]),
        ]


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> ReportQuerySet:
        """Reports whose case the actor may see: officials of the desk and of units that have to do with it, and who
        sent it. What officials of a unit see of the sender is decided by ``queries.sender_of``."""
        return self.filter(case__in=Case.objects.visible_to(actor).filter(kind="field_report"))

    def public(self) -> ReportQuerySet:
        """Those that everybody may see; with them only what ``queries.public.view`` gives."""
        return self.filter(is_public=True)

    def within(self, box: Box) -> ReportQuerySet:
        """Those in a box, by the places as sent; for officials and for finding what may be the same."""
        return self.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))

    def shown_within(self, box: Box) -> ReportQuerySet:
        """Public ones in a box, by the places as shown."""
        rows = self.public().filter(public_latitude__range=(box.south, box.north))
        return rows.filter(public_longitude__range=(box.west, box.east))

    def newest_first(self) -> ReportQuerySet:
        return self.order_by("-received_at", "-case_id")

    def locked(self, report_id: int) -> Report:
        """The report with its case, both held until the transaction ends. Raises NotFound."""
        case = Case.objects.locked(report_id)
        report = _OF(id=case.pk)[0]
        report.case = case
        return report


class Report(models.Model):
    """What somebody saw and wants put right.

    ``is_public`` is kept by the actions from state, kind, decision and the sender's wish; ``public_*``, ``masked_*``
    are what may be shown. ``parent`` is the report it was merged into.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    edition = models.ForeignKey(CategoryEdition, on_delete=models.PROTECT, db_index=False, related_name="+")
    category = models.CharField(max_length=8)
    level = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=[(one.value, name) for one, name in CHANNEL_NAMES.items()])
    received_at = models.DateTimeField()
    text = models.TextField()
    masked_title = models.CharField(max_length=300)
    masked_text = models.TextField()
    attributes = models.JSONField(default=dict)
    # where
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.PositiveIntegerField(null=True, help_text="metres, as the device said")
    place_source = models.CharField(max_length=8, blank=True, help_text="photo, device, map, words")
    address = models.CharField(max_length=250, blank=True)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    is_private_land = models.BooleanField(default=False)
    public_latitude = models.FloatField(null=True)
    public_longitude = models.FloatField(null=True)
    # who; only operators read it, and their reading is remembered
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    sender_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    email = models.EmailField(blank=True)
    phone_proved_at = models.DateTimeField(null=True)
    is_name_hidden = models.BooleanField(default=True)
    public_wanted = models.BooleanField(default=True)
    # whether it is shown
    is_public = models.BooleanField(default=False)
    is_public_decided = models.BooleanField(default=False, help_text="an operator decided to show a kind that asks")
    # the course of things
    against_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    question = models.TextField(blank=True, help_text="what the sender was asked last")
    asked_by_unit = models.BooleanField(default=False)
    refusal = models.CharField(max_length=20, blank=True)
    refusal_words = models.TextField(blank=True)
    times_sent_back = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True)
    masked_answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    unit_due_at = models.DateTimeField(
        null=True, help_text="until when who answered kept its own time; null: the case's deadline"
    )
    reopened_at = models.DateTimeField(null=True)
    reopen_words = models.TextField(blank=True)
    warned_step = models.PositiveSmallIntegerField(default=0, help_text="how far up the ladder leaders were told")
    # where it came from
    request_key = models.CharField(max_length=64, null=True, unique=True, help_text="sent twice, it is kept once")
    source_ref = models.CharField(max_length=80, blank=True, help_text="call, message or client it came by")
    is_demonstration = models.BooleanField(default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="field_report_point_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(name="field_report_not_its_own_parent", condition=~Q(parent=F("case"))),
            models.CheckConstraint(
                name="field_report_merged_is_not_public", condition=Q(parent__isnull=True) | Q(is_public=False)
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-case"], name="field_report_newest"),
            models.Index(fields=["-received_at", "-case"], name="field_report_public", condition=Q(is_public=True)),
            models.Index(
                fields=["public_latitude", "public_longitude"], name="field_report_map", condition=Q(is_public=True)
            ),
            models.Index(fields=["latitude", "longitude"], name="field_report_place"),
            models.Index(fields=["category", "-received_at"], name="field_report_kind"),
            models.Index(
                fields=["category", "-received_at", "-case"],
                name="field_report_public_kind",
                condition=Q(is_public=True),
            ),
            models.Index(fields=["commune", "-received_at"], name="field_report_commune"),
            models.Index(fields=["phone", "-received_at"], name="field_report_phone", condition=~Q(phone="")),
            models.Index(fields=["account", "-received_at"], name="field_report_mine"),
        ]

    def __str__(self) -> str:
        return self.case.number


_OF = Kept(lambda: Report.objects.select_for_update(of=("self",)).filter(case_id=Slot("id")))


class Photo(models.Model):
    """A picture or a document: of what was seen, or of what was done about it.

    ``original`` is for officials only. ``public_copy`` is made afterwards without EXIF, with faces and plates made
    unrecognisable; nothing is shown before it is there. ``fingerprint`` is a perceptual hash of 64 bits."""

    class Stage(models.TextChoices):
        BEFORE = "before", "Hiện trường"
        MORE = "more", "Bổ sung"
        AFTER = "after", "Sau xử lý"

    class Making(models.TextChoices):
        WAITING = "waiting", "Đang xử lý"
        READY = "ready", "Sẵn sàng"
        WITHHELD = "withheld", "Không công khai"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="photos")
    stage = models.CharField(max_length=6, choices=Stage.choices, default=Stage.BEFORE)
    original = models.ForeignKey(Attachment, on_delete=models.PROTECT, db_index=False, related_name="+")
    public_copy = models.ForeignKey(Attachment, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    making = models.CharField(max_length=8, choices=Making.choices, default=Making.WAITING)
    fingerprint = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    latitude = models.FloatField(null=True, help_text="as the picture itself says")
    longitude = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["sha256"], name="field_report_photo_same"),
            models.Index(fields=["id"], name="field_report_photo_waiting", condition=Q(making="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.stage}"


class Assignment(models.Model):
    """A unit's turn with a report. ``minutes_lost``: how long it held what then went to another unit, in minutes of
    the report's own time; ``made_late``: but for them who answered would have kept the promise."""

    class Part(models.TextChoices):
        LEAD = "lead", "Chủ trì"
        SUPPORT = "support", "Phối hợp"

    class End(models.TextChoices):
        NOT_OURS = "not_ours", "Chuyển trả"
        REROUTED = "rerouted", "Tổng đài chuyển đơn vị khác"
        DONE = "done", "Xong"
        CLOSED = "closed", "Kết thúc"
        ROUTED = "routed", "Đã chuyển đơn vị"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices, default=Part.LEAD)
    asked = models.TextField(blank=True, help_text="what the unit is asked to do")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=End.choices, blank=True)
    reason = models.TextField(blank=True)
    opinion = models.TextField(blank=True, help_text="of a supporting unit")
    minutes_lost = models.PositiveIntegerField(default=0)
    made_late = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                name="field_report_one_lead", fields=["report"], condition=Q(part="lead", ends_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="field_report_supports_once",
                fields=["report", "unit"],
                condition=Q(part="support", ends_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["unit", "-begins_at"], name="field_report_held")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.unit_id}"


class Extension(models.Model):
    """More time, asked for once and before the deadline; the sender is told of what is decided."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, primary_key=True, related_name="extension")
    working_days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    granted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    def __str__(self) -> str:
        return f"{self.report_id}: {self.working_days}"


class Follower(models.Model):
    """Somebody who wants to be told, besides who sent it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="followers")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    phone = models.CharField(max_length=16, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="field_report_followed_once", fields=["report", "account"], condition=Q(account__isnull=False)
            ),
            models.UniqueConstraint(
                name="field_report_phone_follows_once", fields=["report", "phone"], condition=~Q(phone="")
            ),
            models.CheckConstraint(
                name="field_report_follower_is_somebody", condition=Q(account__isnull=False) | ~Q(phone="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}"


class Rating(models.Model):
    """What the sender thinks of the outcome: 1 to 5, once."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="rating")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="field_report_score", condition=Q(score__range=(1, 5)))]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.score}"


class Counts(models.Model):
    """The columns of a sum; see ``rules.figures.COUNTS``."""

    received = models.IntegerField(default=0)
    processed = models.IntegerField(default=0)
    on_time = models.IntegerField(default=0)
    early = models.IntegerField(default=0)
    open = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    merged = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)
    satisfied = models.IntegerField(default=0)
    accepting = models.IntegerField(default=0)
    minutes_lost = models.IntegerField(default=0)
    excused = models.IntegerField(default=0, db_default=0)
    made_late = models.IntegerField(default=0, db_default=0)

    class Meta:
        abstract = True


class CountedReport(Counts):
    """As what a report is part of the sums, so that it can be taken off again: one row, and one more for each turn in
    which a unit held it in vain."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(help_text="received; of a turn: begun")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    desk = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    category = models.CharField(max_length=8, blank=True, help_text="empty of a turn")
    due_on = models.DateField(help_text="of one whose clock runs; else 9999-12-31")

    def __str__(self) -> str:
        return f"{self.report_id} {self.on}"


class ReportFigure(Counts):
    """Sums of reports of a day or a month, by unit, by kind and by both; see ``actions.counting``.

    Their number grows with days, units and kinds, never with reports; pages read nothing else."""

    level = models.CharField(max_length=4, help_text="unit, kind, both")
    grain = models.CharField(max_length=5, help_text="day, month")
    on = models.DateField(help_text="the day; of a month its first")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    desk = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    category = models.CharField(max_length=8, blank=True)
    due_on = models.DateField(help_text="of those whose clock runs; of all others 9999-12-31")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="report_figure_once",
                fields=["level", "grain", "on", "unit", "desk", "category", "due_on"],
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["unit", "level", "grain", "on"], name="report_figure_of_unit")]

    def __str__(self) -> str:
        return f"{self.level} {self.grain} {self.on}"


class PhoneCode(models.Model):
    """A one-time code on its way to a telephone; proved once, it stands for the number for an hour."""

    token = models.CharField(max_length=32, unique=True)
    phone = models.CharField(max_length=16)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "-made_at"], name="field_report_code_phone")]

    def __str__(self) -> str:
        return self.token
