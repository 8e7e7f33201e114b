"""The list of plans, one plan's page and what managers do on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.files.serving import response
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.queries import officials_named
from tinhso.kernel.ui import typed
from tinhso.modules.plans import forms
from tinhso.modules.plans.actions import duties, tasks, writing
from tinhso.modules.plans.models import Plan
from tinhso.modules.plans.queries import sheets
from tinhso.modules.plans.rules import PLAN_KINDS, Permission, PlanKind


@require_GET
@officials_who(Permission.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """Running plans and drafts, or those that are closed; the newest first."""
    actor = acting(request)
    closed, after = request.GET.get("da") == "ket-thuc", request.GET.get("sau", "")
    rows, more = sheets.listed(actor, closed=closed, after=int(after) if is_whole(after) else 0)
    context = {
        "rows": [(plan, PLAN_KINDS[PlanKind(plan.kind)], unit, counts) for plan, unit, counts in rows],
        "more_after": more,
        "closed": closed,
        "may_manage": actor.may(Permission.MANAGE),
        "may_work": actor.may(Permission.WORK),
    }
    return render(request, "plans/desk/list.html", context)


@require_GET
@officials_who(Permission.SEE)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One plan: document, targets, who issued theirs, tasks."""
    return _page(request, sheets.by_code(code, acting(request)), {})


def _page(request: HttpRequest, plan: Plan, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, now = acting(request), timezone.now()
    may_manage = actor.may(Permission.MANAGE, plan.unit_id)
    context: dict[str, Any] = {
        "sheet": sheets.sheet(plan, now, after=request.GET.get("sau", "")),
        "plan": plan,
        "kind": PLAN_KINDS[PlanKind(plan.kind)],
        "may_manage": may_manage,
        "is_running": plan.published_at is not None and plan.closed_at is None,
        "typed": request.POST,
    }
    if may_manage:
        today = timezone.localdate(now)
        context |= {"groups": sheets.groups(), "units": sheets.units_to_choose(today, plan.unit_id), "today": today}
        owner = forms.owner(request)
        found = officials_named([owner]) if owner else {}
        context["owners"] = [{"pk": pk, "name": one.display_name} for pk, one in found.items()]
    return render(request, "plans/desk/plan.html", context | more, status=status)


@require_POST
@officials_who(Permission.MANAGE)
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Publish, close, demand a document of units, give a task, take or report figures."""
    plan = sheets.by_code(code, acting(request))
    try:
        _do(request, plan)
    except NotFound:
        raise
    except Refusal as no:
        if no.status in (403, 404):
            raise
        more = {"errors": [(no.field or "buoc", no.message)], "failed": request.POST.get("do", "")}
        return _page(request, plan, more, status=no.status)
    return redirect("plans:plan", code)


def _do(request: HttpRequest, plan: Plan) -> None:
    said = request.POST
    who: dict[str, Any] = {"plan_id": plan.pk, "by": acting(request), "at": timezone.now()}
    match said.get("do"):
        case "publish":
            writing.publish(**who)
        case "close":
            writing.close(**who, words=typed.line(said.get("words", ""), "words", least=5))
        case "measure":
            writing.measure(**who)
        case "figure":
            writing.report_figure(
                **who,
                code=said.get("code", ""),
                value=typed.number(said.get("value", ""), "value"),
                as_of=typed.day(said.get("as_of", ""), "as_of"),
                words=typed.line(said.get("source", ""), "source", least=5),
            )
        case "demand":
            units = sheets.units_of(said.get("group", ""), timezone.localdate(), plan.unit_id)
            duties.demand(
                **who,
                title=typed.line(said.get("title", ""), "title", most=200, least=5),
                due_on=typed.day(said.get("due_on", ""), "due_on"),
                unit_ids=units,
            )
        case "assign":
            tasks.assign(**who, new=forms.new_task(request))
        case _:
            raise NotFound


@require_GET
@officials_who(Permission.SEE)
def file(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The file of one edition's document."""
    plan = sheets.by_code(code, acting(request))
    edition = plan.editions.select_related("attachment__blob").filter(number=number).first()
    if edition is None or edition.attachment is None:
        raise NotFound
    if edition.is_draft and not acting(request).may(Permission.MANAGE, plan.unit_id):
        raise NotFound
    return response(edition.attachment, inline=True)
