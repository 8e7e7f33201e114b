"""The public's home page, for people with and without an account."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from tinhso.shell.home import queries


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's start page; what concerns one person is shown to that person alone."""
    actor, at = request.actor, timezone.now()  # type: ignore[attr-defined]
    context = {
        "mine": queries.my_cases(actor) if actor.is_signed_in else queries.MyCases(),
        "always": _always(get_language() or settings.LANGUAGE_CODE),
        "tiles": queries.tiles(actor, at),
        "figures": queries.public_figures(at),
        "at": at,
    }
    response = render(request, "home/home.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All that one sent, whatever kind it is, the newest first; page by page. ``cho=1``: what waits for oneself."""
    actor, is_waiting = request.actor, request.GET.get("cho") == "1"  # type: ignore[attr-defined]
    mine, more = queries.all_cases(actor, request.GET.get("truoc", ""), is_waiting=is_waiting)
    return render(request, "home/cases.html", {"mine": mine, "more": more, "is_waiting": is_waiting})


@lru_cache(maxsize=8)
def _always(language: str) -> dict[str, SafeString]:
    """Shortcuts and situations in life: the same for everybody who reads this language, so written out once."""
    return {
        "actions": render_to_string("home/_always.html", {"shortcuts": queries.shortcuts()}),
        "life": render_to_string("home/_life.html", {"life_events": queries.LIFE_EVENTS}),
    }
