"""What the Mini App asks: coming in, and one's own cases. It runs at the operator's host, so answers name whom they
are for; there are no cookies."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.modules.channels.actions import entering
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries import lines as queries
from tinhso.modules.channels.rules import Kind

LARGEST = 8_000
FROM_ONE_NETWORK = (60, 60)


@csrf_exempt
@never_cache
@require_http_methods(["POST", "OPTIONS"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Exchange the operator's token for ours. 422 for one that the operator does not know."""
    if request.method == "OPTIONS":
        return _for_app(request, HttpResponse(status=204))
    line = Line.objects.filter(code=code, kind=Kind.ZALO, is_open=True).first()
    if line is None:
        raise NotFound
    allow("channels.mini", client_network(request), times=FROM_ONE_NETWORK[0], seconds=FROM_ONE_NETWORK[1])
    try:
        entered = entering.enter(line=line, access_token=_said(request, "access_token"), at=timezone.now())
    except Refusal as no:
        return _refused(request, no)
    told = {"token": entered.token, "name": entered.name, "is_linked": entered.is_linked, "link": entered.link}
    return _for_app(request, JsonResponse(told))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "OPTIONS"])
def cases(request: HttpRequest) -> HttpResponse:
    """My newest cases. 403 without a token that holds."""
    if request.method == "OPTIONS":
        return _for_app(request, HttpResponse(status=204))
    try:
        account_id = entering.account_of(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
    except Refusal as no:
        return _refused(request, no)
    return _for_app(request, JsonResponse({"cases": queries.cases_of(account_id)}))


def _said(request: HttpRequest, name: str) -> str:
    """A word of the JSON that was sent; empty when there is none."""
    try:
        told: Any = msgspec.json.decode(request.body[:LARGEST])
    except (msgspec.DecodeError, RecursionError):
        return ""
    word = told.get(name) if isinstance(told, dict) else None
    return word[:2000] if isinstance(word, str) else ""


def _refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    return _for_app(request, JsonResponse({"code": no.code, "message": no.message}, status=no.status))


def _for_app(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let the Mini App's own pages, and no others, read the answer."""
    origin = request.headers.get("Origin", "")
    if origin in settings.CHANNEL_MINI_ORIGINS:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        answer["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    answer["Vary"] = "Origin"
    return answer
