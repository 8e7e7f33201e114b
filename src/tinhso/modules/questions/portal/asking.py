"""Asking without an account, with answers that exist shown while typing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.kernel.api.forms import form_key
from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.errors import Checking, Refusal, by_field
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import asking
from tinhso.modules.questions.portal.browsing import promised
from tinhso.modules.questions.portal.following import following, refused
from tinhso.modules.questions.queries import library
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules.asking import check_asked

SUGGESTED, PROCEDURES, LEAST_TYPED = 4, 2, 6
A_PLACE, A_PLACE_SECONDS = 10, 3600  # questions from one place
MOST_FILES = 3
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
        wrong = by_field(refusal, "title")
        answer = _form(request, said, {**found, "errors": list(wrong.items()), "wrong": wrong, "has_errors": True})
        return refused(answer, refusal)


def _take(request: HttpRequest, said: dict[str, str]) -> HttpResponse:
    actor, place = acting(request), client_network(request)
    checking = Checking()
    with checking.part():
        checked = check_asked(
            title=said.get("title", ""),
            text=said.get("text", ""),
            name=said.get("name", "") or actor.name,
            phone=said.get("phone", ""),
            email=said.get("email", ""),
            is_signed_in=actor.account_id is not None,
        )
    with checking.part():
        asking.known_field(said.get("field", ""), timezone.localdate())
    checking.end()
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
    return redirect(following(question) + "&da-gui=1")


def _files(request: HttpRequest, actor: Actor) -> list[Attachment]:
    uploads = request.FILES.getlist("files")
    if len(uploads) > MOST_FILES:
        raise Refusal("questions.files", "Gửi tối đa 3 tệp.", field="files")
    try:
        return [asking.take_file(one, by=actor) for one in uploads]
    except Refusal as no:
        raise Refusal(no.code, no.message, field="files") from no


def _commune(text: str) -> int | None:
    return int(text) if text in {str(one.id) for one in routes.communes()} else None


def _procedure(text: str) -> str:
    return text if text in procedures.all_published(timezone.localdate()) else ""


def _form(request: HttpRequest, said: dict[str, str], more: dict[str, Any]) -> HttpResponse:
    sheet = procedures.all_published(timezone.localdate()).get(said.get("procedure", ""))
    context = {
        "said": said,
        **promised(),
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
    if not is_fragment(request):
        said = {"q": text, "thu-tuc": forms.plain(request.GET, "procedure", 20)}
        return redirect(reverse("questions:ask") + "?" + urlencode({name: one for name, one in said.items() if one}))
    allow("questions.suggest", client_network(request), times=240, seconds=60)
    return render(request, "questions/portal/suggestions.html", suggestions(text))
