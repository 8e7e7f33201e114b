"""Accounts, the people and businesses behind them, officials' positions, and the roles they were given."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from tinhso.kernel.statements import Kept, Slot
from tinhso.kernel.units.models import Unit


class Person(models.Model):
    """A citizen. The identity number is unique when known, and only known when an official or the e-ID has seen it.

    ``declared_number`` is what somebody typed about themselves: it fills in forms, and finds and opens nothing.
    """

    full_name = models.CharField(max_length=120)
    identity_number = models.CharField(max_length=12, null=True, blank=True, unique=True)
    declared_number = models.CharField(max_length=12, blank=True, default="", db_default="")
    born_on = models.DateField(null=True, blank=True)
    is_female = models.BooleanField(null=True, blank=True)
    address = models.CharField(max_length=250, blank=True)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.full_name

    @property
    def number_for_forms(self) -> str:
        """What a form of this person's own starts with: the proven number, else the declared one."""
        return self.identity_number or self.declared_number


class Business(models.Model):
    """An enterprise, a cooperative or a household business."""

    name = models.CharField(max_length=200)
    tax_code = models.CharField(max_length=14, unique=True)
    address = models.CharField(max_length=250, blank=True)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    representatives = models.ManyToManyField(Person, related_name="businesses", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    def get(self, *args: Any, **wanted: Any) -> Account:
        """One account. By its key alone, as every page of somebody signed in asks for it, with a kept statement."""
        if args or wanted.keys() != {"pk"}:
            return super().get(*args, **wanted)
        found = _by_key(pk=int(wanted["pk"]))
        if not found:
            raise self.model.DoesNotExist
        return found[0]

    def create_user(self, username: str, email: str = "", password: str | None = None, **more: Any) -> Account:
        account = self.model(username=username, email=self.normalize_email(email or ""), **more)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Something one signs in with. A citizen's account has a person; an official's has positions."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=120)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="account")
    is_active = models.BooleanField(default=True)
    is_official = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="vi")
    rights_version = models.PositiveIntegerField(default=1, help_text="grows when positions or roles change")
    sessions_version = models.PositiveIntegerField(
        default=0, db_default=0, help_text="grows when all sessions are ended: those begun before fit no more"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def is_staff(self) -> bool:
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions fit as long as neither the password nor ``sessions_version`` changes."""
        said = f"{self.password}:{self.sessions_version}" if self.sessions_version else self.password
        return salted_hmac("tinhso.kernel.people.session", said, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.rsplit(" ", 1)[-1]


_by_key: Kept[Account] = Kept(lambda: Account.objects.filter(pk=Slot("pk")))


class TimedQuerySet(models.QuerySet[Any]):
    def valid_on(self, day: date) -> TimedQuerySet:
        """Rows whose time includes that day."""
        return self.filter(Q(begins_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Position(models.Model):
    """An official's post in a unit."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="positions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="positions")
    title = models.CharField(max_length=120)
    is_main = models.BooleanField(default=True)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = TimedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="position_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
            ),
            models.UniqueConstraint(
                name="position_one_main", fields=["account"], condition=Q(is_main=True, ends_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.unit}"


class Grant(models.Model):
    """A role given to an account on a unit and all below it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TimedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
            ),
            models.UniqueConstraint(
                name="grant_once", fields=["account", "role", "unit"], condition=Q(ends_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.unit_id}"


class ActiveMonth(models.Model):
    """How many people of a commune used their account in a month; without one: those who did not say where they live.

    Who comes back later is no longer seen to have been here before, so the number is kept while the month goes on."""

    month = models.DateField(help_text="its first day")
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="active_month_once", fields=["month", "commune"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}: {self.number}"
