"""Adding, connecting, closing and opening lines."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from tinhso.kernel.api.limits import allow
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, TooMany
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.modules.channels.actions import tokens, wire
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.rules import Kind, Permission


@transaction.atomic
def add(
    *, kind: Kind, unit_id: int, name: str, app_id: str, by: Actor, at: datetime, outside_id: str = "", code: str = ""
) -> Line:
    """A new line; without ``code`` it gets one of its name. Raises NotAllowed; Refusal ``channels.name`` without a
    name, ``channels.code`` when the code or the account is taken."""
    if not by.may(Permission.MANAGE, unit_id):
        raise NotAllowed
    if not name.strip():
        raise Refusal("channels.name", "Kênh cần có tên để người dân nhận ra.", field="name")
    if kind is Kind.MAIL and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", outside_id.strip(), re.ASCII):
        raise Refusal("channels.address", "Ghi địa chỉ thư của kênh, như xa@tinh.gov.vn.", field="address")
    code = code or slugify(fold(f"{kind} {name}"))[:40]
    try:
        with transaction.atomic():
            line = Line.objects.create(
                code=code, kind=kind, unit_id=unit_id, name=name.strip()[:120], app_id=app_id.strip()[:40],
                outside_id=outside_id.strip()[:60], added_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("channels.code", "Mã kênh hoặc tài khoản này đã được dùng.", field="code") from None
    _note("channels.add", line, by, at)
    return line


def mine(line_id: int, by: Actor) -> Line:
    """The line under lock, for who may manage it. Raises NotFound, NotAllowed."""
    line = Line.objects.select_for_update().filter(pk=line_id).first()
    if line is None or not by.may(Permission.SEE, line.unit_id):
        raise NotFound
    if not by.may(Permission.MANAGE, line.unit_id):
        raise NotAllowed
    return line


@transaction.atomic
def connect(*, line_id: int, code: str, verifier: str, outside_id: str, by: Actor, at: datetime) -> Line:
    """Take the tokens for the code that came back from the operator. Raises NotFound, NotAllowed, Refusal."""
    line = mine(line_id, by)
    if line.outside_id and outside_id and line.outside_id != outside_id:
        raise Refusal("channels.other_account", "Tài khoản vừa đồng ý không phải tài khoản của kênh này.")
    try:
        tokens.keep(line, wire.exchange(line, code, verifier), at)
    except wire.NotTaken as no:
        raise Refusal("channels.not_connected", str(no)) from None
    if outside_id and not line.outside_id:
        line.outside_id = outside_id[:60]
        line.save(update_fields=["outside_id"])
    _note("channels.connect", line, by, at, outside=line.outside_id)
    return line


@transaction.atomic
def set_open(*, line_id: int, is_open: bool, by: Actor, at: datetime) -> Line:
    """Close a line, or open it again; what is the case already is left as it is. Raises NotFound, NotAllowed."""
    line = mine(line_id, by)
    if line.is_open != is_open:
        line.is_open = is_open
        line.save(update_fields=["is_open"])
        _note("channels.open" if is_open else "channels.close", line, by, at)
    return line


def seen(*, line: Line, by: Actor, at: datetime) -> None:
    """Remember, once a day, that an official read what people wrote on a line."""
    try:
        allow("channels.seen", f"{line.pk}/{by.account_id}", times=1, seconds=24 * 3600, at=at)
    except TooMany:
        return
    _note("channels.read", line, by, at)


@transaction.atomic
def _note(verb: str, line: Line, by: Actor, at: datetime, **data: str) -> None:
    note(subject=f"channels/{line.pk}", verb=verb, by=by, at=at, data={"name": line.name, **data})
