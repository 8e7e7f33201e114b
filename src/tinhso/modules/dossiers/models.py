"""Dossiers, the drafts they grow from, their papers, what was asked for again and what was issued."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.people.models import Account, Business, Person
from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.models import Unit
from tinhso.modules.dossiers.rules import Channel, Outcome, ResultChannel


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, actor: Actor) -> DraftQuerySet:
        """Drafts belong to who writes them and to nobody else, not even officials."""
        return self.filter(owner_id=actor.account_id) if actor.account_id else self.none()

    def open(self) -> DraftQuerySet:
        return self.filter(dossier__isnull=True)


class Draft(models.Model):
    """A form being filled in: kept on the server, taken up on any device, filed once."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, help_text="names the draft in addresses")
    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    procedure_code = models.CharField(max_length=20)
    version_id = models.BigIntegerField(help_text="the procedure's version it follows")
    branch = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300)
    answers = models.JSONField(default=dict)
    section = models.CharField(max_length=40, blank=True, help_text="where the person was last")
    sections_done = models.JSONField(default=list)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField()
    dossier = models.OneToOneField("Dossier", on_delete=models.PROTECT, null=True, related_name="draft")

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-saved_at"], name="draft_mine", condition=Q(dossier__isnull=True))]

    def __str__(self) -> str:
        return f"{self.title} ({self.token})"


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(self, actor: Actor) -> DossierQuerySet:
        """Dossiers whose case the actor may see."""
        if actor.kind is ActorKind.SYSTEM:
            return self
        return self.filter(case__in=Case.objects.visible_to(actor).filter(kind="dossier"))

    def filed_for(self, actor: Actor) -> DossierQuerySet:
        """Those that somebody else filed for this person, or for a business they represent, by a mandate."""
        if actor.person_id is None:
            return self.none()
        return self.filter(_about(actor.person_id)).exclude(case__owner_id=actor.account_id).distinct()

    def followed_by(self, actor: Actor) -> DossierQuerySet:
        """One's own, and those filed for one: what one may look at without being an official."""
        if actor.account_id is None:
            return self.none()
        own = Q(case__owner_id=actor.account_id)
        return self.filter(own if actor.person_id is None else own | _about(actor.person_id)).distinct()

    def locked(self, case_id: int) -> Dossier:
        """The case and the dossier, both held until the transaction ends: one statement, one lock order.

        Looks among all dossiers, however narrow this selection is."""
        found = _LOCKED(id=case_id)
        if not found:
            raise NotFound
        return found[0]


def _about(person_id: int) -> Q:
    """Filed by a mandate of this person, or of a business they represent."""
    return Q(mandate__person_id=person_id) | Q(mandate__business__representatives=person_id)


