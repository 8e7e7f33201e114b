"""What a person is told on the site, and the messages that carry it outside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.notices.rules import (
    CHANNEL_NAMES,
    OPEN,
    QUIET_FROM,
    QUIET_UNTIL,
    TITLE_LENGTH,
    URL_LENGTH,
    Channel,
    Sending,
    Text,
)
from tinhso.kernel.versions.models import Version


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, account_id: int | None) -> NoticeQuerySet:
        """Notices told to this account; nobody else may read them, whatever their rights."""
        return self.filter(account_id=account_id) if account_id else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> NoticeQuerySet:
        return self.order_by("-id")


class Notice(models.Model):
    """Something told to one account. ``dedupe`` names what it is told about: the same is told to a person once."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, db_index=False, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=URL_LENGTH)
    sms = models.CharField(max_length=320, blank=True, default="", db_default="", help_text="as a text message")
    dedupe = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_told_once", fields=["account", "dedupe"]),
            models.CheckConstraint(
                name="notice_leads_inside", condition=Q(url__startswith="/") & ~Q(url__startswith="//")
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="notice_newest"),
            models.Index(fields=["account"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """A notice carried outside by one channel. Its row is the lock under which it is sent."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Channel])
    address = models.CharField(max_length=254)
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in Sending], default=Sending.WAITING.value
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(name="delivery_once_a_channel", fields=["notice", "channel"]),
            models.CheckConstraint(
                name="delivery_sent_has_a_time", condition=~Q(state=Sending.SENT.value) | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["id"], name="delivery_open", condition=Q(state__in=OPEN))]

    def __str__(self) -> str:
        return f"{self.channel} {self.notice_id}: {self.state}"


class Preference(models.Model):
    """Whether an account wants a group of notices by a channel; without a row the channel's own habit holds."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, db_index=False, related_name="+")
    group = models.CharField(max_length=30, help_text="first part of the kind of notice")
    channel = models.CharField(max_length=10, choices=[(one.value, name) for one, name in CHANNEL_NAMES.items()])
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(name="preference_once", fields=["account", "group", "channel"])]

    def __str__(self) -> str:
        return f"{self.account_id} {self.group} {self.channel}: {self.is_on}"


class QuietHours(models.Model):
    """When an account is not to be disturbed by text messages and push; equal times mean never."""

    account = models.OneToOneField("people.Account", on_delete=models.CASCADE, related_name="+")
    begins = models.TimeField(default=QUIET_FROM)
    ends = models.TimeField(default=QUIET_UNTIL)

    class Meta:
        verbose_name_plural = "quiet hours"

    def __str__(self) -> str:
        return f"{self.account_id} {self.begins:%H:%M}–{self.ends:%H:%M}"


class Device(models.Model):
    """A browser that takes push messages for an account (W3C Push API: endpoint and the keys of its own)."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    name = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"


class Reach(models.Model):
    """A way to an account that a module keeps, such as a conversation; ``address`` is the module's own."""

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.address


class Template(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A kind of notice whose words the province may set; without a published version the module's own words hold."""

    kind = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.kind


class TemplateVersion(Version):
    """Dated words: ``content`` has title, body and sms."""

    parent_field = "template"
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="templateversion_number", fields=["template", "number"]),
        ]

    @property
    def text(self) -> Text:
        return Text(self.content["title"], self.content["body"], self.content.get("sms", ""))
