"""Adding, connecting, closing and opening lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from tinhso.kernel.api.limits import allow
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, TooMany
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.modules.channels.actions import tokens, wire
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.queries.sealing import seal
from tinhso.modules.channels.rules import Kind, Permission
from tinhso.modules.channels.rules.keys import checked, names_of

NAMELESS = "Kênh cần có tên để người dân nhận ra."


@transaction.atomic
def add(
    *, kind: Kind, unit_id: int, name: str, app_id: str, by: Actor, at: datetime, outside_id: str = "", code: str = ""
) -> Line:
    """A new line; without ``code`` it gets one of its name. Raises NotAllowed; Refusal ``channels.name`` without a
    name, ``channels.code`` when the code or the account is taken."""
    if not by.may(Permission.MANAGE, unit_id):
        raise NotAllowed
    if not name.strip():
        raise Refusal("channels.name", NAMELESS, field="name")
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
        raise Refusal("channels.code", "Đã có kênh cùng loại với tên hoặc tài khoản này.", field="name") from None
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
    others = Line.objects.filter(kind=line.kind, outside_id=outside_id).exclude(pk=line.pk)
    if outside_id and others.exists():
        raise Refusal("channels.taken_account", "Tài khoản này đã nối với một kênh khác. Ngắt kết nối kênh đó trước.")
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
def set_up(*, line_id: int, typed: Mapping[str, str], by: Actor, at: datetime) -> Line:
    """Change ``name``, ``app_id``, a page's number (``page``) and those keys that were typed.

    Raises NotFound, NotAllowed, Refusal naming the field."""
    line = mine(line_id, by)
    if not typed.get("name", "").strip():
        raise Refusal("channels.name", NAMELESS, field="name")
    line.name, line.app_id, line.problem = typed["name"].strip()[:120], typed.get("app_id", "").strip()[:40], ""
    if line.kind == Kind.FACEBOOK:
        line.outside_id = _page(line, typed.get("page", "").strip())
    fresh = _keep(line, typed)
    line.save(update_fields=["name", "app_id", "outside_id", "keys", "problem"])
    _note("channels.set_up", line, by, at, keys=", ".join(fresh) or "–")
    return line


def _keep(line: Line, typed: Mapping[str, str]) -> list[str]:
    """Take the keys that were typed; those left empty stay as they are. Names of what was set."""
    fresh = {name: said for name in names_of(line.kind_of) if (said := checked(name, typed.get(name, "")))}
    if fresh:
        line.keys = seal(msgspec.json.encode({**keys.kept(line), **fresh}).decode())
    return list(fresh)


def _page(line: Line, typed: str) -> str:
    """The number of a Facebook page. Raises Refusal ``channels.page`` for what is none, or another line's."""
    if typed and not (typed.isascii() and typed.isdecimal() and len(typed) <= 30):
        raise Refusal("channels.page", "Mã trang chỉ gồm chữ số, xem ở phần Giới thiệu của trang.", field="page")
    if typed and Line.objects.filter(kind=line.kind, outside_id=typed).exclude(pk=line.pk).exists():
        raise Refusal("channels.page", "Trang này đã nối với một kênh khác.", field="page")
    return typed


@transaction.atomic
def disconnect(*, line_id: int, by: Actor, at: datetime) -> Line:
    """Forget keys, tokens and the account at the operator; nothing is sent or taken in until it is connected anew.

    Raises NotFound, NotAllowed."""
    line = mine(line_id, by)
    line.keys = line.access_token = line.refresh_token = line.problem = ""
    line.access_until = line.refreshed_at = line.paused_until = None
    if line.kind != Kind.MAIL:
        line.outside_id = ""
    line.save()
    _note("channels.disconnect", line, by, at)
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
