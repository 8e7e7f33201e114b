"""What a person is told on the site, and the messages that carry it outside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.notices.rules import OPEN, TITLE_LENGTH, URL_LENGTH, Channel, Sending


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
