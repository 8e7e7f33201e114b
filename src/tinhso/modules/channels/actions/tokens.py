"""The two tokens of a line: kept sealed, renewed under the line's lock and written down before anything else.

A refresh token works once. Two that renew at the same time would lose the line until an administrator connects it
again; so whoever renews holds the row, and who comes second finds the new pair.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tinhso.modules.channels.actions import wire
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries.sealing import seal, unseal
from tinhso.modules.channels.rules import zalo


def keep(line: Line, answer: dict[str, Any], at: datetime) -> None:
    """Write down the pair that the operator gave. The line is locked by the caller's transaction."""
    life = str(answer.get("expires_in", ""))
    seconds = int(life) if life.isdecimal() and len(life) < 8 else int(zalo.ACCESS_LIFE.total_seconds())
    line.access_token, line.refresh_token = seal(str(answer["access_token"])), seal(str(answer["refresh_token"]))
    line.access_until, line.refreshed_at, line.problem = at + timedelta(seconds=seconds), at, ""
    line.save(update_fields=["access_token", "refresh_token", "access_until", "refreshed_at", "problem"])


def current(*, line_id: int, at: datetime, not_this: str = "") -> str:
    """A token that holds: the kept one while it is young and is not ``not_this``, which the operator just refused.

    Never within another transaction: were that one undone, a pair would be lost that cannot be had again.
    Raises wire.NotTaken when there is none and none can be had."""
    try:
        with transaction.atomic(durable=True):
            return _current(Line.objects.select_for_update().get(pk=line_id), at, not_this)
    except wire.NotTaken as no:
        Line.objects.filter(pk=line_id).update(problem=str(no)[:300])
        raise


def _current(line: Line, at: datetime, not_this: str) -> str:
    token = unseal(line.access_token)
    holds = bool(token) and token != not_this and line.access_until is not None and line.access_until > at
    if holds and not is_old(line, at):
        return token
    refresh = unseal(line.refresh_token)
    if not refresh:
        raise wire.NotTaken("Kênh chưa được kết nối. Quản trị kết nối lại ở trang Kênh giao tiếp.", is_final=True)
    try:
        keep(line, wire.renew(line, refresh), at)
    except wire.NotTaken:
        if holds:
            return token  # the next one tries again
        raise
    return unseal(line.access_token)


def is_old(line: Line, at: datetime) -> bool:
    """Past four fifths of its life."""
    if line.access_until is None or line.refreshed_at is None:
        return True
    return at >= line.refreshed_at + (line.access_until - line.refreshed_at) * zalo.REFRESH_AT
