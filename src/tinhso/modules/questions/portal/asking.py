"""Asking without an account, with answers that exist shown while typing, and following one's own question."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.kernel.api.forms import form_key
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import Refusal
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import asking, contact
from tinhso.modules.questions.models import Question
from tinhso.modules.questions.portal.browsing import fields
from tinhso.modules.questions.queries import cases, library
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules import REASONS
from tinhso.modules.questions.rules.asking import check_asked

SUGGESTED, PROCEDURES, LEAST_TYPED = 4, 2, 6
A_PLACE, A_PLACE_SECONDS = 10, 3600  # questions from one place
MOST_FILES = 3
CODES_A_PHONE, CODES_A_PLACE = (3, 900), (10, 3600)  # times in seconds
TRAP = "website"  # people do not see this field; programs that fill in everything do


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; what was typed stays when it cannot be taken. Works without scripts: the button shows suggestions."""
    if request.method == "GET":
        text = forms.plain(request.GET, "q", 200).strip()
        said = {"title": text, "procedure": forms.plain(request.GET, "thu-tuc", 20), "hides_name": "1"}
        return _form(request, said, suggestions(text) if text else {})
    said = {name: forms.plain(request.POST, name, 4100) for name in request.POST}
    try:
        return _take(request, said)
    except Refusal as refusal:
        found = suggestions(said.get("title", ""))
        errors = [(refusal.field or "title", refusal.message)]
        answer = _form(request, said, {**found, "errors": errors, "wrong": dict(errors), "has_errors": True})
        answer.status_code = refusal.status
        if isinstance(refusal, TooMany):
            answer["Retry-After"] = str(refusal.retry_after)
        return answer


def _take(request: HttpRequest, said: dict[str, str]) -> HttpResponse:
    actor, place = acting(request), client_network(request)
    checked = check_asked(
        title=said.get("title", ""),
        text=said.get("text", ""),
        name=said.get("name", "") or actor.name,
        phone=said.get("phone", ""),
        email=said.get("email", ""),
        is_signed_in=actor.account_id is not None,
    )
    if said.get(TRAP):
        return redirect("questions:home")  # a program: it is told nothing
    allow("questions.ask", place, times=A_PLACE, seconds=A_PLACE_SECONDS)
    question = asking.ask(
        asked=checked,
        field=said.get("field", ""),
        commune_id=_commune(said.get("commune", "")),
        procedure_code=_procedure(said.get("procedure", "")),
        hides_name=said.get("hides_name") == "1",
        wants_privacy=said.get("wants_privacy") == "1",
        request_key=form_key(request) or get_random_string(32),
        by=actor,
        at=timezone.now(),
        files=_files(request, actor),
    )
    return redirect(_following(question) + "&da-gui=1")


def _files(request: HttpRequest, actor: Actor) -> list[Attachment]:
    uploads = request.FILES.getlist("files")
    if len(uploads) > MOST_FILES:
        raise Refusal("questions.files", "Gửi tối đa 3 tệp.", field="files")
    try:
        return [asking.take_file(one, by=actor) for one in uploads]
    except Refusal as no:
        raise Refusal(no.code, no.message, field="files") from no


def _following(question: Question) -> str:
    case = question.case
    return reverse("questions:follow", args=[case.number]) + "?" + urlencode({"khoa": case.lookup_key})


def _commune(text: str) -> int | None:
    return int(text) if text in {str(one.id) for one in routes.communes()} else None


def _procedure(text: str) -> str:
    return text if text in procedures.all_published(timezone.localdate()) else ""


def _form(request: HttpRequest, said: dict[str, str], more: dict[str, Any]) -> HttpResponse:
    sheet = procedures.all_published(timezone.localdate()).get(said.get("procedure", ""))
    context = {
        "said": said,
        "fields": fields(),
        "communes": [(one.id, one.short_name) for one in routes.communes()],
        "sheet": sheet,
        "request_key": said.get("request_key") or get_random_string(32),
        "is_known": acting(request).account_id is not None,
        "trap": TRAP,
        **more,
    }
    return render(request, "questions/portal/ask.html", context)


