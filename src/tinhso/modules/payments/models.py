"""Tariffs, payment orders, bank accounts and the money on them, receipts and refunds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor, ActorKind
from tinhso.kernel.units.models import Unit
from tinhso.kernel.versions.models import Version
from tinhso.modules.payments.rules import Permission
from tinhso.modules.payments.rules.matching import Verdict
from tinhso.modules.payments.rules.receipts import ReceiptState, Template
from tinhso.modules.payments.rules.states import OPEN, State
from tinhso.modules.payments.rules.words import Method, Purpose


class Tariff(models.Model):  # type: ignore[django-manager-missing, unused-ignore]
    """A resolution or circular that sets fees. The province's own come before the nation's (lower ``rank`` first)."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=250)
    rank = models.PositiveSmallIntegerField(default=10, help_text="0 the province's own, 10 national")

    class Meta:
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class TariffVersion(Version):
    """An edition of a tariff; ``content`` has the shape of ``rules.fees.Tariff``, ``legal_source`` the document."""

    parent_field = "tariff"

    tariff = models.ForeignKey(Tariff, on_delete=models.CASCADE, related_name="versions")

    class Meta(Version.Meta):
        ordering = ["-number"]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(name="tariffversion_number", fields=["tariff", "number"]),
        ]


class BankAccount(models.Model):
    """An account of an agency at a bank or the treasury. Its secret is not kept here: see ``adapters``."""

    code = models.SlugField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    bank_bin = models.CharField(max_length=6)
    bank_name = models.CharField(max_length=120)
    number = models.CharField(max_length=19)
    holder = models.CharField(max_length=120)
    adapter = models.CharField(max_length=30)
    statement_format = models.CharField(max_length=30, default="general")
    is_demonstration = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.number} · {self.bank_name}"


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> OrderQuerySet:
        """One's own orders; officials see those of units on which they may see payments, or where it was received."""
        if actor.kind is ActorKind.SYSTEM:
            return self
        if actor.account_id is None:
            return self.none()
        allowed = Q(owner_id=actor.account_id)
        scope = actor.scope(Permission.SEE)
        if scope.everywhere:
            return self
        if scope.units:
            units = sorted(scope.units)
            allowed |= Q(unit_id__in=units) | Q(received_unit_id__in=units)
        return self.filter(allowed)

    def open(self) -> OrderQuerySet:
        return self.filter(state__in=OPEN)

    def locked(self, order_id: int) -> Order:
        """The case first, then the order, both held until the transaction ends. Raises NotFound."""
        found = self.filter(pk=order_id).values_list("pk", "case_id").first()
        if found is None:
            raise NotFound
        return self._held(*found)

    def locked_by(self, reference: str) -> Order | None:
        """As ``locked``, by the reference; None when no order has it."""
        found = self.filter(reference=reference).values_list("pk", "case_id").first() if reference else None
        return self._held(*found) if found is not None else None

    def _held(self, order_id: int, case_id: int) -> Order:
        case = Case.objects.locked(case_id)
        order = self.select_for_update(of=("self",), no_key=True).get(pk=order_id)
        order.case = case
        return order


class Order(models.Model):
    """What is to be paid for a dossier, and how far that is. At most one is open for a dossier and purpose."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=[(one.value, one.name) for one in Purpose])
    state = models.CharField(
        max_length=16, choices=[(one.value, one.name) for one in State], default=State.REQUESTED.value
    )
    reference = models.CharField(max_length=16, unique=True, help_text="what the payer writes as transfer content")
    request_key = models.CharField(max_length=64, unique=True, help_text="one request, once")
    amount = models.BigIntegerField(help_text="whole đồng")
    received = models.BigIntegerField(default=0, help_text="what transfers that name it add up to")
    quote = models.JSONField(default=dict, help_text="how the amount came about, as told when it was asked for")
    counts = models.JSONField(default=dict, help_text="line code → [count, size]")
    relief = models.CharField(max_length=20, blank=True)
    relief_note = models.CharField(max_length=200, blank=True, help_text="the paper that proves it")
    title = models.CharField(max_length=300)
    procedure_code = models.CharField(max_length=20, blank=True)
    field = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=8, blank=True)
    branch = models.CharField(max_length=40, blank=True)
    payer_name = models.CharField(max_length=200)
    payer_address = models.CharField(max_length=250, blank=True)
    owner = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text="who collects")
    received_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=10, blank=True, choices=[(one.value, one.name) for one in Method])
    cashier = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    reconciled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="order_one_open",
                fields=["case", "purpose"],
                condition=Q(state__in=sorted(one.value for one in OPEN)),
            ),
            models.CheckConstraint(name="order_amount_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="order_paid_has_a_time",
                condition=~Q(state__in=[State.PAID.value, State.RECONCILED.value]) | Q(paid_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-requested_at"], name="order_mine"),
            models.Index(fields=["unit", "state", "-requested_at"], name="order_of_unit"),
            models.Index(
                fields=["expires_at"], name="order_expiring", condition=Q(state__in=["requested", "pending", "failed"])
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def missing(self) -> int:
        """What is still to come, in đồng; never negative."""
        return max(0, self.amount - self.received)

    @property
    def surplus(self) -> int:
        return max(0, self.received - self.amount)


class Statement(models.Model):
    """A bank statement that was imported, and what came of its lines."""

    class State(models.TextChoices):
        WAITING = "waiting", "đang chờ"
        DONE = "done", "đã đối soát"
        BROKEN = "broken", "không đọc được"

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.imported_at:%d/%m/%Y}"


class BankNotice(models.Model):
    """A signed message of a bank, kept word for word; the same number again is the same message."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    notice_id = models.CharField(max_length=80)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="bank_notice_once", fields=["account", "notice_id"])]

    def __str__(self) -> str:
        return self.notice_id


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, actor: Actor) -> TransferQuerySet:
        """Money on accounts of units whose payments the actor reconciles, and money that names an order of theirs."""
        if actor.kind is ActorKind.SYSTEM:
            return self
        scope = actor.scope(Permission.RECONCILE)
        if scope.everywhere:
            return self
        units = sorted(scope.units)
        return self.filter(Q(account__unit_id__in=units) | Q(order__unit_id__in=units)) if units else self.none()


