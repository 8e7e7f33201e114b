"""Councils: who sits on them; founding and ending one; the regulation in force."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.queries import officials_named
from tinhso.kernel.ui import typed
from tinhso.kernel.ui.attempts import Errors, tried
from tinhso.kernel.units.queries import tree
from tinhso.modules.initiatives import forms
from tinhso.modules.initiatives.actions import settings
from tinhso.modules.initiatives.models import Council, RegulationEdition
from tinhso.modules.initiatives.queries import lists
from tinhso.modules.initiatives.rules.judging import regulation_from
from tinhso.modules.initiatives.rules.states import Permission

LISTED = 100


@require_http_methods(["GET", "POST"])
@officials_who(Permission.MANAGE)
def index(request: HttpRequest) -> HttpResponse:
    """Councils in scope with their members, and a form for another."""
    errors: Errors = []
    if request.method == "POST":
        errors = tried(lambda: _do(request), field="name")
        if not errors:
            return redirect("initiatives:councils")
    return render(request, "initiatives/desk/councils.html", _context(request, errors), status=422 if errors else 200)


def _context(request: HttpRequest, errors: Errors) -> dict[str, Any]:
    scope, nodes = acting(request).scope(Permission.MANAGE), tree().nodes
    seen = Council.objects.all() if scope.everywhere else Council.objects.filter(unit_id__in=scope.units)
    found = seen.prefetch_related("members__account").order_by("-pk")[:LISTED]
    edition: RegulationEdition | None = None
    with suppress(Refusal):
        edition = lists.regulation_on(timezone.localdate())
    regulation = regulation_from(edition.content) if edition else None
    rows = [(one, nodes[one.unit_id].name, sorted(one.members.all(), key=lambda m: not m.is_chair)) for one in found]
    return {
        "rows": rows, "edition": edition, "regulation": regulation, "typed": request.POST, "errors": errors,
        "members": forms.people(request.POST, "members"),
    }  # fmt: skip


def _do(request: HttpRequest) -> None:
    actor, said = acting(request), request.POST
    if said.get("do") == "end":
        if not is_whole(said.get("council", "")) or not Council.objects.filter(pk=int(said["council"])).exists():
            raise NotFound
        settings.end_council(council_id=int(said["council"]), last_day=timezone.localdate(), by=actor)
        return
    chosen = forms.ids(said, "members")
    known = officials_named(chosen)
    own = tree().body_of(actor.unit_id).id if actor.unit_id is not None else tree().root_ids[0]
    settings.found_council(
        unit_id=own,
        name=typed.line(said.get("name", ""), "name", most=200, least=5),
        decision_number=typed.line(said.get("decision_number", ""), "decision_number", most=60),
        begins_on=typed.day(said.get("begins_on", ""), "begins_on"),
        usernames=[known[one].username for one in chosen if one in known],
        by=actor,
        at=timezone.now(),
    )
