"""The list of campaigns, one campaign with its leaderboard and steps, beginning one, certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui import typed
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.kernel.units.queries import tree
from tinhso.modules.campaigns import forms
from tinhso.modules.campaigns.actions import awarding, running
from tinhso.modules.campaigns.models import Award, Campaign
from tinhso.modules.campaigns.queries import boards, papers
from tinhso.modules.campaigns.rules.places import Rules
from tinhso.modules.campaigns.rules.words import STATES, AwardState, CampaignState, Permission


@require_GET
@officials_who(Permission.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """All campaigns, the newest first."""
    actor, after = acting(request), request.GET.get("sau", "")
    rows, more = boards.listed(Campaign.objects.visible_to(actor), int(after) if is_whole(after) else 0)
    context = {
        "rows": [(one, *STATES[CampaignState(one.state)], boards.unit_name(one.unit_id)) for one in rows],
        "more_after": more,
        "may_manage": actor.may(Permission.MANAGE),
    }
    return render(request, "campaigns/desk/list.html", context)


@require_GET
@officials_who(Permission.SEE)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign; asked for as a part, its leaderboard alone."""
    return _page(request, boards.by_code(code, acting(request)), {})


def _page(request: HttpRequest, campaign: Campaign, more: dict[str, Any], status: int = 200) -> HttpResponse:
    rules, edition = boards.rules_on(campaign, min(campaign.until, max(timezone.localdate(), campaign.since)))
    board = _board(request, campaign, rules)
    if is_fragment(request) and request.method == "GET":
        return render(request, "campaigns/_board.html", board)
    actor, today, (words, kind) = acting(request), timezone.localdate(), STATES[CampaignState(campaign.state)]
    context = (
        board
        | _awarding(campaign, rules)
        | {
            "edition": edition,
            "state": words,
            "kind": kind,
            "source": boards.measure_title(rules.measure),
            "second": boards.measure_title(rules.second),
            "ties": boards.ties_words(rules),
            "unit": boards.unit_name(campaign.unit_id),
            "history": boards.history(campaign),
            "may_manage": actor.may(Permission.MANAGE, campaign.unit_id),
            "may_decide": actor.may(Permission.DECIDE, campaign.unit_id),
            "is_over": today > campaign.until,
            "measures": boards.measures(),
            "prize_rows": forms.PRIZES,
            "rules_typed": request.POST.dict()
            if request.POST.get("do") == "change_rules"
            else forms.typed_rules(rules),
            "today": today,
            "typed": request.POST,
        }
    )
    return render(request, "campaigns/desk/campaign.html", context | more, status=status)


def _board(request: HttpRequest, campaign: Campaign, rules: Rules) -> dict[str, Any]:
    """The leaderboard of the group that was asked for, else of the first."""
    groups = boards.groups_of(campaign)
    chosen = request.GET.get("nhom", "")
    group = chosen if chosen in groups else (groups[0] if groups else "")
    return {
        "campaign": campaign,
        "rules": rules,
        "groups": groups,
        "group": group,
        "rows": boards.leaderboard(campaign, rules, group),
        "is_live": campaign.state == CampaignState.RUNNING,
        "is_desk": True,
    }


def _awarding(campaign: Campaign, rules: Rules) -> dict[str, Any]:
    """Awards, those that can be settled together, and where ties give too many, for as long as that can matter."""
    awards, state = boards.awards_of(campaign), campaign.state
    tied = boards.tied(awards) if state == CampaignState.FROZEN else []
    is_to_come = state == CampaignState.RUNNING or (state == CampaignState.FROZEN and not awards)
    return {"awards": awards, "tied": tied, "crowds": boards.crowds_of(campaign, rules) if is_to_come else []}


_ALONE = ("grant", "refuse")
_REASONS = dict.fromkeys(_ALONE, "ly-do-") | dict.fromkeys(("grant_tied", "refuse_tied"), "ly-do-chung-")


