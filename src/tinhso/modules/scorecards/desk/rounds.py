"""Rounds: the list, one round's progress and steps, ranking, signs, what changed since closing, papers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.ui import typed
from tinhso.kernel.units.queries import tree
from tinhso.modules.scorecards.actions import rounds as acting_on
from tinhso.modules.scorecards.desk.asking import official
from tinhso.modules.scorecards.forms import evening_of
from tinhso.modules.scorecards.models import Card, CriteriaEdition, Round
from tinhso.modules.scorecards.queries import editions, frozen, papers, rounds, signs
from tinhso.modules.scorecards.rules import words
from tinhso.modules.scorecards.rules.words import CardState, Permission, RoundState


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Rounds I have a part in, the newest first, each with my unit's card."""
    actor = official(request)
    found, more_after = rounds.listed(rounds.visible(actor), request.GET.get("sau", ""))
    own = actor.scope(Permission.FILL).units
    cards = {card.round_id: card for card in Card.objects.filter(round__in=found, unit_id__in=own).order_by("-pk")}
    context = {
        "rows": [(one, words.ROUND_NAMES[RoundState(one.state)], cards.get(one.pk)) for one in found],
        "more_after": more_after,
        "may_manage": actor.may(Permission.MANAGE),
        "now": timezone.now(),
    }
    return render(request, "scorecards/desk/index.html", context)


@login_required
@require_GET
def board(request: HttpRequest, code: str) -> HttpResponse:
    """One round: how far units are, or its ranking once it is closed."""
    return _board(request, code, {})


