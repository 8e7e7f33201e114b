"""Writing a plan down, and its draft: document, targets, amendments."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui.attempts import Errors, tried
from tinhso.kernel.units.queries import tree
from tinhso.modules.plans import forms
from tinhso.modules.plans.actions import writing
from tinhso.modules.plans.models import Plan
from tinhso.modules.plans.queries import sheets
from tinhso.modules.plans.rules import PLAN_KINDS, Permission, PlanKind, targets_of


@require_http_methods(["GET", "POST"])
@officials_who(Permission.MANAGE)
def begin(request: HttpRequest) -> HttpResponse:
    """A new plan or resolution, as a draft."""
    actor, errors = acting(request), []
    if request.method == "POST":
        try:
            plan = writing.draft_plan(forms.new_plan(request), by=actor, at=timezone.now())
            return redirect("plans:draft", plan.code)
        except Refusal as no:
            if no.status == NotAllowed.status:
                raise
            errors = [(no.field or "name", no.message)]
    scope = actor.scope(Permission.MANAGE)
    roots = tree().root_ids[:1] if scope.everywhere else sorted(scope.units)
    units = {pk: name for root in roots for pk, name in sheets.units_to_choose(timezone.localdate(), root)}
    context = {
        "kinds": [(one.value, name) for one, name in PLAN_KINDS.items()],
        "units": list(units.items()),
        "typed": request.POST,
        "errors": errors,
    }
    return render(request, "plans/desk/begin.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
@officials_who(Permission.MANAGE)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The draft of a plan, or of an amendment: its document and its targets; without one, beginning an amendment."""
    plan = sheets.by_code(code, acting(request))
    if not acting(request).may(Permission.MANAGE, plan.unit_id):
        raise NotAllowed
    errors: Errors = []
    if request.method == "POST":
        errors = tried(lambda: _do(request, plan), field="number")
        if not errors:
            return redirect("plans:draft", code)
    own = plan.editions.filter(state="draft").select_related("attachment").first()
    if own is None and (plan.published_at is None or plan.closed_at is not None):
        raise NotFound
    context: dict[str, Any] = {
        "plan": plan,
        "kind": PLAN_KINDS[PlanKind(plan.kind)],
        "draft": own,
        "targets": targets_of(own.content) if own else (),
        "measures": [(one.code, f"{_(one.title)} ({_(one.unit)})") for one in registry.measures.values()],
        "typed": request.POST,
        "errors": errors,
    }
    return render(request, "plans/desk/draft.html", context, status=422 if errors else 200)


def _do(request: HttpRequest, plan: Plan) -> None:
    said = request.POST
    who: dict[str, Any] = {"plan_id": plan.pk, "by": acting(request), "at": timezone.now()}
    match said.get("do"):
        case "amend":
            writing.amend(**who, document=forms.document(request))
        case "edit":
            writing.edit(**who, document=forms.document(request))
        case "target":
            writing.set_target(**who, target=forms.target(request))
        case "drop":
            writing.set_target(**who, target=None, drop=said.get("code", ""))
        case _:
            raise NotFound
