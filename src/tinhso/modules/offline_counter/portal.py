"""Pages for everybody: the counter's own page, which knows nothing by itself, and what became of a receipt."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.cases.codes import tidy_code
from tinhso.kernel.errors import TooMany
from tinhso.kernel.ui.offline import kept_offline
from tinhso.modules.offline_counter import queries
from tinhso.modules.offline_counter.models import Reception
from tinhso.modules.offline_counter.rules import State

ASKED, SECONDS = 60, 300


@require_GET
@kept_offline
def page(request: HttpRequest) -> HttpResponse:
    """The counter's page. It is kept by browsers and opens without network, so it holds no data of anybody: procedures,
    numbers and receptions lie in the browser that an official prepared, and only show while one is signed in."""
    return render(request, "offline_counter/portal/page.html")


@never_cache
@require_GET
def receipt(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """What became of a receipt printed without network; the address in its QR code is the secret. Names nobody."""
    try:
        allow("offline_counter.receipt", client_network(request), times=ASKED, seconds=SECONDS)
    except TooMany as refused:
        return _answer(request, {"refused": refused.message}, refused.status)
    number, found = queries.receipt(tidy_code(code), token)
    if number is None:
        return _answer(request, {}, 404)
    case = found.case if found else None
    follow = reverse("lookup:follow", args=[case.number, case.lookup_key]) if case else ""
    context = {
        "number": number,
        "found": found,
        "case": case,
        "follow": follow,
        "unit": number.block.counter.unit,
        "is_held": found is not None and found.state == State.HELD,
        "is_rejected": found is not None and found.state == State.REJECTED,
        "signature": _signature(request, found),
    }
    return _answer(request, context, 200)


def _signature(request: HttpRequest, found: Reception | None) -> str:
    """``same`` when the signature in the address is the one stored with a genuine reception, else ``other``; empty when
    there is none to compare."""
    printed = request.GET.get("k", "")
    if not printed or found is None:
        return ""
    stored = base64.urlsafe_b64encode(bytes(found.signature)).decode().rstrip("=")
    return "same" if found.is_signed and constant_time_compare(stored, printed) else "other"


def _answer(request: HttpRequest, context: Mapping[str, object], status: int) -> HttpResponse:
    response = render(request, "offline_counter/portal/receipt.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