class Dossier(models.Model):
    """What an applicant handed in, and what became of it. Its lifecycle, clock and history are its case's."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    procedure_code = models.CharField(max_length=20)
    procedure_name = models.CharField(max_length=300)
    version_id = models.BigIntegerField(help_text="the procedure's version in force when it was received")
    branch = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=8, choices=[(c.value, c.name) for c in Channel])
    answers = models.JSONField(default=dict)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    business = models.ForeignKey(Business, on_delete=models.PROTECT, null=True, related_name="+")
    applicant_name = models.CharField(max_length=200)
    identity_number = models.CharField(max_length=14, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=250, blank=True)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=16, blank=True, default="", db_default="", help_text="of acting for somebody")
    result_channel = models.CharField(max_length=12, default=ResultChannel.ELECTRONIC)
    sets = models.PositiveSmallIntegerField(default=1)
    fee = models.BigIntegerField(default=0, help_text="whole đồng")
    fee_paid_at = models.DateTimeField(null=True)
    fee_note = models.CharField(max_length=200, blank=True)
    finance_due = models.BigIntegerField(null=True, help_text="financial obligation, whole đồng")
    outcome = models.CharField(max_length=24, blank=True, choices=[(o.value, o.name) for o in Outcome])
    handler = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    received_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    result_text = models.JSONField(default=dict, help_text="what the draft of the result says")
    result_number = models.CharField(max_length=60, blank=True)
    result = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    signed_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    request_key = models.CharField(max_length=64, null=True, unique=True, help_text="one filing, once")

    objects = DossierQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.case_id} {self.procedure_code}"


_LOCKED = Kept(
    lambda: Dossier.objects.select_related("case").select_for_update(of=("self", "case")).filter(pk=Slot("id"))
)


class Part(models.Model):
    """A paper of a draft or of a dossier: uploaded, scanned at the counter, or handed in on paper."""

    class Source(models.TextChoices):
        UPLOAD = "upload", "tải lên"
        SCAN = "scan", "quét tại quầy"
        PAPER = "paper", "bản giấy"
        DATABASE = "database", "từ cơ sở dữ liệu"
        VAULT = "vault", "từ kho giấy tờ"

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="parts")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, null=True, related_name="parts")
    code = models.CharField(max_length=60, help_text="component of the procedure")
    name = models.CharField(max_length=300)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.UPLOAD)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    round = models.PositiveSmallIntegerField(default=0, help_text="0 at filing, n in the nth supplement")
    added_at = models.DateTimeField()
    is_digitised = models.BooleanField(default=False, db_default=False, help_text="a copy compared and signed")
    is_reused = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="DuocTaiSuDung: 0 no, 1 province's store, 2 national store (unconfirmed)"
    )
    kept_as = models.BigIntegerField(null=True, help_text="the paper's id where it was taken from")
    signed_by = models.CharField(max_length=200, default="", db_default="", blank=True)
    signature = models.CharField(max_length=12, default="", db_default="", blank=True, help_text="valid, demo, broken")
    signature_valid_at = models.DateTimeField(null=True, help_text="when the signature was checked and held")
    valid_until = models.DateField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="part_belongs_somewhere", condition=Q(draft__isnull=False) | Q(dossier__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Supplement(models.Model):
    """One written request for more papers, and when it was answered: both times are needed to deduct."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="supplements")
    round = models.PositiveSmallIntegerField()
    before_acceptance = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.TextField()
    missing = models.JSONField(default=list, help_text="list of {code, name, reason}")
    answer_by = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("round",)
        constraints = [
            models.UniqueConstraint(name="supplement_round_once", fields=["dossier", "round"]),
            models.UniqueConstraint(
                name="supplement_one_open", fields=["dossier"], condition=Q(answered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.round}"


class Paper(models.Model):
    """An issued statutory form. What it says is frozen; it can be printed again word for word."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="papers")
    form = models.CharField(max_length=10, help_text="01 … 07 by TT03 Appendix I, or 'result'")
    template = models.CharField(max_length=40)
    serial = models.PositiveSmallIntegerField(default=1)
    data = models.JSONField(default=dict)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(name="paper_once", fields=["dossier", "form", "serial"])]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.form}/{self.serial}"


class Guidance(models.Model):
    """What a counter asked of somebody whose papers were not complete, before anything was received (form 02)."""

    key = models.CharField(max_length=64, unique=True, help_text="one guidance, once, however often it is printed")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    procedure_code = models.CharField(max_length=20)
    branch = models.CharField(max_length=40, blank=True)
    identity_number = models.CharField(max_length=14, blank=True, help_text="citizen's number or tax code")
    missing = models.JSONField(default=list, help_text="list of {code, name}")
    data = models.JSONField(default=dict, help_text="what form 02 said, word for word")
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, null=True, related_name="+", help_text="what was received in the end"
    )

    class Meta:
        verbose_name_plural = "guidances"
        indexes = [
            models.Index(fields=["identity_number", "-given_at"], name="guidance_of_person"),
            models.Index(fields=["unit", "given_at"], name="guidance_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_code} {self.given_at:%d/%m/%Y}"


class Message(models.Model):
    """A word between the applicant and the officials of a dossier, outside all decisions; the clock does not mind."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="messages")
    is_from_applicant = models.BooleanField()
    author = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    text = models.TextField(help_text="personal: it stands here only, never in the journal or a notice")
    sent_at = models.DateTimeField()
    request_key = models.CharField(max_length=64, unique=True, help_text="one message, once")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.sent_at:%d/%m/%Y %H:%M}"


class Competence(models.Model):
    """Which unit resolves a field or a single procedure when the commune does not."""

    field = models.CharField(max_length=120, blank=True)
    procedure_code = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    legal_source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="competence_once", fields=["field", "procedure_code"])]

    def __str__(self) -> str:
        return f"{self.procedure_code or self.field} → {self.unit_id}"
