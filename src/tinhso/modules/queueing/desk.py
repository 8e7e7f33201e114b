"""Calling numbers with the keyboard, the strip on the counter's page, and the figures of waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.kernel.units.queries import tree
from tinhso.modules.queueing import actions, queries
from tinhso.modules.queueing.models import Kiosk
from tinhso.modules.queueing.rules import Permission

WINDOW = "queueing.window"  # in the session: a clerk says once a day where they sit
View = Callable[..., HttpResponse]


def _shop(view: View) -> View:
    """A page for those who call numbers, told at which shop."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        unit_id = queries.queue_of(acting(request))
        if unit_id is None:
            raise NotAllowed
        return view(request, unit_id, *args, **kwargs)

    return guarded


@_shop
@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Who stands at my window, who waits, who was absent; every button has its key."""
    error = _act(request, unit_id) if request.method == "POST" else ""
    if request.method == "POST" and not error and not is_fragment(request):
        return redirect("queueing:queue")
    at = timezone.now()
    context = _strip(request, unit_id, error) | {
        "unit": tree().nodes[unit_id],
        "tickets": queries.waiting(unit_id, at),
        "absent": queries.absent(unit_id, at),
        "may_manage": acting(request).may(Permission.MANAGE, unit_id),
        "kiosk": Kiosk.objects.filter(pk=unit_id).first(),
        "base": settings.BASE_URL,
    }
    return render(request, "queueing/desk/queue.html", context, status=422 if error else 200)


@login_required
@require_http_methods(["GET", "POST"])
def strip(request: HttpRequest) -> HttpResponse:
    """The same on one line, for the counter's page; nothing for who calls no numbers or where none are taken."""
    unit_id = queries.queue_of(acting(request))
    if request.method == "GET" and is_fragment(request) and not queries.is_in_use(unit_id):
        return HttpResponse("")
    if unit_id is None:
        raise NotAllowed
    error = _act(request, unit_id) if request.method == "POST" else ""
    if not is_fragment(request):
        return redirect("queueing:queue")
    return render(request, "queueing/desk/strip.html", _strip(request, unit_id, error))


def _strip(request: HttpRequest, unit_id: int, error: str) -> dict[str, Any]:
    at, window = timezone.now(), request.session.get(WINDOW, "")
    ticket = queries.at_window(unit_id, window, at)
    waited = (at - ticket.taken_at) if ticket else None
    return {
        "window": window,
        "ticket": ticket,
        "waited": round(waited.total_seconds() / 60) if waited else 0,
        "counts": queries.counts(unit_id, at),
        "error": error,
        "has_errors": bool(error),
    }


def _act(request: HttpRequest, unit_id: int) -> str:
    """What the button meant; the sentence of a refusal, or nothing."""
    posted, by, at = request.POST, acting(request), timezone.now()
    if "window" in posted:
        request.session[WINDOW] = " ".join(posted["window"].split())[:12]
    window = request.session.get(WINDOW, "")
    number = posted.get("ticket", "")
    ticket_id = int(number) if number.isdecimal() and len(number) < 12 else 0
    try:
        match posted.get("do"):
            case "goi":
                actions.call_next(unit_id=unit_id, window=window, seen=ticket_id, by=by, at=at)
            case "goi-lai":
                actions.call_again(ticket_id=ticket_id, by=by, at=at)
            case "vang":
                actions.mark_absent(ticket_id=ticket_id, by=by, at=at)
            case "da-den":
                actions.call_absent(ticket_id=ticket_id, window=window, by=by, at=at)
            case "xong":
                actions.finish(ticket_id=ticket_id, by=by, at=at)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed):
            raise
        return refusal.message
    return ""


@_shop
@require_POST
def open_kiosk(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A new address for the ticket machine."""
    actions.open_kiosk(unit_id=unit_id, by=acting(request), at=timezone.now())
    return redirect(reverse("queueing:queue") + "#may-lay-so")


@_shop
@require_GET
def figures(request: HttpRequest, unit_id: int) -> HttpResponse:
    """How long people waited: by hour of arrival, by window."""
    if not acting(request).may(Permission.MANAGE, unit_id):
        raise NotAllowed
    today = timezone.localdate()
    first, last = _day(request.GET.get("tu", ""), today - timedelta(days=6)), _day(request.GET.get("den", ""), today)
    context = {
        "unit": tree().nodes[unit_id],
        "first": min(first, last),
        "last": last,
        "figures": queries.figures(unit_id, min(first, last), last),
    }
    return render(request, "queueing/desk/figures.html", context)


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
