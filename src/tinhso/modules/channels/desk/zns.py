"""ZNS templates of the province's Official Account, and what messages to telephones cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.units.queries import tree
from tinhso.modules.channels.actions import zns
from tinhso.modules.channels.desk.lines import line_of
from tinhso.modules.channels.models import Line
from tinhso.modules.channels.queries import lines as queries
from tinhso.modules.channels.rules import Kind, Permission


@never_cache
@officials_who(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def templates(request: HttpRequest, code: str) -> HttpResponse:
    """The templates by notice, adding a version, and what thirty days of messages cost."""
    found, context = line_of(request, code), {}
    if found.kind != Kind.ZALO or found.unit_id not in tree().root_ids:
        raise NotFound
    if request.method == "POST":
        said = {name: request.POST.get(name, "").replace("\0", "").strip() for name in _TYPED}
        try:
            _change(request, found, said)
            return redirect("channels:templates", code)
        except Refusal as no:
            if no.status != 422:
                raise
            errors = [(no.field or "kind", no.message)]
            context = {"errors": errors, "errors_by": dict(errors), "has_errors": True, "said": said}
    return render(request, "channels/desk/zns.html", {**_shown(found), **context}, status=422 if context else 200)


_TYPED = ("kind", "outside_id", "parameters")


def _change(request: HttpRequest, line: Line, said: dict[str, str]) -> None:
    """Drop the template that is named, else add the one that was typed. Raises Refusal."""
    actor, at, dropped = acting(request), timezone.now(), request.POST.get("bo", "")
    if is_whole(dropped):
        zns.drop(template_id=int(dropped[:18]), line_id=line.pk, by=actor, at=at)
    else:
        zns.add(line_id=line.pk, by=actor, at=at, **said)


def _shown(line: Line) -> dict[str, Any]:
    kinds = sorted(registry.messages.items())
    return {
        "line": line,
        "rows": line.templates.order_by("kind", "-number")[:200],
        "kinds": [(kind, f"{kind} – {message.title}"[:90]) for kind, message in kinds],
        "figures": queries.text_figures(timezone.now() - timedelta(days=30)),
        "crumbs": [
            (_("Kênh giao tiếp"), reverse("channels:home")),
            (line.name, reverse("channels:line", args=[line.code])),
            (_("Mẫu ZNS"), ""),
        ],
    }