class Transfer(models.Model):
    """Money that came to an account: told by a notice, by a statement, or by both (the bank's number is the same)."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, db_index=False, related_name="+")
    bank_reference = models.CharField(max_length=60, help_text="the bank's own number of the booking")
    amount = models.BigIntegerField(help_text="whole đồng")
    content = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=16, blank=True, help_text="the order's reference found in the content")
    booked_at = models.DateTimeField()
    told_at = models.DateTimeField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="transfers")
    verdict = models.CharField(
        max_length=10, choices=[(one.value, one.name) for one in Verdict], default=Verdict.UNKNOWN.value
    )
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="transfer_once", fields=["account", "bank_reference"]),
            models.CheckConstraint(name="transfer_is_money", condition=Q(amount__gt=0)),
        ]
        indexes = [
            models.Index(fields=["verdict", "-booked_at", "-id"], name="transfer_by_verdict"),
            models.Index(fields=["statement"], name="transfer_of_statement"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_reference} {self.amount}"


class ReceiptSeries(models.Model):
    """One collector's receipts of a year under one symbol. ``last`` is the last number given; the row is the lock."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    template = models.CharField(max_length=5, default=Template.OPEN_VALUE.value)
    symbol = models.CharField(max_length=5)
    collector_name = models.CharField(max_length=200)
    tax_code = models.CharField(max_length=14, blank=True)
    last = models.PositiveIntegerField(default=0)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="series_once", fields=["unit", "year", "template", "symbol"])]
        ordering = ["-year", "symbol"]

    def __str__(self) -> str:
        return f"{self.template} {self.symbol}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, actor: Actor) -> ReceiptQuerySet:
        """Receipts of orders that the actor may see."""
        return self.filter(order__in=Order.objects.visible_to(actor))


class Receipt(models.Model):
    """A receipt given for money collected. Never deleted; what it says is frozen when its number is given."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="receipts")
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, db_index=False, related_name="receipts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=ReceiptState.ISSUED.value)
    amount = models.BigIntegerField()
    data = models.JSONField(default=dict, help_text="every word on it")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="receipt_number_once", fields=["series", "number"]),
            models.UniqueConstraint(name="receipt_one_valid", fields=["order"], condition=Q(state="issued")),
        ]
        indexes = [models.Index(fields=["series", "-issued_at"], name="receipt_by_day")]

    def __str__(self) -> str:
        return f"{self.series} {self.number:08d}"


class RefundQuerySet(models.QuerySet["Refund"]):
    def visible_to(self, actor: Actor) -> RefundQuerySet:
        if actor.kind is ActorKind.SYSTEM:
            return self
        scope = actor.scope(Permission.RECONCILE) | actor.scope(Permission.APPROVE)
        if scope.everywhere:
            return self
        return self.filter(unit_id__in=sorted(scope.units))


class Refund(models.Model):
    """Money to be given back: asked for by one person, approved by another, then done."""

    class State(models.TextChoices):
        REQUESTED = "requested", "chờ duyệt"
        APPROVED = "approved", "đã duyệt, chờ chi"
        REJECTED = "rejected", "không duyệt"
        DONE = "done", "đã hoàn"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="refunds")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, related_name="refunds")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED.value)
    reason = models.CharField(max_length=300)
    to_account = models.CharField(max_length=120, blank=True, help_text="where the money goes, as the payer says")
    requested_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=120, blank=True, help_text="number of the payment order to the bank")

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refund_of_something", condition=Q(order__isnull=False) | Q(transfer__isnull=False)
            ),
            models.CheckConstraint(name="refund_is_money", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                name="refund_one_running_order",
                fields=["order"],
                condition=Q(state__in=["requested", "approved"], transfer__isnull=True),
            ),
            models.UniqueConstraint(
                name="refund_one_running_transfer",
                fields=["transfer"],
                condition=Q(state__in=["requested", "approved", "done"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ({self.state})"
