"""The lines, how each fares, adding one, and what was said on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.channels.actions import lines as actions
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries import lines as queries
from tinhso.modules.channels.rules import KIND_NAMES, Kind, Permission, address_of

MOST_UNITS = 500


def line_of(request: HttpRequest, code: str) -> Line:
    """The line, for who may see it. Raises NotFound."""
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
    said = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("name", "kind", "unit", "address")}
    context: dict[str, Any] = {
        "crumbs": [(_("Kênh giao tiếp"), reverse("channels:home")), (_("Thêm kênh"), "")],
        "kinds": KIND_NAMES.items(),
        "units": sorted(units, key=lambda one: fold(one[1]))[:MOST_UNITS],
    }
    if request.method == "POST":
        try:
            made = _added(said, actor)
            return redirect("channels:line" if made.kind == Kind.MAIL else "channels:set_up", made.code)
        except Refusal as no:
            errors = [(no.field or "name", no.message)]
            context |= {"said": said, "errors": errors, "errors_by": dict(errors), "has_errors": True}
    return render(request, "channels/desk/new.html", context, status=422 if "errors" in context else 200)


def _added(said: dict[str, str], actor: Actor) -> Line:
    unit = tree().by_code.get(said["unit"])
    if said["kind"] not in set(Kind):
        raise Refusal("channels.shape", _("Chọn loại kênh."), field="kind")
    if unit is None:
        raise Refusal("channels.shape", _("Chọn đơn vị."), field="unit")
    return actions.add(
        kind=Kind(said["kind"]), unit_id=unit.id, name=said["name"], app_id="", by=actor,
        at=timezone.now(), outside_id=said["address"] if said["kind"] == Kind.MAIL else "",
    )  # fmt: skip


@never_cache
@officials_who(Permission.SEE)
@require_GET
def line(request: HttpRequest, code: str) -> HttpResponse:
    """One line: where operators deliver to, whether it is connected, and the latest messages."""
    found = line_of(request, code)
    before = request.GET.get("truoc", "")
    rows, more = queries.said_on(found, int(before) if before.isdecimal() and len(before) < 19 else None)
    actions.seen(line=found, by=acting(request), at=timezone.now())
    context = {
        "line": found,
        "worry": queries.worry(found, timezone.now()),
        "page": address_of(found),
        "rows": rows,
        "more": more,
        "may_manage": acting(request).may(Permission.MANAGE, found.unit_id),
        "has_templates": found.kind == Kind.ZALO and found.unit_id in tree().root_ids,
        "crumbs": [(_("Kênh giao tiếp"), reverse("channels:home")), (found.name, "")],
    }
    return render(request, "channels/desk/line.html", context)


@officials_who(Permission.MANAGE)
@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Close the line or open it again."""
    found = line_of(request, code)
    is_open = request.POST.get("mo") == "1"
    actions.set_open(line_id=found.pk, is_open=is_open, by=acting(request), at=timezone.now())
    return redirect("channels:line", found.code)
