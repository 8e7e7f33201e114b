"""One question: what was asked, what exists already, the draft, and the decisions that may be taken now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tinhso.kernel.cases.queries import left_words
from tinhso.kernel.errors import Refusal
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.manifest import Readers
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions import forms
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.queries import cases, library
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules import REASONS, Permission
from tinhso.modules.questions.rules.asking import masked
from tinhso.modules.questions.rules.routing import LEVELS

SUGGESTED = 5
Said = Any


@officials_who(Permission.SEE)
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The whole question; that somebody looked at it is remembered, since it names who asked."""
    actor = acting(request)
    question = cases.seen(actor, number)
    now = timezone.now()
    viewed(case_id=question.pk, by=actor, at=now, on=timezone.localdate(now))
    return page(request, question, actor, {})


@officials_who(Permission.SEE)
@require_safe
def file(request: HttpRequest, number: str, place: int) -> HttpResponseBase:
    """What came with the question; reading it counts as reading the question."""
    actor, now = acting(request), timezone.now()
    question = cases.seen(actor, number)
    viewed(case_id=question.pk, by=actor, at=now, on=timezone.localdate(now))
    return file_response(cases.file_of(question, place).attachment, inline=True)


@officials_who(Permission.SEE)
@require_safe
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The short view beside the inbox."""
    question = cases.seen(acting(request), number)
    context = {
        "question": question,
        "case": question.case,
        "left": left_words(question.case, timezone.now()),
        "field_name": _field_names().get(question.field, question.field),
    }
    return render(request, "questions/desk/peek.html", context)


def page(
    request: HttpRequest, question: Question, actor: Actor, more: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    case, moves = question.case, cases.moves(question, actor)
    names, now = _field_names(), timezone.now()
    sheet = procedures.all_published(timezone.localdate()).get(question.procedure_code)
    context: dict[str, Any] = {
        "question": question,
        "case": case,
        "moves": moves,
        "sheet": sheet,
        "field_name": names.get(question.field, question.field),
        "left": left_words(case, now),
        "is_late": cases.is_late(case, now),
        "history": cases.history(case, Readers.OFFICIALS),
        "shown_title": question.shown_title or masked(case.title, case.applicant),
        "reason_words": REASONS.get(question.reason, ""),
        "is_own_draft": question.drafted_by_id == actor.account_id,
        "lines": forms.reference_lines(question.references),
        "files": [
            {
                "name": one.attachment.name,
                "size": one.attachment.blob.size,
                "url": reverse("questions:file", args=[case.number, one.place]),
            }
            for one in question.files.select_related("attachment__blob")
        ],
    }
    if "screen" in moves:
        context |= _screening(question, names)
    if "hand_over" in moves:
        context["others"] = [one for one in _units(case.unit_id) if one[0] != case.unit_id]
    if "assign" in moves:
        context["handlers"] = routes.handlers_at(Permission.ANSWER, case.unit_id)
    if "merge" in moves:
        context["known"] = [one for one, _name in library.find(case.title, SUGGESTED)]
        context["similar"] = cases.similar_open(question, actor)
    if "reject" in moves:
        context["reasons"] = list(REASONS.items())
    return render(request, "questions/desk/detail.html", {**context, **more}, status=status)


def _field_names() -> dict[str, str]:
    try:
        return {one.code: one.name for one in routes.routing_on().fields}
    except Refusal:
        return {}


def _screening(question: Question, names: Mapping[str, str]) -> dict[str, Any]:
    routing = routes.routing_on()
    field = routing.field(question.field)
    routed = routes.unit_for(field, question.commune_id) if field else question.case.unit_id
    return {
        "fields": list(names.items()),
        "units": _units(routed),
        "routed": routed,
        "levels": [(code, f"{name} – {routing.days[code]} ngày làm việc") for code, name in LEVELS.items()],
    }


def _units(besides: int) -> list[tuple[int, str]]:
    """Who may be asked to answer: the departments of the routing, the communes, and this unit."""
    departments = [routes.department(one.unit) for one in routes.routing_on().fields]
    choices = {node.id: node.short_name for node in departments if node is not None}
    choices |= {one.id: one.short_name for one in routes.communes()}
    if besides in tree().nodes:
        choices.setdefault(besides, tree().nodes[besides].short_name)
    return sorted(choices.items(), key=lambda one: one[1])