@require_POST
@officials_who(Permission.MANAGE, Permission.DECIDE)
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Project, change rules, withdraw a unit, freeze, propose, settle, decide."""
    campaign = boards.by_code(code, acting(request))
    try:
        _do(request, campaign)
    except NotFound:
        raise
    except Refusal as no:
        if no.code == NotAllowed().code:
            raise
        verb, award = request.POST.get("do", ""), request.POST.get("award", "")
        place = _REASONS[verb] + award if verb in _REASONS and is_whole(award) else no.field or "buoc"
        more = {"errors": [(place, no.message)], "failed": verb, "wrong_award": award if verb in _ALONE else "",
                "wrong_tied": award if verb not in _ALONE else ""}  # fmt: skip
        return _page(request, boards.by_code(code, acting(request)), more, status=no.status)
    return redirect("campaigns:campaign", code)


def _do(request: HttpRequest, campaign: Campaign) -> None:
    said, actor, at = request.POST, acting(request), timezone.now()
    who: dict[str, Any] = {"campaign_id": campaign.pk, "by": actor, "at": at}
    match said.get("do"):
        case "project":
            running.ask(campaign, actor)
            running.project(campaign_id=campaign.pk, at=at)
        case "change_rules":
            running.change_rules(
                **who, rules=forms.rules(said), since=typed.day(said.get("rules_since", ""), "rules_since"),
                words=typed.line(said.get("words", ""), "words", least=5),
            )  # fmt: skip
        case "withdraw":
            running.withdraw(
                **who, unit_id=_whole(said.get("unit", "")), words=typed.line(said.get("words", ""), "words", least=5)
            )
        case "freeze":
            running.freeze(**who)
        case "propose":
            awarding.propose(**who)
        case "propose_one":
            awarding.propose_one(
                **who, unit_id=_whole(said.get("unit", "")), prize=said.get("prize", ""), reason=said.get("reason", "")
            )
        case "grant" | "refuse" | "grant_tied" | "refuse_tied" as verb:
            _settle(request, campaign, verb, at)
        case "decide":
            awarding.decide(
                **who,
                number=typed.line(said.get("number", ""), "number", most=60),
                decided_on=typed.day(said.get("decided_on", ""), "decided_on"),
            )
        case _:
            raise NotFound


def _settle(request: HttpRequest, campaign: Campaign, verb: str, at: datetime) -> None:
    """Decide on one proposal, or on all that share its place; then say how many were decided and how many stay."""
    said = request.POST
    about: dict[str, Any] = {
        "award_id": _own_award(campaign, said.get("award", "")), "grant": verb.startswith("grant"),
        "reason": said.get("reason", ""), "by": acting(request), "at": at,
    }  # fmt: skip
    if not verb.endswith("_tied"):
        awarding.settle(**about)
        return
    done, left = awarding.settle_tied(**about)
    told = _("Đã quyết định %(n)s đề nghị đồng hạng.") % {"n": done}
    stays = _("Còn %(n)s đề nghị bạn không được quyết định (của đơn vị bạn hoặc do bạn đề nghị).") % {"n": left}
    messages.success(request, f"{told} {stays}" if left else told)


def _whole(text: str) -> int:
    if not is_whole(text):
        raise NotFound
    return int(text)


def _own_award(campaign: Campaign, text: str) -> int:
    """An award of this campaign, named by a form of its page."""
    pk = _whole(text)
    if not Award.objects.filter(pk=pk, entrant__campaign=campaign).exists():
        raise NotFound
    return pk


@require_http_methods(["GET", "POST"])
@officials_who(Permission.MANAGE)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a campaign."""
    actor, errors = acting(request), []
    if request.method == "POST":
        try:
            new = forms.new_campaign(request.POST.dict(), _holder(request), timezone.localdate())
            return redirect("campaigns:campaign", running.begin(new, by=actor, at=timezone.now()).code)
        except Refusal as no:
            if no.status == NotAllowed.status:
                raise
            errors = [(no.field or "name", no.message)]
    context = {
        "measures": boards.measures(), "ways": boards.ways(), "prize_rows": forms.PRIZES,
        "typed": request.POST.dict(),
        "errors": errors,
    }  # fmt: skip
    return render(request, "campaigns/desk/begin.html", context, status=422 if errors else 200)


def _holder(request: HttpRequest) -> int:
    """The unit that holds a new campaign: the body for which the official works, or the province's own."""
    actor = acting(request)
    if actor.unit_id is not None and actor.may(Permission.MANAGE, tree().body_of(actor.unit_id).id):
        return tree().body_of(actor.unit_id).id
    scope = actor.scope(Permission.MANAGE)
    return tree().root_ids[0] if scope.everywhere else min(scope.units)


@require_GET
@officials_who(Permission.SEE)
def certificate(request: HttpRequest, award_id: int) -> HttpResponse:
    """The certificate of an award, as PDF, once it is decided."""
    rows = Award.objects.select_related("entrant__campaign").filter(
        pk=award_id, state=AwardState.GRANTED, entrant__campaign__state=CampaignState.DECIDED
    )
    award = rows.first()
    if award is None:
        raise NotFound
    answer = HttpResponse(papers.certificate(award), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="giay-chung-nhan-{award.number}.pdf"'
    return answer
