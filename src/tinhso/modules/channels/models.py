"""Lines on which people write to the province, who writes, what came in and what went out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.modules.channels.rules import KIND_NAMES, OPEN, Kind, Permission, Sending
from tinhso.modules.channels.rules.sms import Fate
from tinhso.modules.channels.rules.wording import without_keys
from tinhso.modules.channels.rules.zns import APPROVAL_NAMES, Approval


class LineQuerySet(models.QuerySet["Line"]):
    def visible_to(self, actor: Actor) -> LineQuerySet:
        """Lines of the units on which an official may see them."""
        scope = actor.scope(Permission.SEE)
        if actor.kind is ActorKind.SYSTEM or scope.everywhere:
            return self
        return self.filter(unit__in=scope.units)


class Line(models.Model):
    """One account of the province or of a unit at an operator: an Official Account, a page, a mailbox.

    Its keys are set at its page or in the deployment's settings under its code (``actions.keys``); they and the two
    tokens, which change all the time, are kept sealed."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=[(one.value, name) for one, name in KIND_NAMES.items()])
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    app_id = models.CharField(max_length=40, blank=True, help_text="the application at the operator")
    outside_id = models.CharField(max_length=60, blank=True, help_text="the account's id at the operator")
    is_open = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    keys = models.TextField(blank=True, default="", db_default="", help_text="sealed")
    access_token = models.TextField(blank=True, help_text="sealed")
    refresh_token = models.TextField(blank=True, help_text="sealed; works once")
    access_until = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True, help_text="the operator asked us to wait")
    problem = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="line_of_one_account", fields=["kind", "outside_id"], condition=~Q(outside_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_of(self) -> Kind:
        return Kind(self.kind)


class Contact(models.Model):
    """Somebody as one line knows them. ``talk`` and ``kept`` are where their conversation stands."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, db_index=False, related_name="+")
    outside_id = models.CharField(max_length=120, help_text="the operator's id of the person, by line")
    account = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    talk = models.CharField(max_length=40, blank=True)
    kept = models.JSONField(default=dict)
    aside = models.JSONField(default=dict, db_default={}, help_text="a talk that was left: {talk, kept, at}")
    is_stopped = models.BooleanField(default=False, help_text="wants to be told nothing unasked")
    is_gone = models.BooleanField(default=False, help_text="left the line; the operator takes nothing for them")
    first_at = models.DateTimeField()
    last_said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="contact_once_a_line", fields=["line", "outside_id"])]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.pk}"

    @property
    def key(self) -> str:
        """What stands for this person to talks: no id of the operator."""
        return f"contact/{self.pk}"


class Received(models.Model):
    """One message of a person; its key is the operator's, so that a repeated delivery is the same row."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, db_index=False, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="received")
    key = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    subject = models.CharField(max_length=200, blank=True, default="", db_default="")
    references = models.CharField(
        max_length=1000, blank=True, default="", db_default="", help_text="of a mail's thread"
    )
    is_proven = models.BooleanField(default=True, db_default=True, help_text="that it comes from whom it says")
    skipped = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="attachments that were not taken")
    pictures = models.JSONField(default=list, help_text="addresses at the operator")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    talk = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "received"
        constraints = [models.UniqueConstraint(name="received_once", fields=["line", "key"])]
        indexes = [models.Index(fields=["line", "-id"], name="received_newest")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.pk}"

    @property
    def shown(self) -> str:
        return without_keys(self.text)


class Sent(models.Model):
    """One message of ours. Its row is the lock under which it is sent."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sent")
    answers = models.ForeignKey(Received, on_delete=models.CASCADE, null=True, db_index=False, related_name="answers")
    part = models.PositiveSmallIntegerField(default=0)
    notice = models.ForeignKey("notices.Notice", on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in Sending], default=Sending.WAITING.value
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    outside_id = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="not tried again before")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "sent"
        constraints = [
            models.UniqueConstraint(name="sent_once_an_answer", fields=["answers", "part"]),
            models.UniqueConstraint(name="sent_once_a_notice", fields=["notice", "contact"]),
        ]
        indexes = [models.Index(fields=["id"], name="sent_open", condition=Q(state__in=OPEN))]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.pk}: {self.state}"

    @property
    def shown(self) -> str:
        return without_keys(self.text)


class Template(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A version of a ZNS template: which kind of notice it is for, and what the operator says of it."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, db_index=False, related_name="templates")
    kind = models.CharField(max_length=60, help_text="kind of notice")
    number = models.PositiveSmallIntegerField()
    outside_id = models.CharField(max_length=40, help_text="template_id at the operator")
    parameters = models.JSONField(default=dict, help_text="name there: {word, most}")
    approval = models.CharField(
        max_length=10,
        choices=[(one.value, name) for one, name in APPROVAL_NAMES.items()],
        default=Approval.PENDING.value,
    )
    is_used = models.BooleanField(default=True, help_text="false: taken out of use here")
    added_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, help_text="when the operator was asked last")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_number", fields=["line", "kind", "number"]),
            models.UniqueConstraint(name="template_once", fields=["line", "outside_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.number}"


class TextMessage(models.Model):
    """One message to a telephone, by SMS or ZNS: counted, priced, and what became of it. The number's end only."""

    reference = models.CharField(max_length=80, unique=True, help_text="the same message twice is the same row")
    operator = models.CharField(max_length=20)
    template = models.ForeignKey(Template, on_delete=models.SET_NULL, null=True, related_name="+")
    ending = models.CharField(max_length=4, help_text="last digits of the number")
    segments = models.PositiveSmallIntegerField(default=1)
    price = models.PositiveIntegerField(null=True, help_text="đồng; null: not told")
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Fate], default=Fate.TAKEN.value)
    outside_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["operator", "outside_id"], name="text_by_operators_id"),
            models.Index(fields=["sent_at"], name="text_by_time"),
        ]

    def __str__(self) -> str:
        return self.reference
