"""One question: what was asked, what exists already, the draft, and the decisions that may be taken now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.cases.queries import left_words
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.manifest import Readers
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import answering, handling
from tinhso.modules.questions.desk.access import officials_who
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
    return _page(request, question, actor, {})


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


def _page(
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
    departments = [routes.department(one.unit) for one in routing.fields]
    choices = {node.id: node.short_name for node in departments if node is not None}
    choices |= {one.id: one.short_name for one in routes.communes()}
    if routed in tree().nodes:
        choices.setdefault(routed, tree().nodes[routed].short_name)
    return {
        "fields": list(names.items()),
        "units": sorted(choices.items(), key=lambda one: one[1]),
        "routed": routed,
        "levels": [(code, f"{name} – {routing.days[code]} ngày làm việc") for code, name in LEVELS.items()],
    }


def _screen(pk: int, said: Said, common: Any) -> None:
    handling.screen(
        question_id=pk,
        field=forms.plain(said, "field", 40),
        unit_id=forms.number(said, "unit") or 0,
        level=forms.plain(said, "level", 8),
        shown_title=forms.plain(said, "shown_title", 400),
        **common,
    )


def _send_back(pk: int, said: Said, common: Any) -> None:
    handling.send_back(question_id=pk, reason=forms.plain(said, "reason_text"), **common)


def _take(pk: int, said: Said, common: Any) -> None:
    handling.take(case_id=pk, by=common["by"], at=common["at"])


def _assign(pk: int, said: Said, common: Any) -> None:
    handling.assign(question_id=pk, to=forms.number(said, "to") or 0, **common)


def _draft(pk: int, said: Said, common: Any) -> None:
    handling.draft(
        question_id=pk,
        shown_title=forms.plain(said, "shown_title", 400),
        text=forms.plain(said, "draft", 9000),
        references=forms.references(said),
        valid_as_of=forms.day(said.get("valid_as_of", "")),
        **common,
    )


def _propose(pk: int, said: Said, common: Any) -> None:
    """Keep what stands in the form and send it on; what cannot be sent is not kept either."""
    with transaction.atomic():
        if "draft" in said:
            _draft(pk, said, common)
        handling.propose(question_id=pk, by=common["by"], at=common["at"])


def _return_draft(pk: int, said: Said, common: Any) -> None:
    handling.return_draft(question_id=pk, reason=forms.plain(said, "reason_text"), **common)


def _publish(pk: int, said: Said, common: Any) -> None:
    answering.publish(question_id=pk, **common)


def _answer_privately(pk: int, said: Said, common: Any) -> None:
    answering.answer_privately(question_id=pk, **common)


def _reject(pk: int, said: Said, common: Any) -> None:
    reason, text = forms.plain(said, "reason", 20), forms.plain(said, "reason_text")
    handling.reject(question_id=pk, reason=reason, text=text, **common)


def _merge(pk: int, said: Said, common: Any) -> None:
    others = [one for one in forms.numbers(said, "also") if one != pk]
    answer_id = forms.number(said, "answer")
    if answer_id is None:
        raise Refusal("questions.no_answer_chosen", "Chọn một câu trả lời có sẵn.", field="answer")
    answering.merge(question_ids=[pk, *others], answer_id=answer_id, by=common["by"], at=common["at"])


_ACTS: dict[str, Callable[[int, Said, Any], None]] = {
    "tiep-nhan": _screen,
    "tra-noi-nhan": _send_back,
    "nhan": _take,
    "giao": _assign,
    "luu": _draft,
    "trinh": _propose,
    "tra-lai": _return_draft,
    "cong-bo": _publish,
    "tra-loi-rieng": _answer_privately,
    "khong-tiep-nhan": _reject,
    "gop": _merge,
}


@officials_who(Permission.SEE)
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One decision; refused, the page comes back with what was typed and with what is wrong."""
    actor, act = acting(request), _ACTS.get(verb)
    question = cases.seen(actor, number)
    if act is None:
        raise NotFound
    common = {"by": actor, "at": timezone.now(), "revision": forms.number(request.POST, "revision")}
    try:
        act(question.pk, request.POST, common)
    except (NotAllowed, NotFound, Stale):
        raise
    except Refusal as refusal:
        return _again(request, question, actor, verb, refusal)
    return redirect("questions:detail", number)


def _again(request: HttpRequest, question: Question, actor: Actor, verb: str, refusal: Refusal) -> HttpResponse:
    question = cases.seen(actor, question.case.number)
    more: dict[str, Any] = {
        "errors": [(refusal.field or "quyet-dinh", refusal.message)],
        "wrong": {refusal.field: refusal.message} if refusal.field else {},
        "has_errors": True,
        "verb": verb,
        "said": request.POST,
    }
    if verb in ("luu", "trinh"):
        question.draft = forms.plain(request.POST, "draft", 9000)
        more["shown_title"] = forms.plain(request.POST, "shown_title", 400)
        more["lines"] = forms.reference_lines([one for one in forms.references(request.POST) if one["number"]])
    return _page(request, question, actor, more, refusal.status)
