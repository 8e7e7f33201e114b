"""Sensitive acts ask for a stronger or fresher proof of who acts, and go on with what was typed.

Use: ``@proven(level=2, within=timedelta(minutes=10))`` on a page. Reading it stays free; what is sent to it waits in
the session while the person proves themselves, is shown again and sent with one press. Files are not kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from tinhso.kernel.identity.providers import all_providers
from tinhso.kernel.identity.rules import WITHOUT_LEVELS, Audience, Kind, Proof

SESSION, WAITING = "identity", "identity_waiting"
LONGEST = 200_000  # letters of input that are kept
FRESH = timedelta(minutes=10)
SIGNING = timedelta(hours=4)  # half a working day: who signs many papers shows who they are twice a day
Page = Callable[..., HttpResponse]


def remember(request: HttpRequest, *, account_id: int, kind: Kind, level: int, at: datetime, **more: Any) -> None:
    """Write into the session what a provider has just proven, and of whom."""
    kept = {"account": account_id, "kind": kind.value, "level": level, "at": at.timestamp(), **more}
    request.session[SESSION] = kept


def proven_by_provider(request: HttpRequest) -> Mapping[str, Any]:
    """What a provider proved of this session's account; nothing of whoever began to sign in here before."""
    said: Mapping[str, Any] = request.session.get(SESSION, {})
    return said if said.get("account") == request.user.pk else {}


def proof_of(request: HttpRequest) -> Proof:
    """How strongly and when last the person of this session was proven, by a provider or with what is theirs here.

    An official's second factor counts as level 2, a password as level 1; a citizen's own password proves no level.
    Where no provider is set up that could prove citizens, nobody is asked for a level they cannot reach.
    """
    said = proven_by_provider(request)
    records = [one for one in get_authentication_records(request, request.user) if one.get("at")]
    moments = [float(one["at"]) for one in records] + ([float(said["at"])] if said.get("at") else [])
    at = datetime.fromtimestamp(max(moments), UTC) if moments else None
    if getattr(request.user, "is_official", False):
        twice = said.get("second_factor") or any(one.get("method") == "mfa" for one in records)
        own = 2 if twice else 1
        return Proof(max(own, int(said.get("level", 0))), at)
    has_levels = said.get("kind") not in WITHOUT_LEVELS and bool(all_providers(Audience.CITIZENS))
    return Proof(int(said.get("level", 0)), at, has_levels)


def proven(*, level: int = 0, within: timedelta = FRESH) -> Callable[[Page], Page]:
    """A page whose writes need this level (0 to 2) proven, and the person seen not longer ago than ``within``."""

    def guard(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
                return page(request, *args, **kwargs)
            if not proof_of(request).lacks(level=level, within=within, now=timezone.now()):
                return page(request, *args, **kwargs)
            return HttpResponseRedirect(reverse("identity:prove", args=[_put_by(request, level, within)]))

        return guarded

    return guard


def _put_by(request: HttpRequest, level: int, within: timedelta) -> str:
    """Keep the act in the session; the newest three. Returns the name by which it is found again."""
    said = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    if sum(len(name) + len(value) for name, value in said) > LONGEST:
        said = []
    task = secrets.token_urlsafe(12)
    waiting = dict(list(request.session.get(WAITING, {}).items())[-2:])
    came_from = request.headers.get("Referer", "")
    here = request.build_absolute_uri("/")
    waiting[task] = {
        "path": request.get_full_path(),
        "said": said,
        "level": level,
        "within": int(within.total_seconds()),
        "back": "/" + came_from.removeprefix(here) if came_from.startswith(here) else "/",
    }
    request.session[WAITING] = waiting
    return task


def waiting_act(request: HttpRequest, task: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = request.session.get(WAITING, {}).get(task)
    return found


def done_waiting(request: HttpRequest, task: str) -> None:
    waiting = request.session.get(WAITING, {})
    if waiting.pop(task, None) is not None:
        request.session[WAITING] = waiting
