"""The decisions on a question: each is one form of its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import answering, handling
from tinhso.modules.questions.desk.case import page
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.queries import cases
from tinhso.modules.questions.rules import Permission

Said = Any


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


def _hand_over(pk: int, said: Said, common: Any) -> None:
    unit_id, reason = forms.number(said, "unit") or 0, forms.plain(said, "reason_text")
    handling.hand_over(question_id=pk, unit_id=unit_id, reason=reason, **common)


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
    "chuyen": _hand_over,
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
    return page(request, question, actor, more, refusal.status)
