"""Pages for who keeps the lines: how each fares, connecting one, and what was said on it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.channels import queries
from tinhso.modules.channels.actions import lines as actions
from tinhso.modules.channels.actions import zns
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.rules import KIND_NAMES, Kind, Permission, zalo

MOST_UNITS = 500
FLOW = "channels.connecting"  # in the session: which line, and the verifier that goes with the challenge


def _line(request: HttpRequest, code: str) -> Line:
    found = queries.line_of(code, acting(request))
    if found is None:
        raise NotFound
    return found


@never_cache
@officials_who(Permission.SEE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """All lines with what their keeper must know."""
    context = {
        "lines": queries.lines(acting(request), timezone.now()),
        "may_manage": acting(request).may(Permission.MANAGE),
    }
    return render(request, "channels/desk/home.html", context)


@officials_who(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form for another line."""
    actor, nodes = acting(request), tree().nodes
    scope = actor.scope(Permission.MANAGE)
    units = [(nodes[one].code, nodes[one].name) for one in (nodes if scope.everywhere else scope.units) if one in nodes]
    said = {
        name: request.POST.get(name, "").replace("\0", "").strip()
        for name in ("name", "kind", "unit", "app_id", "address")
    }
    context: dict[str, Any] = {
        "kinds": KIND_NAMES.items(),
        "units": sorted(units, key=lambda one: fold(one[1]))[:MOST_UNITS],
    }
    if request.method == "POST":
        try:
            return redirect("channels:line", _added(said, actor).code)
        except Refusal as no:
            context |= {"said": said, "error": no.message, "field": no.field, "has_errors": True}
    return render(request, "channels/desk/new.html", context, status=422 if "error" in context else 200)


def _added(said: dict[str, str], actor: Actor) -> Line:
    unit = tree().by_code.get(said["unit"])
    if unit is None or said["kind"] not in set(Kind):
        raise Refusal("channels.shape", _("Chọn loại kênh và đơn vị."), field="unit")
    return actions.add(
        kind=Kind(said["kind"]), unit_id=unit.id, name=said["name"], app_id=said["app_id"], by=actor,
        at=timezone.now(), outside_id=said["address"] if said["kind"] == Kind.MAIL else "",
    )  # fmt: skip


@never_cache
@officials_who(Permission.SEE)
@require_GET
def line(request: HttpRequest, code: str) -> HttpResponse:
    """One line: where operators deliver to, whether it is connected, and the latest messages."""
    found = _line(request, code)
    before = request.GET.get("truoc", "")
    rows, more = queries.said_on(found, int(before) if before.isdecimal() and len(before) < 19 else None)
    actions.seen(line=found, by=acting(request), at=timezone.now())
    context = {
        "line": found,
        "worry": queries.worry(found, timezone.now()),
        "address": settings.BASE_URL + reverse("channels:delivered", args=[found.code]),
        "rows": rows,
        "more": more,
        "may_manage": acting(request).may(Permission.MANAGE, found.unit_id),
    }
    return render(request, "channels/desk/line.html", context)


@officials_who(Permission.MANAGE)
@require_POST
def connect(request: HttpRequest, code: str) -> HttpResponse:
    """To the operator's permission page; what comes back is bound to this session, since ``state`` may be missing."""
    found = _line(request, code)
    verifier, state = secrets.token_urlsafe(32)[:43], secrets.token_urlsafe(16)
    request.session[FLOW] = {"line": found.pk, "verifier": verifier, "state": state}
    asked = {
        "app_id": found.app_id,
        "redirect_uri": settings.BASE_URL + reverse("channels:connected"),
        "code_challenge": zalo.challenge(verifier),
        "state": state,
    }
    return redirect(f"{settings.CHANNEL_HOSTS['zalo_oauth']}/v4/oa/permission?{urlencode(asked)}")


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
    return redirect("channels:line", found.code)


@officials_who(Permission.MANAGE)
@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Close the line or open it again."""
    found = _line(request, code)
    is_open = request.POST.get("mo") == "1"
    actions.set_open(line_id=found.pk, is_open=is_open, by=acting(request), at=timezone.now())
    return redirect("channels:line", found.code)


@never_cache
@officials_who(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def templates(request: HttpRequest, code: str) -> HttpResponse:
    """The line's ZNS templates by notice, adding a version, and what messages to telephones cost."""
    found, actor, at = _line(request, code), acting(request), timezone.now()
    said = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("kind", "outside_id", "parameters")}
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            if is_whole(request.POST.get("bo", "")):
                zns.drop(template_id=int(request.POST["bo"][:18]), line_id=found.pk, by=actor, at=at)
            else:
                zns.add(line_id=found.pk, by=actor, at=at, **said)
            return redirect("channels:templates", code)
        except Refusal as no:
            if no.status != 422:
                raise
            context = {"error": no.message, "has_errors": True, "said": said}
    context |= {
        "line": found,
        "rows": found.templates.order_by("kind", "-number")[:200],
        "kinds": [(kind, f"{kind} – {message.title}"[:90]) for kind, message in sorted(registry.messages.items())],
        "figures": queries.text_figures(at - timedelta(days=30)),
        "crumbs": [
            (_("Kênh giao tiếp"), reverse("channels:home")),
            (found.name, reverse("channels:line", args=[code])),
        ],
    }
    return render(request, "channels/desk/zns.html", context, status=422 if "error" in context else 200)
