"""Taking a number at the machine, following it by phone, and the screen in the waiting room. No page knows a name."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.units.queries import tree
from tinhso.modules.queueing import actions, queries
from tinhso.modules.queueing.models import Kiosk, Ticket
from tinhso.modules.queueing.rules import LETTERS, PURPOSE_WORDS, Purpose


@never_cache
@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The machine: one large button for each purpose. Pressed twice by an impatient finger it gives one number."""
    machine = get_object_or_404(Kiosk, token=token)
    error = ""
    if request.method == "POST":
        try:
            ticket = actions.take(
                unit_id=machine.unit_id,
                purpose=request.POST.get("purpose", "")[:8],
                is_priority=bool(request.POST.get("priority")),
                request_key=request.POST.get("request_key", "")[:40] or uuid.uuid4().hex,
                by=acting(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            error = refusal.message
        else:
            return redirect("queueing:printed", token, ticket.token)
    context = {
        "shop": tree().nodes[machine.unit_id].name,
        "purposes": [(one.value, LETTERS[one], _(PURPOSE_WORDS[one])) for one in Purpose],
        "request_key": uuid.uuid4().hex,
        "error": error,
        "has_errors": bool(error),
    }
    return render(request, "queueing/portal/kiosk.html", context, status=422 if error else 200)


@never_cache
@require_GET
def printed(request: HttpRequest, token: uuid.UUID, ticket: uuid.UUID) -> HttpResponse:
    """The ticket just taken, printed at once; the machine goes back to its buttons by itself."""
    machine = get_object_or_404(Kiosk, token=token)
    found = get_object_or_404(Ticket, token=ticket, unit_id=machine.unit_id)
    address = settings.BASE_URL + reverse("queueing:ticket", args=[found.token])
    context = queries.place_of(found, timezone.now()) | {"address": address, "kiosk": machine}
    return render(request, "queueing/portal/printed.html", context)


@never_cache
@require_GET
def ticket(request: HttpRequest, ticket: uuid.UUID) -> HttpResponse:
    """One's own number on the phone: how many are before it; looks again by itself."""
    found = get_object_or_404(Ticket, token=ticket)
    return render(request, "queueing/portal/ticket.html", queries.place_of(found, timezone.now()))


@never_cache
@require_GET
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The screen in the waiting room; a part of it is asked for every few seconds."""
    node = tree().by_code.get(code)
    if node is None:
        raise NotFound
    context: dict[str, Any] = {"unit": node, "now": timezone.localtime()} | queries.screen(node.id, timezone.now())
    return render(request, "queueing/portal/screen.html", context)
