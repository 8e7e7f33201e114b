"""Writes about people: registering, appointing, giving and taking roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Q

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.models import Account, Grant, Person, Position
from tinhso.kernel.people.rules import Actor, ActorKind, check_identity_number


def _rights_changed(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(rights_version=F("rights_version") + 1)


@transaction.atomic
def appoint(
    *, account: Account, unit_id: int, title: str, begins_on: date, by: Actor, is_main: bool = True
) -> Position:
    """Give an official a post in a unit from a day on."""
    position = Position.objects.create(
        account=account, unit_id=unit_id, title=title, begins_on=begins_on, is_main=is_main
    )
    if not account.is_official:
        account.is_official = True
        account.save(update_fields=["is_official"])
    _rights_changed(account.pk)
    return position


@transaction.atomic
def end_position(*, position: Position, ends_on: date, by: Actor) -> int:
    """End a post on a day, that day included, and with it the roles given on that very unit; returns how many.

    Roles on other units stay: they belong to other posts or were given on purpose.
    """
    position.ends_on = ends_on
    position.save(update_fields=["ends_on"])
    still_there = Position.objects.valid_on(ends_on).filter(account_id=position.account_id, unit_id=position.unit_id)
    roles = 0
    if not still_there.exclude(pk=position.pk).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=ends_on)).exists():
        open_ones = Grant.objects.filter(account_id=position.account_id, unit_id=position.unit_id, ends_on__isnull=True)
        roles = open_ones.filter(begins_on__lte=ends_on).update(ends_on=ends_on)
    _rights_changed(position.account_id)
    return roles


@transaction.atomic
def give_role(*, account: Account, role: str, unit_id: int, begins_on: date, by: Actor) -> Grant:
    """Give a role on a unit and its subtree; giving it twice changes nothing."""
    if role not in registry.roles:
        raise Refusal("people.unknown_role", f"Không có vai trò “{role}”. Chọn một vai trò trong danh sách.")
    grant, _ = Grant.objects.get_or_create(
        account=account,
        role=role,
        unit_id=unit_id,
        ends_on=None,
        defaults={"begins_on": begins_on, "given_by_id": by.account_id},
    )
    _rights_changed(account.pk)
    return grant


@transaction.atomic
def take_role(*, grant: Grant, ends_on: date, by: Actor) -> None:
    """End a role on a day, not before the one it began on; it still holds on that day."""
    grant.ends_on = max(ends_on, grant.begins_on)
    grant.save(update_fields=["ends_on"])
    _rights_changed(grant.account_id)


@transaction.atomic
def register_person(*, identity_number: str, full_name: str, **known: object) -> Person:
    """Find or make the person with this identity number; what was unknown is filled in, nothing is overwritten.

    Raises Refusal ``people.identity_number`` for a number that cannot exist.
    """
    if not check_identity_number(identity_number).valid:
        raise Refusal("people.identity_number", "Nhập đủ 12 chữ số của số định danh cá nhân.", field="identity_number")
    person, created = Person.objects.get_or_create(
        identity_number=identity_number, defaults={"full_name": full_name, **known}
    )
    if not created:
        missing = [name for name, value in known.items() if value and not getattr(person, name)]
        for name in missing:
            setattr(person, name, known[name])
        if missing:
            person.save(update_fields=missing)
    return person


def sign_up(*, account: Account, full_name: str, declared_number: str = "", **known: object) -> Person:
    """Make the person behind a new account, from what they say of themselves.

    The declared number is kept beside, never as the identity number: see ``confirm_identity``.
    """
    person = Person.objects.create(full_name=full_name, declared_number=declared_number, **known)
    account.person = person
    account.save(update_fields=["person"])
    _rights_changed(account.pk)
    return person


@transaction.atomic
def confirm_identity(*, account_id: int, identity_number: str, by: Actor) -> Person:
    """Bind an account to its identity number, after an official has seen card and holder together.

    When the number already belongs to a person without an account (registered at a counter before), the account moves
    to that person; contacts unknown there are filled in. Raises NotAllowed for anybody but an official or the system,
    and for one's own account; Refusal ``people.identity_number`` for an impossible number, ``people.number_linked``
    when another account holds it, ``people.number_differs`` when this account holds another one.
    """
    if by.kind not in (ActorKind.OFFICIAL, ActorKind.SYSTEM) or by.account_id == account_id:
        raise NotAllowed
    return bind_number(account_id=account_id, identity_number=identity_number)


@transaction.atomic
def bind_number(*, account_id: int, identity_number: str, born_on: date | None = None) -> Person:
    """Give an account the identity number that was just proven, and with it the person known by that number.

    The caller has seen the proof: card and holder together, or the national e-ID. Raises Refusal
    ``people.identity_number``, ``people.number_linked``, ``people.number_differs``, and ``people.birth_differs`` when
    the person known by the number was born on another day than ``born_on``.
    """
    if not check_identity_number(identity_number).valid:
        raise Refusal("people.identity_number", "Nhập đủ 12 chữ số của số định danh cá nhân.", field="identity_number")
    account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account_id)
    mine = account.person
    if mine is not None and mine.identity_number == identity_number:
        return mine
    if mine is not None and mine.identity_number:
        raise Refusal("people.number_differs", "Tài khoản này đã gắn với một số định danh khác. Kiểm tra lại thẻ.")
    known = Person.objects.select_for_update().filter(identity_number=identity_number).first()
    if known is None:
        return _number_proven(account, identity_number)
    if Account.objects.filter(person=known).exists():
        raise Refusal(
            "people.number_linked", "Số định danh này đã gắn với một tài khoản khác. Hướng dẫn đăng nhập lại."
        )
    if born_on is not None and known.born_on not in (None, born_on):
        raise Refusal(
            "people.birth_differs",
            "Người mang số định danh này được ghi với ngày sinh khác. Mang căn cước đến bộ phận một cửa để đối chiếu.",
        )
    return _account_moved(account, known)


def _number_proven(account: Account, identity_number: str) -> Person:
    person = account.person or Person(full_name=account.display_name)
    person.identity_number = identity_number
    person.save()
    return _linked(account, person)


def _account_moved(account: Account, known: Person) -> Person:
    for name in ("phone", "email", "address"):
        if account.person is not None and not getattr(known, name):
            setattr(known, name, getattr(account.person, name))
    known.save()
    return _linked(account, known)


def _linked(account: Account, person: Person) -> Person:
    account.person = person
    account.save(update_fields=["person"])
    _rights_changed(account.pk)
    return person


def change_contact(*, person_id: int, phone: str, address: str, by: Actor) -> None:
    """Change one's own phone and address. Raises NotAllowed for another person's."""
    if by.person_id != person_id:
        raise NotAllowed
    Person.objects.filter(pk=person_id).update(phone=phone, address=address)


def speak(*, language: str, by: Actor) -> None:
    """Remember the language one chose."""
    Account.objects.filter(pk=by.account_id or 0).exclude(language=language).update(language=language)


@transaction.atomic
def register_official(
    *,
    username: str,
    display_name: str,
    unit_id: int,
    title: str,
    begins_on: date,
    by: Actor,
    email: str = "",
    password: str | None = None,
    roles: Iterable[str] = (),
) -> Account:
    """An official's account with post and roles. Without a password one is set through the reset page.

    The address counts as confirmed: the administration entered it. Raises Refusal ``people.username_taken``, and
    ``people.unknown_role`` before anything is kept.
    """
    if Account.objects.filter(username=username).exists():
        raise Refusal("people.username_taken", f"Tên đăng nhập “{username}” đã có. Chọn tên khác.", field="username")
    account = Account.objects.create_user(username, email, password, display_name=display_name, is_official=True)
    if email:
        EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    appoint(account=account, unit_id=unit_id, title=title, begins_on=begins_on, by=by)
    for role in roles:
        give_role(account=account, role=role, unit_id=unit_id, begins_on=begins_on, by=by)
    return account
