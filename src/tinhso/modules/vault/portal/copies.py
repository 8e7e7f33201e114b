"""Certified e-copies for the public: ask for one, follow it, verify one that somebody shows."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import Refusal, TooMany
from tinhso.kernel.people.middleware import acting
from tinhso.modules.vault import actions, forms, rules
from tinhso.modules.vault.queries import certificates as queries

FROM_ONE_PLACE = (60, 300)


@login_required
@require_http_methods(["GET", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """My requests, and the form for another."""
    form = forms.RequestForm.read(request.POST)
    context: dict[str, Any] = {"form": form, "communes": queries.communes(), "request_key": uuid.uuid4()}
    if request.method == "POST":
        try:
            made = actions.request_copy(**form.values(), by=acting(request), at=timezone.now())
        except Refusal as refusal:
            context |= forms.shown_error(refusal, "title")
            context["rows"] = queries.mine(acting(request))
            return render(request, "vault/portal/requests.html", context, status=refusal.status)
        return redirect("vault:request", made.case.number)
    context["rows"] = queries.mine(acting(request))
    return render(request, "vault/portal/requests.html", context)


@login_required
@require_GET
def request_page(request: HttpRequest, copy_number: str) -> HttpResponse:
    """One request: where it is, what it costs, what to bring."""
    found = queries.own(acting(request), copy_number)
    return render(request, "vault/portal/request.html", queries.row_of(found) | {"may_cancel": _may_cancel(found)})


def _may_cancel(found: Any) -> bool:
    return found.case.state == "requested"


@login_required
@require_POST
def cancel(request: HttpRequest, copy_number: str) -> HttpResponse:
    """Take a request back."""
    found = queries.own(acting(request), copy_number)
    actions.cancel(case_id=found.pk, by=acting(request), at=timezone.now())
    return redirect("vault:request", copy_number)


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form for a code."""
    code = rules.tidy_copy_code(request.POST.get("code", "") or request.GET.get("ma", ""))
    if code and request.method == "POST":
        return redirect("vault:verified", code)
    context = {"typed": request.POST.get("code", "")[:40], "is_wrong": request.method == "POST"}
    return render(request, "vault/portal/verify.html", context, status=422 if context["is_wrong"] else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def verified(request: HttpRequest, copy_code: str) -> HttpResponse:
    """What anybody may know of a certified copy; a file that is sent along is compared and not kept."""
    try:
        allow("vault.verify", client_network(request), times=FROM_ONE_PLACE[0], seconds=FROM_ONE_PLACE[1])
    except TooMany as refused:
        answer = render(request, "vault/portal/verify.html", {"refused": refused.message}, status=429)
        answer["Retry-After"] = str(refused.retry_after)
        return answer
    found = queries.verified(copy_code)
    if found is None:
        return render(request, "vault/portal/verify.html", {"typed": copy_code[:40], "is_wrong": True}, status=404)
    context: dict[str, Any] = {"copy": found}
    if request.method == "POST" and (sent := request.FILES.get("file")) is not None:
        fingerprint = hashlib.sha256()
        for chunk in sent.chunks():
            fingerprint.update(chunk)
        context |= {"compared": True, "is_same": fingerprint.hexdigest() == found.sha256}
    answer = render(request, "vault/portal/verified.html", context)
    answer["X-Robots-Tag"] = "noindex"
    return answer
