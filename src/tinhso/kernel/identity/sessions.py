"""Where an account is signed in, and ending it there: one by one, all others, or all of them at once."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotFound
from tinhso.kernel.identity.assurance import proven_by_provider
from tinhso.kernel.people.models import Account

SEEN_EVERY = 600  # seconds
LISTED = "session_listed"
_noted: dict[str, float] = {}
_BROWSERS = (("Edg", "Edge"), ("coc_coc", "Cốc Cốc"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
             ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One session as its owner sees it."""

    id: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def device(agent: str) -> str:
    """Browser and system in words, from what the browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser}, {system}"
    return browser or system or re.split(r"[/ ]", agent)[0][:40] or _("Thiết bị không rõ")


def listed(request: HttpRequest) -> list[Listed]:
    """One's own sessions, the current one first, then by when they were last seen. Ended ones are left out."""
    current = request.session.session_key
    found = [
        Listed(one.pk, device(one.user_agent), one.ip, one.created_at, one.last_seen_at, one.session_key == current)
        for one in UserSession.objects.purge_and_list(request.user)
    ]
    return sorted(found, key=lambda one: (not one.is_current, -one.seen_at.timestamp()))


def end_one(*, session_id: int, account_id: int) -> None:
    """End one of one's own sessions. Raises NotFound for anybody else's."""
    session = UserSession.objects.filter(pk=session_id, user_id=account_id).first()
    if session is None:
        raise NotFound
    session.end()


def end_others(request: HttpRequest) -> None:
    """End all of one's sessions but this one, those no list knows of included."""
    account = Account.objects.get(pk=int(request.user.pk or 0))
    end_all(account.pk, but=request.session.session_key)
    account.refresh_from_db()
    update_session_auth_hash(request, account)
    UserSession.objects.create_from_request(request)
    name_source(request)


def end_all(account_id: int, *, but: str | None = None) -> None:
    """End all sessions of an account: their keys stop fitting at once, then they are removed."""
    Account.objects.filter(pk=account_id).update(sessions_version=F("sessions_version") + 1)
    rows = UserSession.objects.filter(user_id=account_id)
    for session in rows if but is None else rows.exclude(session_key=but):
        session.end()
    if but is not None:
        rows.filter(session_key=but).delete()


def end_by_source(*, account_ids: Iterable[int], issuer: str, sid: str) -> int:
    """End the sessions that came from one session at a provider, or from any of its when ``sid`` is empty."""
    rows = UserSession.objects.filter(user_id__in=list(account_ids), data__issuer=issuer)
    found = list(rows.filter(data__sid=sid) if sid else rows)
    for session in found:
        session.end()
    return len(found)


def name_source(request: HttpRequest) -> None:
    """Mark the session as listed, and write beside it which of a provider's sessions it came from."""
    kept = proven_by_provider(request)
    request.session[LISTED] = True
    if kept and request.session.session_key:
        rows = UserSession.objects.filter(session_key=request.session.session_key)
        rows.update(data={"issuer": kept.get("issuer", ""), "sid": kept.get("sid", "")})


def forget_current(request: HttpRequest) -> None:
    """Leave this session out of the list: it is being ended by signing out."""
    if request.session.session_key:
        UserSession.objects.filter(session_key=request.session.session_key).delete()


def note_seen(request: HttpRequest) -> None:
    """Write when a session was last seen, at most every ten minutes a process: most requests cost nothing."""
    if not request.session.accessed or LISTED not in request.session:
        return
    key = request.session.session_key
    now = time.monotonic()
    if key is None or now - _noted.get(key, -SEEN_EVERY) < SEEN_EVERY:
        return
    if len(_noted) > 10_000:
        _noted.clear()
    _noted[key] = now
    UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
