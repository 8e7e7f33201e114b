"""Connecting a line with its account at the operator: keys, where the operator delivers to, and the way back."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.channels.actions import lines as actions
from tinhso.modules.channels.desk.lines import line_of
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries import keys
from tinhso.modules.channels.rules import Kind, Permission, zalo
from tinhso.modules.channels.rules.keys import names_of

FLOW = "channels.connecting"  # in the session: which line, and the verifier that goes with the challenge


def _mine(request: HttpRequest, code: str) -> Line:
    """The line, for who may manage it. Raises NotFound, NotAllowed."""
    found = line_of(request, code)
    if not acting(request).may(Permission.MANAGE, found.unit_id):
        raise NotAllowed
    return found


@sensitive_post_parameters()
@never_cache
@officials_who(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, code: str) -> HttpResponse:
    """Name, keys and addresses of a line, step by step. A key that was set is never shown again."""
    found, context = _mine(request, code), {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").replace("\0", "") for name in ("name", "app_id", "page")}
        secret = {name: request.POST.get(name, "") for name in names_of(found.kind_of)}
        try:
            actions.set_up(line_id=found.pk, typed={**typed, **secret}, by=acting(request), at=timezone.now())
            return redirect(reverse("channels:set_up", args=[code]) + "?xong=1")
        except Refusal as no:
            if no.status != 422:
                raise
            errors = [(no.field or "name", no.message)]
            context = {"said": typed, "errors": errors, "errors_by": dict(errors), "has_errors": True}
    return render(
        request, "channels/desk/set_up.html", {**_shown(request, found), **context}, status=422 if context else 200
    )


def _shown(request: HttpRequest, line: Line) -> dict[str, Any]:
    missing = keys.missing(line)
    return {
        "line": line,
        "said": {"name": line.name, "app_id": line.app_id, "page": line.outside_id},
        "keys": [(name, title, name not in missing) for name, title in names_of(line.kind_of).items()],
        "is_ready": not missing and bool(line.app_id or line.kind != Kind.ZALO),
        "is_connected": bool(line.access_token),
        "webhook": settings.BASE_URL + reverse("channels:delivered", args=[line.code]),
        "way_back": settings.BASE_URL + reverse("channels:connected"),
        "is_done": request.GET.get("xong") == "1",
        "crumbs": [
            (_("Kênh giao tiếp"), reverse("channels:home")),
            (line.name, reverse("channels:line", args=[line.code])),
            (_("Kết nối và cài đặt"), ""),
        ],
    }


@officials_who(Permission.MANAGE)
@require_POST
def disconnect(request: HttpRequest, code: str) -> HttpResponse:
    """Forget keys, tokens and account of the line."""
    actions.disconnect(line_id=line_of(request, code).pk, by=acting(request), at=timezone.now())
    return redirect("channels:set_up", code)


@never_cache
@officials_who(Permission.MANAGE)
@require_POST
def connect(request: HttpRequest, code: str) -> HttpResponse:
    """On to the operator's permission page; what comes back is bound to this session, since ``state`` may be missing.

    By a page, not by a redirect: browsers let no form of ours lead to another host (``form-action``)."""
    found = _mine(request, code)
    if found.kind != Kind.ZALO or not found.app_id:
        raise NotFound
    verifier, state = secrets.token_urlsafe(32)[:43], secrets.token_urlsafe(16)
    request.session[FLOW] = {"line": found.pk, "verifier": verifier, "state": state}
    asked = {
        "app_id": found.app_id,
        "redirect_uri": settings.BASE_URL + reverse("channels:connected"),
        "code_challenge": zalo.challenge(verifier),
        "state": state,
    }
    onward = f"{settings.CHANNEL_HOSTS['zalo_oauth']}/v4/oa/permission?{urlencode(asked)}"
    answer = render(request, "channels/desk/onward.html", {"line": found, "onward": onward})
    answer["Refresh"] = f"1; url={onward}"
    return answer


@officials_who(Permission.MANAGE)
@require_GET
def connected(request: HttpRequest) -> HttpResponse:
    """Back from the operator with a code for the tokens."""
    flow = request.session.pop(FLOW, None)
    state = request.GET.get("state", "")
    if not flow or (state and state != flow["state"]) or not request.GET.get("code"):
        refused = _("Không nối được: phiên kết nối đã hết hoặc Zalo không đồng ý. Bấm Kết nối lại từ đầu.")
        return render(request, "channels/desk/refused.html", {"refused": refused}, status=422)
    try:
        found = actions.connect(
            line_id=flow["line"], code=request.GET["code"][:2000], verifier=flow["verifier"],
            outside_id=request.GET.get("oa_id", "")[:60], by=acting(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as no:
        return render(request, "channels/desk/refused.html", {"refused": no.message}, status=no.status)
    return redirect(reverse("channels:set_up", args=[found.code]) + "?xong=1")
