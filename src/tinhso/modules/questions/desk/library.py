"""The library of a unit's answers: what is to be looked at again, mending, confirming, taking away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search import shelves
from tinhso.kernel.units.queries import tree
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import library as actions
from tinhso.modules.questions.models import Answer, Citation
from tinhso.modules.questions.queries import library
from tinhso.modules.questions.rules import Permission
from tinhso.modules.questions.rules.library import AnswerState, check_written, references_from

FILTERS = {"": "Tất cả", "ra-soat": "Cần rà soát", "da-go": "Đã gỡ"}


@officials_who(Permission.SEE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Answers of one's units, the newest first or those found by words; all, or those that cite one document."""
    actor = acting(request)
    chosen = request.GET.get("loc", "")
    chosen = chosen if chosen in FILTERS else ""
    text = forms.plain(request.GET, "q", library.LONGEST_QUESTION).strip()
    rows = Answer.objects.kept_by(actor)
    if chosen == "ra-soat":
        rows = rows.to_review()
    elif chosen == "da-go":
        rows = rows.filter(state=AnswerState.WITHDRAWN)
    source = forms.plain(request.GET, "can-cu", 80).strip()
    if source:
        rows = rows.filter(pk__in=Citation.objects.filter(source__number=source).values("answer"))
    if text:
        answers, key = [one for one, _name in shelves.find(rows, text, library.PAGE)], ""
    else:
        answers, key = library.page(rows, read_key(request.GET.get("sau", "")))
    nodes = tree().nodes
    context = {
        "answers": [(one, nodes[one.unit_id].short_name if one.unit_id in nodes else "") for one in answers],
        "filters": [(code, name, code == chosen) for code, name in FILTERS.items()],
        "chosen": chosen,
        "text": text,
        "source": source,
        "more": "?" + urlencode({"loc": chosen, "can-cu": source, "sau": key}) if key else "",
        "today": timezone.localdate(),
    }
    return render(request, "questions/desk/library.html", context)


def _kept(actor: Actor, answer_id: int) -> Answer:
    rows = Answer.objects.kept_by(actor).select_related("unit", "review_source").defer("words")
    found = rows.filter(pk=answer_id).first()
    if found is None:
        raise NotFound
    return found


@officials_who(Permission.SEE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, answer_id: int) -> HttpResponse:
    """One answer with what may be done about it."""
    actor = acting(request)
    answer = _kept(actor, answer_id)
    if request.method == "GET":
        return _page(request, answer, actor, {})
    if not actor.may(Permission.PUBLISH, answer.unit_id):
        raise NotAllowed
    said, today = request.POST, timezone.localdate()
    try:
        written = check_written(
            title=forms.plain(said, "shown_title", 400),
            text=forms.plain(said, "draft", 9000),
            references=references_from(forms.references(said)),
            valid_as_of=forms.day(said.get("valid_as_of", "")) or today,
            today=today,
        )
        revision = forms.number(said, "revision")
        actions.revise(answer_id=answer_id, written=written, by=actor, at=timezone.now(), revision=revision)
    except (NotAllowed, NotFound, Stale):
        raise
    except Refusal as refusal:
        answer.title, answer.text = forms.plain(said, "shown_title", 400), forms.plain(said, "draft", 9000)
        lines = [one for one in forms.references(said) if one["number"]]
        return _refused(request, answer, actor, refusal, {"lines": forms.reference_lines(lines)})
    messages.success(request, _("Đã công bố bản cập nhật."))
    return redirect("questions:edit", answer_id)


def _refused(
    request: HttpRequest, answer: Answer, actor: Actor, refusal: Refusal, more: Mapping[str, Any]
) -> HttpResponse:
    errors = [(refusal.field or "draft", refusal.message)]
    context = {"errors": errors, "wrong": dict(errors), "has_errors": True, **more}
    return _page(request, answer, actor, context, refusal.status)


def _page(
    request: HttpRequest, answer: Answer, actor: Actor, more: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    cited = list(answer.citations.select_related("source").order_by("pk"))
    lines = [{"number": one.source.number, "place": one.place} for one in cited]
    today = timezone.localdate()
    context = {
        "answer": answer,
        "cited": cited,
        "may_change": actor.may(Permission.PUBLISH, answer.unit_id),
        "has_replaced": any(one.source.replaced_on and one.source.replaced_on <= today for one in cited),
        "today": today,
        "lines": forms.reference_lines(lines),
        "crumbs": [(_("Thư viện trả lời"), reverse("questions:library")), (library.shortened(answer.title, 60), "")],
    }
    return render(request, "questions/desk/edit.html", {**context, **more}, status=status)


@officials_who(Permission.PUBLISH)
@require_POST
def confirm(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Say that the answer is still right."""
    actor = acting(request)
    answer = _kept(actor, answer_id)
    try:
        revision = forms.number(request.POST, "revision")
        actions.confirm(answer_id=answer_id, by=actor, at=timezone.now(), revision=revision)
    except (NotAllowed, NotFound, Stale):
        raise
    except Refusal as refusal:
        return _refused(request, answer, actor, refusal, {})
    messages.success(request, _("Đã xác nhận câu trả lời còn đúng."))
    return redirect("questions:edit", answer_id)


@officials_who(Permission.PUBLISH)
@require_POST
def withdraw(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take the answer away from the public, with a reason."""
    actor = acting(request)
    answer = _kept(actor, answer_id)
    try:
        actions.withdraw(
            answer_id=answer_id,
            reason=forms.plain(request.POST, "reason_text", 400),
            by=actor,
            at=timezone.now(),
            revision=forms.number(request.POST, "revision"),
        )
    except (NotAllowed, NotFound, Stale):
        raise
    except Refusal as refusal:
        return _refused(request, answer, actor, refusal, {})
    messages.success(request, _("Đã gỡ câu trả lời."))
    return redirect("questions:edit", answer_id)
