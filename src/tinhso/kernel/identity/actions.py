"""From what a provider says to an account: the known one, a new one, or a refusal that says what to do.

An account that exists is never taken over because a number fits. Who has one signs in to it first, so that both are
proven, and links then.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.identity.models import Identity
from tinhso.kernel.identity.officials import NoPlace, registered, settled
from tinhso.kernel.identity.rules import Kind, Provider, Said, places
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.queries import actor_of


class Conflict(Refusal):
    """What the provider says and what is known here do not go together; nobody is signed in and nothing changes."""

    status = 409


def sign_in(*, provider: Provider, said: Said, at: datetime) -> Account:
    """The account of who was proven; made when there is none and nobody else's stands in the way.

    Raises Conflict ``identity.number_has_account`` (sign in there and link), ``identity.person_differs``,
    ``identity.closed``, ``identity.no_place``. Two first sign-ins at once make one account.
    """
    for last in (False, True):
        try:
            with transaction.atomic():
                account = _signed_in(provider, said, at)
            break
        except IntegrityError:
            if last:
                raise
    if said.kind is Kind.OFFICIAL and not places(provider, said.groups):
        raise NoPlace  # what the groups no longer give has been ended above, and stays ended
    return account


def _signed_in(provider: Provider, said: Said, at: datetime) -> Account:
    with connection.cursor() as cursor:  # two first sign-ins of one person: the second finds what the first made
        name = f"{provider.issuer} {said.subject}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 14))", [name])
    known = Identity.objects.select_for_update(of=("self",)).select_related("account__person")
    identity = known.filter(issuer=provider.issuer, subject=said.subject).first()
    if identity is None:
        account = _made(provider, said, at)
        _keep(account, provider, said, at)
        _note("identity.create", account, provider, at)
    else:
        account = identity.account
        if not account.is_active:
            raise Conflict("identity.closed", _("Tài khoản này đã khóa. Liên hệ quản trị hoặc bộ phận một cửa."))
        _same_kind(account, provider, said)
        _compare(account, said)
        _keep(account, provider, said, at, identity)
    if said.kind is Kind.OFFICIAL:
        settled(account, provider, said, timezone.localdate(at))
    return account


def _made(provider: Provider, said: Said, at: datetime) -> Account:
    """A new account with a name nobody can guess and no password. Its e-mail address is the person's to confirm."""
    if said.kind is Kind.OFFICIAL:
        return registered(provider, said, at)
    name = said.full_name or provider.name
    account = Account.objects.create_user(f"{provider.code}-{secrets.token_hex(8)}", display_name=name)
    if said.kind is Kind.ORGANISATION:
        return account
    if said.identity_number:
        _prove(account, said)
    else:
        people.sign_up(account=account, full_name=name)
    account.refresh_from_db()
    _fill_in(account.person, said)
    return account


def _fill_in(person: Person | None, said: Said) -> None:
    """What was unknown of a person; nothing is overwritten."""
    told = {"born_on": said.born_on, "phone": said.phone, "email": said.email}
    missing = {name: value for name, value in told.items() if person and value and not getattr(person, name)}
    if person and missing:
        Person.objects.filter(pk=person.pk).update(**missing)


def _prove(account: Account, said: Said) -> None:
    """Set the number that the provider proved. Raises Conflict where it belongs to somebody with an account."""
    try:
        people.bind_number(account_id=account.pk, identity_number=said.identity_number, born_on=said.born_on)
    except Refusal as refused:
        raise _conflict(refused) from refused


def _conflict(refused: Refusal) -> Conflict:
    if refused.code == "people.number_linked":
        words = _("Số định danh của bạn đã có tài khoản ở đây. Đăng nhập tài khoản đó để liên kết; không lập thêm.")
        return Conflict("identity.number_has_account", words)
    words = _("Thông tin định danh khác với thông tin đã đối chiếu ở đây. Mang căn cước đến bộ phận một cửa.")
    return Conflict("identity.person_differs", words)


def _same_kind(account: Account, provider: Provider, said: Said) -> None:
    """Raises Conflict when a citizen's account meets an officials' provider, or the other way round."""
    if account.is_official != (said.kind is Kind.OFFICIAL):
        words = _("Tài khoản này không dùng với {name}. Cán bộ dùng tài khoản công vụ, người dân dùng VNeID.")
        raise Conflict("identity.not_for_this_account", words.format(name=provider.name))


def _compare(account: Account, said: Said) -> None:
    """Raises Conflict when the number proven now is not the one proven before."""
    person = account.person
    if person is None or not said.identity_number:
        return
    if person.identity_number != said.identity_number:
        _prove(account, said)


def _keep(account: Account, provider: Provider, said: Said, at: datetime, known: Identity | None = None) -> Identity:
    identity = known or Identity(account=account, issuer=provider.issuer, subject=said.subject, linked_at=at)
    identity.kind, identity.level, identity.used_at, identity.tax_code = said.kind, said.level, at, said.tax_code
    identity.save()
    return identity


def _note(verb: str, account: Account, provider: Provider, at: datetime) -> None:
    data = {"name": account.display_name, "provider": provider.name}
    note(subject=f"account/{account.pk}", verb=verb, by=actor_of(account), at=at, data=data)


@transaction.atomic
def link(*, account_id: int, provider: Provider, said: Said, at: datetime) -> Identity:
    """Link one's own account to an identity. The caller has just had both proven.

    Raises Conflict ``identity.taken`` when the identity belongs to another account, ``identity.has_another`` when this
    account has another one there, ``identity.not_for_this_account``, and those of ``sign_in``.
    """
    account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account_id)
    _same_kind(account, provider, said)
    there = Identity.objects.filter(issuer=provider.issuer, subject=said.subject).first()
    if there is not None and there.account_id != account_id:
        words = _("{name} này đã liên kết với một tài khoản khác. Đăng xuất rồi đăng nhập bằng {name}.")
        raise Conflict("identity.taken", words.format(name=provider.name))
    if Identity.objects.filter(account=account, issuer=provider.issuer).exclude(subject=said.subject).exists():
        words = _("Tài khoản này đã liên kết với một {name} khác. Gỡ liên kết cũ trước.")
        raise Conflict("identity.has_another", words.format(name=provider.name))
    if account.person is not None and said.identity_number:
        _prove(account, said)
    identity = _keep(account, provider, said, at, there)
    if there is None:
        _note("identity.link", account, provider, at)
    return identity


@transaction.atomic
def unlink(*, identity_id: int, by_account_id: int, provider_name: str, at: datetime) -> None:
    """Remove a link of one's own; refused when one could not sign in any more. Raises NotFound for another's."""
    identity = Identity.objects.select_for_update().filter(pk=identity_id, account_id=by_account_id).first()
    if identity is None:
        raise NotFound
    account = identity.account
    others = Identity.objects.filter(account=account).exclude(pk=identity.pk)
    if not account.has_usable_password() and not others.exists():
        raise Refusal("identity.only_way_in", _("Đây là cách đăng nhập duy nhất. Đặt mật khẩu trước khi gỡ liên kết."))
    identity.delete()
    data = {"name": account.display_name, "provider": provider_name}
    note(subject=f"account/{account.pk}", verb="identity.unlink", by=actor_of(account), at=at, data=data)
