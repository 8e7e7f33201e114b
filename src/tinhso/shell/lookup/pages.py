"""The look-up without an account. One sentence for every wrong question, and few questions at a time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.cases.codes import tidy_code, tidy_digits
from tinhso.kernel.cases.lookup import ABOUT_ONE_CODE, FROM_ONE_PLACE, by_key, by_phone
from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import TooMany
from tinhso.shell.lookup import queries


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; a right answer leads to the same address as the printed QR code."""
    if request.method == "GET":
        return _form(request, {"code": tidy_code(request.GET.get("ma", ""))})
    code, digits = tidy_code(request.POST.get("code", "")), tidy_digits(request.POST.get("digits", ""))
    try:
        allow("lookup.place", client_network(request), times=FROM_ONE_PLACE.times, seconds=FROM_ONE_PLACE.seconds)
        allow("lookup.code", code, times=ABOUT_ONE_CODE.times, seconds=ABOUT_ONE_CODE.seconds)
    except TooMany as refused:
        return _too_many(request, refused, {"code": code})
    case = by_phone(code, digits)
    if case is None:
        return _form(request, {"code": code, "is_wrong": True, "has_errors": True}, status=422)
    return HttpResponseRedirect(
        reverse(case.kind_of.secret_page or "lookup:follow", args=[case.number, case.lookup_key])
    )


@never_cache
@require_GET
def follow(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Where the case is. The address itself is the secret, so search engines are told not to keep it.

    Other sites never see it: referrers stay within our own (``SECURE_REFERRER_POLICY``). None at all would be too
    strict, since browsers then send forms without their origin, and the forgery check refuses them.
    """
    case = _by_address(request, number, key)
    if isinstance(case, HttpResponse):
        return case
    at = timezone.now()
    return _private(render(request, "lookup/follow.html", {"one": queries.told(case, at), "key": key, "at": at}))


@never_cache
@require_GET
def why(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """How the due date was counted, sentence by sentence."""
    case = _by_address(request, number, key)
    if isinstance(case, HttpResponse):
        return case
    sentences, limit = queries.explained(case)
    context = {"case": case, "key": key, "sentences": sentences, "limit": limit}
    return _private(render(request, "lookup/why.html", context))


def _by_address(request: HttpRequest, number: str, key: str) -> Case | HttpResponse:
    try:
        allow("lookup.place", client_network(request), times=FROM_ONE_PLACE.times, seconds=FROM_ONE_PLACE.seconds)
    except TooMany as refused:
        return _too_many(request, refused, {})
    case = by_key(tidy_code(number), key)
    return case or _form(request, {"is_wrong": True, "has_errors": True}, status=404)


def _form(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    return _private(render(request, "lookup/ask.html", context, status=status))


def _too_many(request: HttpRequest, refused: TooMany, context: dict[str, object]) -> HttpResponse:
    response = _form(request, {**context, "refused": refused.message, "has_errors": True}, status=429)
    response["Retry-After"] = str(refused.retry_after)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
