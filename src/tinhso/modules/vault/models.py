"""Kept papers, who used them, scans on their way, what is shared, and certified e-copies."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account, Business, Person
from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.queries import tree
from tinhso.modules.vault import rules
from tinhso.modules.vault.rules import Permission, ScanState, Signature, Validity


class ItemQuerySet(models.QuerySet["Item"]):
    def visible_to(self, actor: Actor) -> ItemQuerySet:
        """Papers that the actor may open: one's own and those of businesses one represents; for officials those used in
        a dossier that they may see, and those shared with their unit until the day it ends. Never a free search.
        """
        if actor.kind is ActorKind.SYSTEM:
            return self
        if actor.account_id is None:
            return self.none()
        allowed = _owned(actor)
        if actor.is_official:
            cases = Case.objects.visible_to(actor)
            allowed |= Q(pk__in=Use.objects.filter(case__in=cases).values("item_id"))
            allowed |= Q(pk__in=Share.objects.live().to_unit_of(actor).values("item_id"))
        return self.filter(allowed)

    def owned_by(self, actor: Actor) -> ItemQuerySet:
        """One's own papers and those of businesses one represents."""
        return self.filter(_owned(actor))

    def of(self, *, person_id: int | None, business_id: int | None) -> ItemQuerySet:
        """Papers of a person, or of a business; of nobody there are none."""
        owners = Q(pk__in=[])
        if business_id is not None:
            owners |= Q(business_id=business_id)
        elif person_id is not None:
            owners |= Q(person_id=person_id)
        return self.filter(owners)

    def current(self) -> ItemQuerySet:
        """Neither replaced nor revoked; whether the time of use has passed is asked by the day."""
        return self.filter(is_replaced=False, revoked_at__isnull=True)

    def with_files(self) -> ItemQuerySet:
        return self.select_related("attachment__blob")

    def containing(self, text: str) -> ItemQuerySet:
        """Those whose title, number, issuing body or text has each word, marks or not."""
        rows = self
        for word in rules.fold(text).split()[:8]:
            rows = rows.filter(needle__contains=word)
        return rows


def _owned(actor: Actor) -> Q:
    if actor.person_id is None:
        return Q(pk__in=[])
    firms = Business.representatives.through.objects.filter(person_id=actor.person_id).values("business_id")
    return Q(person_id=actor.person_id) | Q(business_id__in=firms)


