"""Administrative acts, with the right asked and an entry in the history: who changed units, roles and calendars."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.clock import actions as clock
from tinhso.kernel.core import Permission
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.identity import roster
from tinhso.kernel.journal.actions import note
from tinhso.kernel.manifest import registry
from tinhso.kernel.people import actions as people
from tinhso.kernel.people.models import Account, Grant, Position
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units import actions as units
from tinhso.kernel.units.models import Unit


@transaction.atomic
def add_unit(*, parent_id: int, code: str, name: str, kind: str, begins_on: date, by: Actor, at: datetime) -> Unit:
    """A unit below another, on the same level of government."""
    parent = _unit(parent_id)
    code = code.strip()
    if not code:
        raise Refusal("units.no_code", "Nhập mã đơn vị, ví dụ “XD-QL”.", field="code")
    made = units.add(code=code, name=name, kind=kind, level=parent.level, parent=parent, begins_on=begins_on, by=by)
    note(subject=f"unit/{made.pk}", verb="unit.add", by=by, at=at, data={"name": made.name})
    return made


@transaction.atomic
def rename_unit(*, unit_id: int, name: str, short_name: str, by: Actor, at: datetime) -> Unit:
    before = _unit(unit_id).name
    unit = units.rename(unit_id=unit_id, name=name, short_name=short_name, by=by)
    note(subject=f"unit/{unit_id}", verb="unit.rename", by=by, at=at, data={"before": before, "name": unit.name})
    return unit


@transaction.atomic
def end_unit(*, unit_id: int, ends_on: date, by: Actor, at: datetime) -> Unit:
    unit = units.end(unit_id=unit_id, ends_on=ends_on, by=by)
    data = {"name": unit.name, "on": f"{ends_on:%d/%m/%Y}"}
    note(subject=f"unit/{unit_id}", verb="unit.end", by=by, at=at, data=data)
    return unit


def _unit(unit_id: int) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound("units.not_found", "Không tìm thấy đơn vị này. Chọn lại trong cây đơn vị.")
    return unit


def _ask_people(by: Actor, unit_id: int) -> None:
    """Managing people of a unit. Raises NotFound, NotAllowed."""
    _unit(unit_id)
    if not by.may(Permission.PEOPLE, unit_id):
        raise NotAllowed


def _official(account_id: int, by: Actor) -> Account:
    """An official whom this administrator may manage. Raises NotFound for others, Refusal for oneself."""
    account = Account.objects.filter(pk=account_id, is_official=True).first()
    if account is None:
        raise NotFound
    if account.pk == by.account_id:
        raise Refusal("workshop.not_oneself", "Không ai tự giao quyền cho mình. Nhờ một quản trị khác làm việc này.")
    posts = Position.objects.filter(account=account, ends_on__isnull=True).values_list("unit_id", flat=True)
    if not any(by.may(Permission.PEOPLE, unit_id) for unit_id in posts):
        raise NotAllowed
    return account


@transaction.atomic
def register(
    *, username: str, full_name: str, email: str, unit_id: int, title: str, begins_on: date, by: Actor, at: datetime
) -> Account:
    """A new official's account with a post. The password is set through the reset page."""
    _ask_people(by, unit_id)
    for value, field, words in ((username, "username", "tên đăng nhập"), (full_name, "full_name", "họ tên")):
        if not value.strip():
            raise Refusal("workshop.missing", f"Nhập {words}.", field=field)
    account = people.register_official(
        username=username.strip(),
        display_name=" ".join(full_name.split()),
        email=email.strip(),
        unit_id=unit_id,
        title=title.strip() or "Công chức",
        begins_on=begins_on,
        by=by,
    )
    _note_person("person.register", account, by, at, username=account.username)
    return account


@transaction.atomic
def appoint(*, account_id: int, unit_id: int, title: str, begins_on: date, by: Actor, at: datetime) -> Position:
    """A further post, beside the main one that stays."""
    _ask_people(by, unit_id)
    account = _official(account_id, by)
    if not title.strip():
        raise Refusal("workshop.missing", "Nhập chức danh, ví dụ “Chuyên viên”.", field="title")
    is_main = not Position.objects.filter(account=account, is_main=True, ends_on__isnull=True).exists()
    made = people.appoint(
        account=account, unit_id=unit_id, title=title.strip(), begins_on=begins_on, by=by, is_main=is_main
    )
    _note_person("person.appoint", account, by, at, title=made.title, unit=_unit(unit_id).name)
    return made