def suggestions(text: str) -> dict[str, Any]:
    """What may answer already: published answers and procedures, for a text of a few letters at least."""
    if len(text.strip()) < LEAST_TYPED:
        return {"answers": [], "procedures": []}
    today = timezone.localdate()
    found = procedures.find(text[:200], today, PROCEDURES)
    return {
        "answers": [library.hit_of(*one) for one in library.find(text, SUGGESTED)],
        "procedures": [{"sheet": one, "can_start": one.is_online and bool(one.content.form)} for one in found],
    }


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The part under the question while it is typed; without scripts the whole form with the same suggestions."""
    text = forms.plain(request.GET, "title", 200).strip()
    if not getattr(request, "htmx", False):
        return redirect(reverse("questions:ask") + f"?{urlencode({'q': text})}")
    allow("questions.suggest", client_network(request), times=240, seconds=60)
    return render(request, "questions/portal/suggestions.html", suggestions(text))


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """One's own question: how far it is, and the answer. Opened by the link given when asking, or signed in. Sent, it
    asks for a code to the telephone or brings one."""
    question = _own(request, number)
    if request.method == "GET":
        return _shown(request, question)
    try:
        _prove(request, question)
    except Refusal as no:
        answer = _shown(request, question, no.message)
        answer.status_code = no.status
        if isinstance(no, TooMany):
            answer["Retry-After"] = str(no.retry_after)
        return answer
    return redirect(_following(question) + ("" if "code" in request.POST else "&ma=1"))


def _own(request: HttpRequest, number: str) -> Question:
    allow("questions.follow", client_network(request), times=120, seconds=300)
    return cases.followed(number[:40], forms.plain(request.GET, "khoa", 32), acting(request))


def _prove(request: HttpRequest, question: Question) -> None:
    at = timezone.now()
    if "code" in request.POST:
        return contact.prove(question_id=question.pk, code=forms.plain(request.POST, "code", 12), at=at)
    allow("questions.code_phone", question.phone, times=CODES_A_PHONE[0], seconds=CODES_A_PHONE[1])
    allow("questions.code_place", client_network(request), times=CODES_A_PLACE[0], seconds=CODES_A_PLACE[1])
    return contact.send_code(question_id=question.pk, at=at)


def _shown(request: HttpRequest, question: Question, wrong: str = "") -> HttpResponse:
    case, key = question.case, forms.plain(request.GET, "khoa", 32)
    context = {
        "question": question,
        "case": case,
        "is_new": request.GET.get("da-gui") == "1",
        "link": request.build_absolute_uri(_following(question)),
        "history": cases.history(case, Readers.PARTIES),
        "reason": REASONS.get(question.reason, ""),
        "is_late": cases.is_late(case, timezone.now()),
        "field_name": dict(fields()).get(question.field, ""),
        "files": [
            {"name": one.attachment.name, "size": one.attachment.blob.size,
             "url": reverse("questions:own_file", args=[case.number, one.place]) + f"?{urlencode({'khoa': key})}"}
            for one in question.files.select_related("attachment__blob")
        ],
        "needs_code": _needs_code(question),
        "is_sent": "ma" in request.GET or "code" in request.POST,
        "wrong": wrong,
    }  # fmt: skip
    response = render(request, "questions/portal/follow.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response


def _needs_code(question: Question) -> bool:
    """Whether to offer a code: where the deployment sends texts, while the question waits."""
    is_open = question.case.settled_at is None and question.phone_proved_at is None
    return bool(settings.SMS_GATEWAY and question.phone) and is_open


@never_cache
@require_safe
def own_file(request: HttpRequest, number: str, place: int) -> HttpResponseBase:
    """What one sent along with one's own question."""
    return file_response(cases.file_of(_own(request, number), place).attachment, inline=True)