class Item(models.Model):
    """A paper of a person or a business, kept once. A later edition is another item that this one names no more."""

    class Origin(models.TextChoices):
        RESULT = "result", "kết quả đã cấp"
        PAPER = "paper", "giấy tờ trong hồ sơ"
        SCAN = "scan", "quét và đối chiếu tại quầy"
        CERTIFIED = "certified", "bản sao chứng thực"

    token = models.UUIDField(default=uuid.uuid4, unique=True, help_text="names the paper in addresses")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    business = models.ForeignKey(Business, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40, blank=True, help_text="code of seeds/kinds.yaml; empty when unknown")
    result_code = models.CharField(max_length=40, blank=True, help_text="national code of the result (KQ), if known")
    name_key = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=250, blank=True)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    scope = models.CharField(max_length=120, blank=True, help_text="where it holds, in words; empty: everywhere")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True, help_text="what was read in it")
    needle = models.TextField(blank=True, help_text="folded words by which its owner finds it")
    data = models.JSONField(default=dict, help_text="structured data, where the paper has any")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    is_digitised = models.BooleanField(default=False, help_text="a copy compared with the original and signed")
    signature = models.CharField(max_length=8, blank=True, choices=[(one.value, one.name) for one in Signature])
    signed_by = models.CharField(max_length=200, blank=True)
    signature_valid_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    source_key = models.CharField(max_length=60, unique=True, help_text="what it came from; one paper, once")
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    is_replaced = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    revoked_reason = models.CharField(max_length=500, blank=True)
    kept_at = models.DateTimeField()

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_has_one_owner",
                condition=Q(person__isnull=False, business__isnull=True)
                | Q(person__isnull=True, business__isnull=False),
            ),
            models.UniqueConstraint(
                name="item_replaced_once", fields=["replaces"], condition=Q(replaces__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="item_of_person", condition=Q(person__isnull=False)),
            models.Index(fields=["business", "-id"], name="item_of_business", condition=Q(business__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    def validity(self, on: date) -> Validity:
        return rules.validity(
            on, begins_on=self.valid_from, ends_on=self.valid_until, is_replaced=self.is_replaced,
            is_revoked=self.revoked_at is not None,
        )  # fmt: skip


class ShareQuerySet(models.QuerySet["Share"]):
    def live(self) -> ShareQuerySet:
        """Not ended, not taken back, not locked by wrong codes."""
        return self.filter(revoked_at__isnull=True, locked_at__isnull=True, ends_at__gt=Now())

    def to_unit_of(self, actor: Actor) -> ShareQuerySet:
        """Shared with the unit the actor works in, or with one above it."""
        known = tree()
        if not actor.is_official or actor.unit_id is None or actor.unit_id not in known.nodes:
            return self.none()
        return self.filter(unit_id__in=[node.id for node in known.path(actor.unit_id)])


class Share(models.Model):
    """The owner's consent that a unit, or who has a link and its code, may see a paper until a moment."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="shares")
    token = models.CharField(max_length=32, unique=True, help_text="the secret in the link")
    code_hash = models.CharField(max_length=128, blank=True, help_text="of the six digits told beside the link")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=200)
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="share_is_to_a_unit_or_by_code", condition=Q(unit__isnull=False) | ~Q(code_hash="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} → {self.unit_id or 'link'}"


class Use(models.Model):
    """Somebody used a kept paper: filed it, took it for its owner, opened what was shared."""

    class How(models.TextChoices):
        FILED = "filed", "dùng trong hồ sơ"
        TAKEN = "taken", "cán bộ lấy dùng trong hồ sơ"
        OPENED = "opened", "mở bằng liên kết chia sẻ"
        SEEN = "seen", "đơn vị được chia sẻ đã xem"
        SHOWN = "shown", "được đề xuất cho cán bộ tại quầy"

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="uses")
    how = models.CharField(max_length=6, choices=How.choices)
    at = models.DateTimeField()
    on = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    who = models.CharField(max_length=160, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    part_id = models.BigIntegerField(null=True, help_text="the dossier's paper")
    share = models.ForeignKey(Share, on_delete=models.CASCADE, null=True, related_name="uses")
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="use_of_a_part_once", fields=["part_id"], condition=Q(part_id__isnull=False)),
            models.UniqueConstraint(
                name="use_of_a_share_once_a_day", fields=["share", "account", "on"], nulls_distinct=False,
                condition=Q(share__isnull=False),
            ),
            models.UniqueConstraint(
                name="use_shown_once_a_day", fields=["item", "account", "on"], condition=Q(how="shown")
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["item", "-at"], name="use_of_item")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.how}"


class ScanQuerySet(models.QuerySet["Scan"]):
    def visible_to(self, actor: Actor) -> ScanQuerySet:
        """Scans at the counters where the actor digitises; the system sees all."""
        scope = actor.scope(Permission.DIGITISE)
        return self if scope.everywhere else self.filter(unit_id__in=sorted(scope.units))

    def locked(self, scan_id: int) -> Scan:
        try:
            return self.select_for_update(of=("self",)).get(pk=scan_id)
        except Scan.DoesNotExist as missing:
            raise NotFound("vault.no_scan", "Không tìm thấy bản quét này.") from missing


class Scan(models.Model):
    """One paper on its way from pictures to a signed archive PDF. What was brought in stays, whatever becomes of it."""

    token = models.UUIDField(default=uuid.uuid4, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="the counter that scans")
    part_id = models.BigIntegerField(
        null=True, db_index=True, help_text="the dossier's paper; empty for certified copies"
    )
    name = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=[(one.value, one.name) for one in ScanState])
    problem = models.CharField(max_length=40, blank=True, help_text="stable code of why it failed")
    message = models.CharField(max_length=500, blank=True, help_text="the same in a sentence")
    attempts = models.PositiveSmallIntegerField(default=0)
    pages = models.JSONField(default=list, help_text="list of {number, dpi, is_blank, words}")
    text = models.TextField(blank=True)
    result = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    signed = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    brought_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    brought_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    signed_at = models.DateTimeField(null=True)

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="scan_one_live_of_a_part", fields=["part_id"],
                condition=Q(part_id__isnull=False) & ~Q(state__in=["dropped", "signed"]),
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit", "-id"], name="scan_of_counter"),
            models.Index(fields=["case"], name="scan_of_case"),
            models.Index(fields=["state"], name="scan_in_work", condition=~Q(state__in=["dropped", "signed"])),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class ScanFile(models.Model):
    """A file as it was brought: a photo, or a PDF of pages. Never changed."""

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="files")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.scan_id}/{self.position}"


class CertificationQuerySet(models.QuerySet["Certification"]):
    def visible_to(self, actor: Actor) -> CertificationQuerySet:
        """Requests whose case the actor may see: one's own, and for officials those of their units."""
        if actor.kind is ActorKind.SYSTEM:
            return self
        return self.filter(case__in=Case.objects.visible_to(actor).filter(kind=rules.CERTIFICATION.code))

    def locked(self, case_id: int) -> Certification:
        """The case and the request, both held until the transaction ends."""
        try:
            return self.select_related("case").select_for_update(of=("self", "case")).get(pk=case_id)
        except Certification.DoesNotExist as missing:
            raise NotFound("vault.no_request", "Không tìm thấy yêu cầu chứng thực này.") from missing


class Certification(models.Model):
    """A request for a certified e-copy and what became of it; its life and history are its case's."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300, help_text="what the original is")
    original_issuer = models.CharField(max_length=250, blank=True)
    original_number = models.CharField(max_length=80, blank=True)
    pages = models.PositiveSmallIntegerField(default=1, help_text="of the original; fixed when compared")
    fee = models.PositiveIntegerField(default=0, help_text="whole đồng; payments are another module's")
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, null=True, related_name="+")
    compared_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    compared_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(null=True, help_text="in the register of e-copies, by agency and year")
    year = models.PositiveSmallIntegerField(null=True)
    code = models.CharField(max_length=16, unique=True, null=True, help_text="by which anybody verifies the copy")
    places = models.JSONField(default=dict, help_text="where the agency's signature goes")
    copy = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    signed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    request_key = models.CharField(max_length=64, null=True, unique=True)

    objects = CertificationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.title} {self.code or ''}".strip()

    @property
    def register_number(self) -> str:
        """“15/2026-SCT/BS-ĐT”: number and year in the agency's own register of e-copies."""
        return f"{self.number:02d}/{self.year}-SCT/BS-ĐT" if self.number else ""