@transaction.atomic
def give_role(*, account_id: int, role: str, unit_id: int, begins_on: date, by: Actor, at: datetime) -> Grant:
    """A role on a unit and all below it. One gives only what one administers, and never to oneself."""
    _ask_people(by, unit_id)
    account = _official(account_id, by)
    _ask_no_more_than_one_has(role, unit_id, by)
    made = people.give_role(account=account, role=role, unit_id=unit_id, begins_on=begins_on, by=by)
    _note_person("person.give_role", account, by, at, role=_role_name(role), unit=_unit(unit_id).name)
    return made


def _ask_no_more_than_one_has(role: str, unit_id: int, by: Actor) -> None:
    """Rights over the platform are passed on only by who holds them: no way up through somebody else's account."""
    declared = registry.roles.get(role)
    own = {permission.value for permission in Permission}
    if declared and not all(by.may(right, unit_id) for right in declared.permissions if right in own):
        raise NotAllowed


@transaction.atomic
def take_role(*, grant_id: int, ends_on: date, by: Actor, at: datetime) -> Grant:
    """End a role; it still holds on that day."""
    grant = Grant.objects.select_for_update(of=("self",)).select_related("account", "unit").filter(pk=grant_id).first()
    if grant is None or not by.may(Permission.PEOPLE, grant.unit_id):
        raise NotFound
    if grant.ends_on is not None:
        raise Refusal("workshop.already_taken", "Vai trò này đã được thu trước đó.")
    people.take_role(grant=grant, ends_on=max(ends_on, grant.begins_on), by=by)
    _note_person("person.take_role", grant.account, by, at, role=_role_name(grant.role), unit=grant.unit.name)
    return grant


@transaction.atomic
def end_position(*, position_id: int, ends_on: date, by: Actor, at: datetime) -> Position:
    """End a post; it still counts on that day. Roles on its unit end with it, and so do sessions."""
    rows = Position.objects.select_for_update(of=("self",)).select_related("account", "unit")
    post = rows.filter(pk=position_id).first()
    if post is None or not by.may(Permission.PEOPLE, post.unit_id):
        raise NotFound
    if post.account_id == by.account_id:
        raise Refusal("workshop.not_oneself", "Không ai tự kết thúc vị trí của mình. Nhờ một quản trị khác.")
    if post.ends_on is not None:
        raise Refusal("workshop.already_ended", "Vị trí này đã kết thúc trước đó.")
    if ends_on < post.begins_on:
        raise Refusal("workshop.ends_before", f"Ngày kết thúc không trước {post.begins_on:%d/%m/%Y}.", field="ends_on")
    roster.leave(post, post.account, ends_on=ends_on, by=by, at=at)
    return post


@transaction.atomic
def confirm_identity(*, username: str, identity_number: str, by: Actor, at: datetime) -> Account:
    """Bind an account to the number on the card that the official has seen with its holder.

    Raises NotAllowed without the right, Refusal ``workshop.no_account`` and those of ``people.confirm_identity``.
    """
    if not by.may(Permission.IDENTIFY):
        raise NotAllowed
    account = Account.objects.filter(username=username, is_official=False, is_active=True).first()
    if account is None:
        raise Refusal(
            "workshop.no_account", "Không có tài khoản người dân tên này. Hỏi lại tên đăng nhập.", field="username"
        )
    had = account.person.identity_number if account.person else None
    people.confirm_identity(account_id=account.pk, identity_number=identity_number, by=by)
    if had != identity_number:
        _note_person("person.confirm_identity", account, by, at)
    return account


def _role_name(code: str) -> str:
    role = registry.roles.get(code)
    return role.name if role else code


def _note_person(verb: str, account: Account, by: Actor, at: datetime, **data: Any) -> None:
    said = {"name": account.display_name, **data}
    note(subject=f"account/{account.pk}", verb=verb, by=by, at=at, data=said)


@transaction.atomic
def set_day(*, day: date, kind: str, name: str, source: str, works_like: int | None, by: Actor, at: datetime) -> str:
    """A day off or worked on all calendars."""
    outcome = clock.set_day(day=day, kind=kind, name=name, source=source, works_like=works_like, by=by, at=at)
    data = {"on": f"{day:%d/%m/%Y}", "name": name.strip(), "source": source.strip(), "kind": kind}
    note(subject="calendar", verb="calendar.set_day", by=by, at=at, data=data)
    return outcome


@transaction.atomic
def remove_day(*, day: date, by: Actor, at: datetime) -> None:
    clock.remove_day(day=day, by=by)
    note(subject="calendar", verb="calendar.remove_day", by=by, at=at, data={"on": f"{day:%d/%m/%Y}"})
