"""Where operators deliver, and where a person agrees that a contact is theirs."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.errors import Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.modules.channels.actions import hearing, linking, texting
from tinhso.modules.channels.models import Contact, Line
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import Kind, address_of, facebook, zalo
from tinhso.modules.channels.rules.hearing import Heard, NotRead, NotSigned

PLAIN = "text/plain; charset=utf-8"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def delivered(request: HttpRequest, code: str) -> HttpResponse:
    """A delivery of an operator. 200 once it is kept, also for a repeat; 403 for a forged one, 404 for no such line."""
    line = Line.objects.filter(code=code, kind__in=(Kind.ZALO, Kind.FACEBOOK)).first()
    if line is None:
        return HttpResponse("unknown line", status=404, content_type=PLAIN)
    if request.method == "GET":
        return _subscribed(request, line)
    at = timezone.now()
    try:
        news = _read(request, line, at)
    except NotSigned as no:
        hearing.refuse(line=line, reason=str(no), at=at)
        return HttpResponse("not signed", status=403, content_type=PLAIN)
    except NotRead as no:
        hearing.refuse(line=line, reason=str(no), at=at)
        return HttpResponse("not understood", status=200, content_type=PLAIN)  # asking again would not help
    for heard in news if line.is_open else ():
        hearing.take(line=line, heard=heard, at=at)
    return HttpResponse("ok", content_type=PLAIN)


def _read(request: HttpRequest, line: Line, at: datetime) -> list[Heard]:
    """Raises NotSigned, NotRead."""
    try:
        too_long = int(request.META.get("CONTENT_LENGTH") or 0) > zalo.LONGEST_BODY
    except ValueError:
        too_long = True
    if too_long:
        raise NotSigned("quá dài")
    body = request.body
    if line.kind == Kind.FACEBOOK:
        secret, header = keys.secret_of(line, "app_secret"), request.headers.get("X-Hub-Signature-256", "")
        return facebook.read(body, header, app_secret=secret, account=line.outside_id)
    header, secret = request.headers.get("X-ZEvent-Signature", ""), keys.secret_of(line, "oa_secret")
    return [zalo.read(body, header, app_id=line.app_id, secret=secret, at=at, account=line.outside_id)]


def _subscribed(request: HttpRequest, line: Line) -> HttpResponse:
    """Facebook asks once whether the address is ours."""
    known, asked = keys.secret_of(line, "verify"), request.GET.get("hub.verify_token", "")
    if line.kind != Kind.FACEBOOK or not known or not constant_time_compare(known, asked):
        return HttpResponse("no", status=403, content_type=PLAIN)
    return HttpResponse(request.GET.get("hub.challenge", "")[:200], content_type=PLAIN)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def reported(request: HttpRequest, operator: str, secret: str) -> HttpResponse:
    """What an operator reports of a text message, or what somebody answered to one; 403 without its secret, 404
    when no such operator is set up."""
    at = timezone.now()
    if not texting.may_report(operator):
        return HttpResponse("unknown operator", status=404, content_type=PLAIN)
    if not texting.is_operators(operator, secret):
        texting.refuse(name=operator, at=at)
        return HttpResponse("not known", status=403, content_type=PLAIN)
    said = dict(request.GET.items())
    if request.method == "POST":
        try:
            told = msgspec.json.decode(request.body[:64_000])
        except (msgspec.DecodeError, RecursionError):
            told = dict(request.POST.items())
        said |= told if isinstance(told, dict) else {}
    texting.reported(name=operator, said=said, at=at)
    return HttpResponse("ok", content_type=PLAIN)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Who opens the link that a contact was sent agrees here that both are the same person."""
    try:
        if request.method == "POST":
            contact = linking.link(token=token, by=acting(request), at=timezone.now())
            return render(request, "channels/portal/link.html", {"contact": contact, "is_done": True})
        return render(request, "channels/portal/link.html", {"contact": linking.contact_of(token)})
    except Refusal as no:
        return render(
            request, "channels/portal/link.html", {"refused": no.message, "has_errors": True}, status=no.status
        )


@never_cache
@require_http_methods(["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """Where people can write, for everybody; whoever is signed in sees their linked contacts too."""
    account_id = acting(request).account_id
    contacts = Contact.objects.filter(account_id=account_id or 0).select_related("line").order_by("pk")[:50]
    known = Line.objects.filter(~Q(outside_id="") | Q(is_demonstration=True), is_open=True)
    lines = known.select_related("unit").order_by("name")[:200]
    context = {
        "contacts": [one for one in contacts if account_id],
        "lines": [(line, address_of(line)) for line in lines],
        "is_signed_in": account_id is not None,
    }
    return render(request, "channels/portal/mine.html", context)


@login_required
@require_POST
def unlink(request: HttpRequest, contact_id: int) -> HttpResponse:
    linking.unlink(contact_id=contact_id, by=acting(request), at=timezone.now())
    return redirect("channels:mine")