def _board(request: HttpRequest, code: str, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = official(request)
    round_ = rounds.by_code(code, actor)
    groups = rounds.groups_in(round_)
    chosen = request.GET.get("nhom", "")
    group = chosen if chosen in dict(groups) else (groups[0][0] if groups else "")
    after = request.GET.get("sau", "")
    cards = rounds.cards_of(round_, actor, group, int(after) if is_whole(after) else 0)
    context: dict[str, Any] = {
        "round": round_,
        "edition": editions.of(round_.edition),
        "state": words.ROUND_NAMES[RoundState(round_.state)],
        "groups": groups,
        "group": group,
        "cards": [(card, words.CARD_NAMES[CardState(card.state)]) for card in cards],
        "more_after": cards[-1].pk if len(cards) == rounds.PAGE else None,
        "progress": rounds.progress(round_),
        "may_manage": actor.may(Permission.MANAGE),
        "may_review": actor.may(Permission.REVIEW),
        "today": timezone.localdate(),
    }
    if round_.is_frozen and (actor.may(Permission.MANAGE) or actor.may(Permission.REVIEW) or round_.published_at):
        context |= {"ranking": rounds.ranking(round_, group), "grades": rounds.counted_grades(round_)}
    return render(request, "scorecards/desk/round.html", context | more, status=status)


@login_required
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Announce, close, publish, or bring the system's figures up to date."""
    actor, at, said = official(request, Permission.MANAGE), timezone.now(), request.POST
    round_ = rounds.by_code(code, actor)
    try:
        match said.get("do"):
            case "compute":
                acting_on.compute(round_id=round_.pk, by=actor, at=at)
            case "announce":
                acting_on.announce(round_id=round_.pk, by=actor, at=at)
            case "close":
                acting_on.close(round_id=round_.pk, by=actor, at=at)
            case "publish":
                day = typed.day(said.get("decided_on", ""), "decided_on")
                acting_on.publish(round_id=round_.pk, number=said.get("number", ""), decided_on=day, by=actor, at=at)
            case _:
                raise NotFound
    except NotFound:
        raise
    except Refusal as refusal:
        return _board(request, code, {"errors": [(refusal.field or "buoc", refusal.message)]}, status=refusal.status)
    return redirect("scorecards:round", code)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    actor = official(request, Permission.MANAGE)
    context: dict[str, Any] = {
        "editions": CriteriaEdition.objects.binding()
        .select_related("criteria_set")
        .order_by("criteria_set__name", "-number"),
        "rounds": Round.objects.order_by("-pk")[: rounds.LISTED],
        "year": timezone.localdate().year,
        "typed": request.POST,
    }
    if request.method == "POST":
        try:
            opened = acting_on.open_round(_asked(request), by=actor, at=timezone.now())
            return redirect("scorecards:round", opened.code)
        except Refusal as refusal:
            context["errors"] = [(refusal.field or "code", refusal.message)]
    status = 422 if "errors" in context else 200
    return render(request, "scorecards/desk/begin.html", context, status=status)


def _asked(request: HttpRequest) -> acting_on.Asked:
    said = request.POST
    code = said.get("code", "").strip()
    if not code or not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 40:
        raise Refusal("scorecards.code", "Mã kỳ gồm chữ không dấu, số và gạch ngang.", field="code")
    if not said.get("name", "").strip():
        raise Refusal("scorecards.name", "Nhập tên kỳ đánh giá.", field="name")
    edition, previous, appeals = (said.get(name, "").strip() for name in ("edition", "previous", "appeals"))
    if not is_whole(edition):
        raise Refusal("scorecards.edition_not_published", "Chọn một bộ tiêu chí.", field="edition")
    return acting_on.Asked(
        code=code,
        name=said["name"][:200],
        edition_id=int(edition),
        since=typed.day(said.get("since", ""), "since"),
        until=typed.day(said.get("until", ""), "until"),
        due_at=evening_of(typed.day(said.get("due", ""), "due")),
        appeals_until=typed.day(appeals, "appeals") if appeals else None,
        previous_id=int(previous) if is_whole(previous) and Round.objects.filter(pk=previous).exists() else None,
    )


@login_required
@require_GET
def show_signs(request: HttpRequest, code: str) -> HttpResponse:
    """What reviewers should look at twice."""
    actor = official(request, Permission.REVIEW, Permission.MANAGE)
    round_ = rounds.by_code(code, actor)
    known = tree().nodes
    cards = dict(Card.objects.visible_to(actor).filter(round=round_).values_list("unit_id", "pk"))
    rows = [(known[unit].name, cards[unit], own) for unit, own in signs.of_round(round_).items() if unit in cards]
    context = {"round": round_, "rows": sorted(rows, key=lambda row: (-len(row[2]), row[0]))[: rounds.PAGE]}
    return render(request, "scorecards/desk/signs.html", context)


@login_required
@require_GET
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Compute a closed round again before everybody's eyes; what late corrections would change; today's map."""
    actor = official(request, Permission.REVIEW, Permission.MANAGE)
    round_ = rounds.by_code(code, actor)
    if not round_.is_frozen:
        raise NotFound
    context = {
        "round": round_,
        "found": frozen.recompute(round_),
        "changes": frozen.changes_since(round_)[: rounds.PAGE],
        "merged": frozen.under_todays_map(round_),
    }
    return render(request, "scorecards/desk/check.html", context)


@login_required
@require_GET
def decision(request: HttpRequest, code: str) -> HttpResponse:
    """The decision that publishes a round's ranking and grades, as PDF."""
    actor = official(request, Permission.MANAGE)
    round_ = rounds.by_code(code, actor)
    if not round_.is_frozen:
        raise NotFound
    return _pdf(papers.decision(round_, timezone.localdate()), f"quyet-dinh-{round_.code}.pdf")


@login_required
@require_GET
def certificate(request: HttpRequest, card_id: int) -> HttpResponse:
    """A unit's certificate, as PDF, once the round is published."""
    actor = official(request)
    card = (
        Card.objects.visible_to(actor)
        .select_related("round__edition", "unit")
        .filter(pk=card_id, round__state=RoundState.PUBLISHED, rank__isnull=False)
        .first()
    )
    if card is None:
        raise NotFound
    return _pdf(papers.certificate(card), f"giay-chung-nhan-{card.unit.code}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
