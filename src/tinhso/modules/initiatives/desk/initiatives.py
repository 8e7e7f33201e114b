"""The lists, proposing, one initiative with what can be done now, certificates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.cases.queries import left_words
from tinhso.kernel.cases.rules import open_moves
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.files.serving import response
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui import typed
from tinhso.kernel.ui.attempts import Errors, tried
from tinhso.modules.initiatives import forms
from tinhso.modules.initiatives.actions import appraising, proposing
from tinhso.modules.initiatives.models import Initiative
from tinhso.modules.initiatives.queries import lists, papers
from tinhso.modules.initiatives.rules.states import FIELDS, INITIATIVE, Permission

TABS = {"": "Của tôi", "cham": "Chờ tôi chấm", "tat-ca": "Tất cả"}


@require_GET
@officials_who()
def index(request: HttpRequest) -> HttpResponse:
    """Mine, those that wait for my points, or all that I may see; the newest first."""
    actor, after = acting(request), request.GET.get("sau", "")
    tabs = {key: name for key, name in TABS.items() if key != "tat-ca" or actor.may(Permission.SEE)}
    tab = request.GET.get("loc", "") if request.GET.get("loc", "") in tabs else ""
    sources = {"": lists.mine, "cham": lists.to_judge, "tat-ca": Initiative.objects.visible_to}
    rows, more = lists.listed(sources[tab](actor), int(after) if is_whole(after) else 0)
    context = {
        "rows": rows, "more_after": more, "tabs": tabs.items(), "tab": tab, "may_manage": actor.may(Permission.MANAGE),
    }  # fmt: skip
    return render(request, "initiatives/desk/list.html", context)


@require_http_methods(["GET", "POST"])
@officials_who()
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an initiative; what is nearly the same is shown before it is sent."""
    errors, alike = [], []
    if request.method == "POST":
        try:
            made = proposing.propose(forms.proposal(request), by=acting(request), at=timezone.now())
            return redirect("initiatives:detail", made.case.number)
        except Refusal as no:
            if no.status == NotAllowed.status:
                raise
            errors = [(no.field or "title", no.message)]
            alike = lists.alike(None, request.POST.get("title", ""), request.POST.get("solution", ""))
    context = {
        "fields": list(FIELDS.items()), "typed": request.POST, "errors": errors, "alike": alike,
        "authors": forms.people(request.POST, "authors"),
    }  # fmt: skip
    return render(request, "initiatives/desk/propose.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
@officials_who()
def resend(request: HttpRequest, number: str) -> HttpResponse:
    """Mend and send again what was asked to be completed; its sender only."""
    found = lists.by_number(number, acting(request))
    if found.case.state != "returned" or found.case.owner_id != acting(request).account_id:
        raise NotFound
    errors: Errors = []
    if request.method == "POST":
        errors = tried(lambda: _resent(request, found), field="title")
        if not errors:
            return redirect("initiatives:detail", number)
    kept = {name: getattr(found, name) for name in ("title", "field", "problem", "solution", "effect")}
    context = {
        "fields": list(FIELDS.items()), "typed": request.POST if errors else kept, "errors": errors, "again": found,
    }  # fmt: skip
    return render(request, "initiatives/desk/propose.html", context, status=422 if errors else 200)


def _resent(request: HttpRequest, found: Initiative) -> None:
    proposal = forms.proposal(request)
    proposing.resend(initiative_id=found.pk, proposal=proposal, by=acting(request), at=timezone.now())


@require_http_methods(["GET", "POST"])
@officials_who()
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One initiative: texts, what is alike, the council's points, and what can be done now."""
    found = lists.by_number(number, acting(request))
    errors: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        try:
            _do(request, found)
            return redirect("initiatives:detail", number)
        except NotFound:
            raise
        except Refusal as no:
            if no.code == NotAllowed().code:
                raise
            errors, status = [(no.field or "viec", no.message)], no.status
            found = lists.by_number(number, acting(request))
    return render(request, "initiatives/desk/detail.html", _context(request, found, errors), status=status)


def _context(request: HttpRequest, found: Initiative, errors: list[tuple[str, str]]) -> dict[str, Any]:
    actor, now = acting(request), timezone.now()
    regulation, case = lists.regulation_of(found), found.case
    member, opinion = lists.own_opinion(found, actor) if found.council_id else (None, None)
    verbs = {move.verb for move in open_moves(INITIATIVE.lifecycle, case.state, case.whom, actor)}
    sees_council = _sees_council(actor, found)
    return {
        "one": found,
        "field": FIELDS[found.field],
        "state": case.state_of.name,
        "left": left_words(case, now) if case.settled_at is None else "",
        "authors": list(found.authors.order_by("-share", "pk")),
        "regulation": regulation,
        "verbs": verbs,
        "may_judge": "judge" in verbs and member is not None,
        "given": [
            (each, request.POST.get(f"diem-{each.code}", opinion.points.get(each.code, "") if opinion else ""))
            for each in regulation.criteria
        ],
        "opinion": opinion,
        "failed": request.POST.get("do", "") if errors else "",
        "judged": lists.judged(found) if sees_council else None,
        "alike": lists.alike(found.pk, found.title, found.solution) if sees_council else [],
        "councils": lists.councils_for(case.unit_id, timezone.localdate(now)) if "appraise" in verbs else [],
        "may_see_certificates": found.decided_at is not None,
        "today": timezone.localdate(now),
        "typed": request.POST,
        "errors": errors,
    }


def _sees_council(actor: Actor, found: Initiative) -> bool:
    """Points and what is alike are for those who judge and decide, not for its authors."""
    return actor.may(Permission.SEE) and actor.account_id not in lists.author_ids(found)


def _do(request: HttpRequest, found: Initiative) -> None:
    said = request.POST
    who: dict[str, Any] = {"initiative_id": found.pk, "by": acting(request), "at": timezone.now()}
    match said.get("do"):
        case "withdraw":
            proposing.withdraw(**who)
        case "ask_more":
            appraising.ask_more(**who, words=said.get("words", ""))
        case "appraise":
            council = said.get("council", "")
            appraising.appraise(**who, council_id=int(council) if is_whole(council) else 0)
        case "judge":
            points = forms.points(said, lists.regulation_of(found))
            appraising.judge(**who, points=points, words=said.get("words", ""))
        case "recognise":
            appraising.recognise(
                **who,
                number=typed.line(said.get("number", ""), "number", most=60),
                decided_on=typed.day(said.get("decided_on", ""), "decided_on"),
            )
        case "refuse":
            appraising.refuse(**who, words=said.get("words", ""))
        case "note_effect":
            dong = said.get("dong", "").strip()
            amount = int(typed.number(dong, "dong")) if dong else None
            appraising.note_effect(**who, words=said.get("words", ""), dong=amount)
        case _:
            raise NotFound


@require_GET
@officials_who()
def file(request: HttpRequest, number: str) -> HttpResponseBase:
    """The paper that came with it."""
    found = lists.by_number(number, acting(request))
    if found.attachment is None:
        raise NotFound
    return response(found.attachment, inline=True)


@require_GET
@officials_who()
def certificate(request: HttpRequest, number: str, author_id: int) -> HttpResponse:
    """One author's certificate as PDF, once it is recognised."""
    found = lists.by_number(number, acting(request))
    author = found.authors.filter(pk=author_id).first()
    if author is None or found.decided_at is None:
        raise NotFound
    answer = HttpResponse(papers.certificate(found, author), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.case.number}.pdf"'
    return answer
