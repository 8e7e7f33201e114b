"""Finding and reading answers, and saying whether one helps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.search.rules import Hit
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.kernel.units.queries import tree
from tinhso.modules.procedures import door as procedures
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import voting
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.queries import library
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules.routing import Routing

FOUND = 20
READER, READER_SECONDS = "doc-gia", 365 * 86_400
_VOTED = "da-danh-gia"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Answers by everyday words, by field and by unit; the newest first when nothing is asked."""
    text = forms.plain(request.GET, "q", library.LONGEST_QUESTION).strip()
    field, unit_id = forms.plain(request.GET, "linh-vuc", 40), forms.number(request.GET, "don-vi")
    if unit_id is not None and unit_id not in tree().nodes:
        unit_id = None
    more = ""
    if text:
        hits = [library.hit_of(*one) for one in library.find(text, FOUND, field=field, unit_id=unit_id)]
    else:
        rows = library.narrowed(Answer.objects.public(), field=field, unit_id=unit_id)
        shown, key = library.page(rows, read_key(request.GET.get("sau", "")))
        hits = [library.hit_of(one) for one in shown]
        said = {"linh-vuc": field, "don-vi": unit_id or "", "sau": key}
        more = "?" + urlencode({name: value for name, value in said.items() if value}) if key else ""
    context = {
        "text": text,
        "lines": [_line(one) for one in hits],
        "more": more,
        "field": field,
        "unit_id": unit_id,
        **_choices(),
        "ask": reverse("questions:ask") + (f"?{urlencode({'q': text})}" if text else ""),
    }
    return render(request, "questions/portal/home.html", context)


def _line(hit: Hit) -> dict[str, str]:
    """An answer found, as words of a list: the template of twenty has little to decide."""
    facts = " · ".join(one for one in (*hit.facts, hit.note) if one)
    return {"url": hit.url, "title": hit.title, "subtitle": hit.subtitle, "facts": facts}


def fields() -> list[tuple[str, str]]:
    """Fields as choices; none while no routing is published."""
    found: list[tuple[str, str]] = _said(_routing())["fields"]
    return found


def promised() -> dict[str, Any]:
    """For whoever asks: fields as choices, and the working days in which an ordinary question is answered."""
    return _said(_routing())


def _said(routing: Routing | None) -> dict[str, Any]:
    if routing is None:
        return {"fields": [], "days": 0}
    return {"fields": [(one.code, one.name) for one in routing.fields], "days": routing.days["plain"]}


def _routing() -> Routing | None:
    try:
        return routes.routing_on()
    except Refusal:
        return None


def _choices() -> dict[str, Any]:
    """What is promised, and the units that may answer: the departments of the routing and the communes."""
    routing = _routing()
    if routing is None:
        return {**_said(None), "units": []}
    named = sorted({one.unit for one in routing.fields})
    departments = {node.id: node.short_name for code in named if (node := routes.department(code)) is not None}
    communes = ((one.id, one.short_name) for one in routes.communes())
    return {**_said(routing), "units": [*departments.items(), *communes]}


@require_safe
def answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """One answer: where it stands in the law, since when it holds, which procedure it is about."""
    found = Answer.objects.public().select_related("unit", "review_source").defer("words").filter(pk=answer_id).first()
    if found is None:
        raise NotFound("questions.no_answer", _("Câu trả lời này không còn công bố. Tìm câu khác trong mục Hỏi đáp."))
    names = dict(fields())
    sheet = procedures.all_published(timezone.localdate()).get(found.procedure_code) if found.procedure_code else None
    context: dict[str, Any] = {
        "answer": found,
        "citations": found.citations.select_related("source").order_by("pk"),
        "field_name": names.get(found.field, ""),
        "sheet": sheet,
        "start": f"/ho-so/nop/{sheet.code}/" if sheet and sheet.is_online and sheet.content.form else "",
        "voted": request.GET.get(_VOTED, ""),
        "today": timezone.localdate(),
        "crumbs": [
            (_("Hỏi đáp"), reverse("questions:home")),
            (names.get(found.field, ""), reverse("questions:home") + "?" + urlencode({"linh-vuc": found.field})),
            (library.shortened(found.title, 60), ""),
        ],
    }
    return render(request, "questions/portal/answer.html", context)


@require_POST
def vote(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Helpful or not: one word of an account or a browser, which may be changed. Said again it counts nothing."""
    choice = request.POST.get("huu-ich", "")
    if choice not in ("1", "0"):
        raise Refusal("questions.vote", _("Chọn Có hoặc Không."))
    allow("questions.vote", f"{client_network(request)}/{answer_id}", times=20, seconds=3600)
    actor, reader = acting(request), request.get_signed_cookie(READER, default="", max_age=READER_SECONDS)
    fresh = "" if reader else get_random_string(24)
    who = f"account/{actor.account_id}" if actor.account_id else f"browser/{reader or fresh}"
    voting.vote(answer_id=answer_id, voter=voting.voter_of(who), is_helpful=choice == "1", at=timezone.now())
    response = redirect(reverse("questions:answer", args=[answer_id]) + f"?{_VOTED}={choice}#huu-ich")
    if fresh and not actor.account_id:
        response.set_signed_cookie(
            READER, fresh, max_age=READER_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_safe
def frequent(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked most about a procedure: a part of the procedure's page, or a page of its own without scripts."""
    sheet = procedures.all_published(timezone.localdate()).get(code)
    if sheet is None:
        raise NotFound("questions.no_procedure", _("Không tìm thấy thủ tục này."))
    answers = library.frequent(code)
    is_part = is_fragment(request)
    if is_part and not answers:
        return HttpResponse("")
    context = {"answers": answers, "sheet": sheet, "ask": reverse("questions:ask") + f"?{urlencode({'thu-tuc': code})}"}
    return render(request, f"questions/portal/frequent{'_part' if is_part else ''}.html", context)
