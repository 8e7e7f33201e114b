"""Pages for officials: the unit's figures, low ratings and what was done about them, the device at the counter."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.cases.models import Case
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui import quarters
from tinhso.modules.satisfaction import actions, forms, queries
from tinhso.modules.satisfaction.models import Invitation
from tinhso.modules.satisfaction.rules import Permission

LOW_SHOWN = 50


def _official(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not actor.is_official:
        raise NotAllowed
    return actor


@login_required
@require_GET
def unit(request: HttpRequest) -> HttpResponse:
    """Figures of the units in sight for a quarter, and the low ratings that wait for a word."""
    return _page(request, {})


def _page(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = _official(request)
    if not actor.may(Permission.SEE):
        raise NotAllowed
    today, scope = timezone.localdate(), actor.scope(Permission.SEE)
    quarter = quarters.chosen(request.GET.get("quy", ""), today)
    rows = queries.months_of(quarter.since, quarter.last_month)
    rows = rows if scope.everywhere else rows.filter(unit_id__in=scope.units)
    edition = queries.edition_on(min(quarter.last_month, today))
    context: dict[str, Any] = {
        "quarters": quarters.offered(today),
        "chosen": quarters.key(quarter),
        "period": quarter.name,
        "low": queries.low_ratings(actor, only_open=request.GET.get("tat-ca") != "1")[:LOW_SHOWN],
        "is_all": request.GET.get("tat-ca") == "1",
        "may_follow_up": actor.may(Permission.FOLLOW_UP),
    }
    if edition is not None:
        asked = queries.questionnaire(edition.pk)
        context |= {
            "asked": asked,
            "all": queries.overall(rows, asked),
            "units": queries.by_unit(rows, asked),
            "criteria": queries.by_criterion(rows, asked),
            "reason_names": {one.code: one.name for one in asked.reasons},
        }
    return render(request, "satisfaction/desk/unit.html", context | more, status=status)


@login_required
@require_POST
def follow_up(request: HttpRequest, rating_id: int) -> HttpResponse:
    """Write down what was done; what was typed stays when it cannot be taken."""
    actor, remedy = _official(request), request.POST.get("remedy", "").replace("\x00", "")
    if not actor.may(Permission.FOLLOW_UP):
        raise NotAllowed
    try:
        actions.follow_up(rating_id=rating_id, remedy=remedy, by=actor, at=timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        errors = [(f"remedy-{rating_id}", refusal.message)]
        return _page(request, {"errors": errors, "has_errors": True, "typed": {rating_id: remedy}}, status=422)
    return redirect("satisfaction:unit")


@login_required
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """Open the survey of a returned dossier on the device that stands before the applicant."""
    actor = _official(request)
    number = request.POST.get("number", "").strip().upper()[:40]
    context: dict[str, Any] = {"number": number}
    if request.method == "POST":
        case = Case.objects.visible_to(actor).filter(number=number).first()
        invitation = Invitation.objects.filter(case=case).first() if case else None
        if invitation is not None:
            return redirect(reverse("satisfaction:survey", args=[invitation.code]) + f"?kenh={forms.COUNTER}")
        words = _("Chưa có khảo sát cho mã này. Khảo sát mở khi kết quả đã trả; kiểm tra lại mã hồ sơ.")
        context |= {"errors": [("number", words)], "has_errors": True}
        return render(request, "satisfaction/desk/counter.html", context, status=422)
    return render(request, "satisfaction/desk/counter.html", context)
