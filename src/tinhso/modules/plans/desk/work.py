"""A unit's own tasks and documents, one of each, and the leader's view."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.serving import response
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui import typed
from tinhso.kernel.ui.attempts import Errors, tried
from tinhso.modules.plans import forms
from tinhso.modules.plans.actions import duties, tasks
from tinhso.modules.plans.models import Duty, Task
from tinhso.modules.plans.queries import sheets, work
from tinhso.modules.plans.rules import OPEN_TASKS, TASK_MOVES, Permission


@require_GET
@officials_who(Permission.WORK)
def mine(request: HttpRequest) -> HttpResponse:
    """What my units still have to do and to issue."""
    actor, now = acting(request), timezone.now()
    rows, more = work.own_tasks(actor, now, request.GET.get("sau", ""))
    context = {"tasks": rows, "more_after": more, "duties": work.own_duties(actor), "now": now}
    return render(request, "plans/desk/mine.html", context)


@require_GET
@officials_who(Permission.SEE)
def board(request: HttpRequest) -> HttpResponse:
    """Which units are late with what, over all running plans."""
    actor, now = acting(request), timezone.now()
    lines = work.board(actor, now)
    totals = {name: sum(getattr(one, name) for one in lines) for name in ("open", "late", "done", "missing")}
    context = {"lines": lines, "totals": totals, "late": work.late_tasks(actor, now), "now": now}
    return render(request, "plans/desk/board.html", context)


@require_http_methods(["GET", "POST"])
@officials_who(Permission.SEE)
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task: how it stands, what was reported, what can be done now."""
    found = work.task_for(task_id, acting(request))
    errors: Errors = []
    if request.method == "POST":
        errors = tried(lambda: _move(request, found), field="words")
        if not errors:
            return redirect("plans:task", task_id)
    return _task_page(request, found, errors)


def _move(request: HttpRequest, found: Task) -> None:
    said = request.POST
    who: dict[str, Any] = {"task_id": found.pk, "by": acting(request), "at": timezone.now()}
    verb, words = said.get("do", ""), said.get("words", "")
    if verb == "reschedule":
        tasks.reschedule(**who, due_on=typed.day(said.get("due_on", ""), "due_on"), words=words)
    elif verb in TASK_MOVES:
        percent = said.get("percent", "").strip()
        tasks.move(**who, verb=verb, words=words, percent=int(percent) if is_whole(percent) else None)
    else:
        raise NotFound


def _task_page(request: HttpRequest, found: Task, errors: Errors) -> HttpResponse:
    actor = acting(request)
    is_open = found.state in OPEN_TASKS and found.plan.closed_at is None
    context = {
        "row": sheets.task_row(found, timezone.now()),
        "task": found,
        "moves": work.task_moves(found, actor),
        "may_reschedule": is_open and actor.may(Permission.MANAGE, found.plan.unit_id),
        "history": sheets.history(f"plans/task/{found.pk}"),
        "typed": request.POST,
        "errors": errors,
    }
    return render(request, "plans/desk/task.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
@officials_who(Permission.SEE)
def duty(request: HttpRequest, duty_id: int) -> HttpResponse:
    """One unit's document under a demand: written down, or still missing."""
    found = work.duty_for(duty_id, acting(request))
    errors: Errors = []
    if request.method == "POST":
        errors = tried(lambda: _record(request, found), field="number")
        if not errors:
            return redirect("plans:duty", duty_id)
    actor, plan = acting(request), found.demand.plan
    may_manage = actor.may(Permission.MANAGE, plan.unit_id)
    context = {
        "duty": found,
        "plan": plan,
        "unit": sheets.unit_name(found.unit_id),
        "is_late": found.issued_on is None and found.due_at < timezone.now(),
        "may_issue": plan.closed_at is None and (may_manage or actor.may(Permission.WORK, found.unit_id)),
        "may_take_back": plan.closed_at is None and may_manage,
        "typed": request.POST,
        "errors": errors,
    }
    return render(request, "plans/desk/duty.html", context, status=422 if errors else 200)


def _record(request: HttpRequest, found: Duty) -> None:
    who: dict[str, Any] = {"duty_id": found.pk, "by": acting(request), "at": timezone.now()}
    if request.POST.get("do") == "take_back":
        duties.take_back(**who, words=typed.line(request.POST.get("words", ""), "words", least=5))
    else:
        duties.issue(**who, document=forms.issued(request))


@require_GET
@officials_who(Permission.SEE)
def duty_file(request: HttpRequest, duty_id: int) -> HttpResponseBase:
    """The file of a unit's own document."""
    found = work.duty_for(duty_id, acting(request))
    if found.attachment is None:
        raise NotFound
    return response(found.attachment, inline=True)
