"""For officials: what a counter's page asks for as JSON, the list of receptions, and the desk where conflicts end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.api.limits import allow
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.papers.rules import masked_identity
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.dossiers import door as dossiers
from tinhso.modules.offline_counter import actions, queries
from tinhso.modules.offline_counter.models import Reception
from tinhso.modules.offline_counter.rules import (
    CONFLICT_WORDS,
    DECISION_WORDS,
    Conflict,
    Decision,
    Permission,
    State,
    may_decide,
)

SENT, SECONDS = 600, 600  # receptions one account may send: a long day's queue at once, but no flood
MOST_ASKED = 50
FIGURES_DAYS = 30
View = Callable[..., HttpResponse]


def _told(view: View) -> View:
    """Answers the counter's page: a refusal as JSON with its sentence."""

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as no:
            return JsonResponse({"code": no.code, "message": no.message}, status=no.status)

    return wrapper


@officials_who(Permission.USE)
@require_POST
@_told
def prepare(request: HttpRequest) -> HttpResponse:
    """Enrol this browser by its public key when it is new, lease numbers, and give the kit."""
    by, at = acting(request), timezone.now()
    unit_id = queries.counter_unit(by)
    if unit_id is None:
        raise NotAllowed
    counter = actions.enrol(
        unit_id=unit_id, name=request.POST.get("name", ""), key=request.POST.get("key", "")[:400], by=by, at=at
    )
    return JsonResponse(actions.prepare(counter_id=counter.pk, by=by, at=at))


@officials_who()
@require_POST
@_told
def send(request: HttpRequest) -> HttpResponse:
    """Take in one reception. Who received it may send it even after losing the right: nothing is lost."""
    by, at = acting(request), timezone.now()
    allow("offline_counter.send", str(by.account_id), times=SENT, seconds=SECONDS)
    clock = _moment(request.POST.get("clock", "")) or at
    one = actions.store(
        text=request.POST.get("text", ""), signature=request.POST.get("signature", "")[:120], clock=clock, by=by, at=at
    )
    return JsonResponse(_state(one))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


@officials_who()
@require_GET
@_told
def states(request: HttpRequest) -> HttpResponse:
    """How far the province is with these receptions: what the asking official sent or may see."""
    asked = [one for one in map(_uuid, request.GET.getlist("id")[:MOST_ASKED]) if one]
    rows = Reception.objects.visible_to(acting(request)) | Reception.objects.filter(
        sent_by_id=acting(request).account_id
    )
    found = rows.filter(pk__in=asked).select_related("case").distinct()
    return JsonResponse({"receptions": [_state(one) for one in found]})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _state(one: Reception) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "state": one.state,
        "words": one.state_words,
        "stored_at": one.stored_at.isoformat(),
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "number": one.case.number if one.case else "",
        "reasons": [CONFLICT_WORDS[Conflict(code)] for code in one.reasons] if one.state == State.HELD else [],
        "reason": one.reason if one.state in (State.REJECTED, State.MERGED) else "",
    }


@officials_who(Permission.USE, Permission.DECIDE)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Receptions that wait for a decision or came lately, the counters, their numbers and why some stay unused."""
    actor, at = acting(request), timezone.now()
    only_held = request.GET.get("loc") == "vuong-mac"
    rows, more = queries.receptions(actor, only_held=only_held, after=_moment(request.GET.get("truoc", "")))
    counters = queries.counters(actor)
    context = {
        "rows": rows,
        "more": more,
        "only_held": only_held,
        "held": queries.held_count(actor),
        "counters": counters,
        "blocks": queries.blocks([one.pk for one in counters], at),
        "figures": queries.figures(actor, at - timedelta(days=FIGURES_DAYS)),
        "figures_days": FIGURES_DAYS,
        "may_decide": actor.may(Permission.DECIDE),
        "may_use": actor.may(Permission.USE),
        "at": at,
    }
    return render(request, "offline_counter/desk/list.html", context)


@officials_who(Permission.USE, Permission.DECIDE)
@require_http_methods(["GET", "POST"])
def reception(request: HttpRequest, reception_id: UUID) -> HttpResponse:
    """One reception as it was signed, what stands in the way, and the decision."""
    actor = acting(request)
    one, error = queries.reception_at_desk(reception_id, actor), {}
    if request.method == "POST":
        try:
            _decide(request, reception_id)
            return redirect("offline_counter:reception", reception_id)
        except Refusal as no:
            if isinstance(no, NotAllowed):
                raise
            error = {"field": no.field or "decision", "message": no.message}
            one = queries.reception_at_desk(reception_id, actor)
    context = _shown(one) | {
        "error": error,
        "errors": [(error["field"], error["message"])] if error else [],
        "has_errors": bool(error),
        "text": {name: request.POST.get(name, "") for name in ("decision", "reason", "into")},
        "may_decide": actor.may(Permission.DECIDE, one.counter.unit_id) and one.state == State.HELD,
    }
    return render(request, "offline_counter/desk/reception.html", context, status=422 if error else 200)


def _decide(request: HttpRequest, reception_id: UUID) -> None:
    wanted = request.POST.get("decision", "")
    if wanted not in {one.value for one in Decision}:
        raise Refusal("offline_counter.decision", "Chọn một cách giải quyết.", field="decision")
    actions.decide(
        reception_id=reception_id,
        decision=Decision(wanted),
        reason=request.POST.get("reason", ""),
        into=request.POST.get("into", "")[:60],
        by=acting(request),
        at=timezone.now(),
    )


def _shown(one: Reception) -> dict[str, Any]:
    said = queries.envelope_of(one)
    title, names = dossiers.words_of(said.version, said.branch)
    offered = [one_of for one_of in Decision if may_decide(one.state, one_of, frozenset(one.reasons))]
    return {
        "one": one,
        "said": said,
        "title": title,
        "papers": [(names.get(paper.code, paper.code), paper) for paper in said.papers],
        "identity": masked_identity(said.applicant.identity_number),
        "reasons": [CONFLICT_WORDS[Conflict(code)] for code in one.reasons],
        "twins": queries.twins(one) if one.state == State.HELD else [],
        "choices": [
            (choice.value, DECISION_WORDS[choice][0].upper() + DECISION_WORDS[choice][1:]) for choice in offered
        ],
        "decision": DECISION_WORDS[Decision(one.decision)] if one.decision else "",
        "token": one.number.token if one.number else "",
        "skew_minutes": round(one.skew_seconds / 60),
        "true_moment": queries.true_moment(one),
    }


@officials_who(Permission.USE)
@require_POST
def give_back(request: HttpRequest, counter_id: int) -> HttpResponse:
    """Give back a counter's unused numbers."""
    actions.give_back(counter_id=counter_id, by=acting(request), at=timezone.now())
    return redirect("offline_counter:list")


@officials_who(Permission.DECIDE)
@require_POST
def revoke(request: HttpRequest, counter_id: int) -> HttpResponse:
    """End a counter's key."""
    actions.revoke(counter_id=counter_id, reason=request.POST.get("reason", ""), by=acting(request), at=timezone.now())
    return redirect("offline_counter:list")
