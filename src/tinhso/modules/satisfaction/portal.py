"""Pages for the public: answering an invitation, and the published averages."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tinhso.kernel.api.limits import allow, client_network
from tinhso.kernel.cases.panels import nothing
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import Audience
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.ui import quarters
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.modules.satisfaction import actions, forms, queries, rules
from tinhso.modules.satisfaction.models import Invitation
from tinhso.modules.satisfaction.rules import LEVEL_NAMES, Way

TIMES, SECONDS = 60, 300  # from one place


@never_cache
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """One invitation. Its address is the right to answer; opening it changes nothing."""
    allow("satisfaction.place", client_network(request), times=TIMES, seconds=SECONDS)
    invitation = queries.invitation_by_code(code)
    if invitation is None:
        raise NotFound("satisfaction.unknown", _("Đường dẫn khảo sát không đúng. Mở lại từ thông báo đã gửi cho bạn."))
    asked = queries.questionnaire(invitation.edition_id)
    way = Way.COUNTER if request.GET.get("kenh") == forms.COUNTER else Way.LINK
    context = _survey_context(invitation, way)
    if request.method == "POST":
        said = forms.rating(request.POST, asked)
        try:
            actions.rate(code=code, way=way, at=timezone.now(), **said)
        except Refusal as refusal:
            errors = [(refusal.field or "level", refusal.message)]
            context |= {"errors": errors, "has_errors": True, **_questions(asked, said), "said": said}
            return _private(render(request, "satisfaction/portal/survey.html", context, status=refusal.status))
        return redirect(request.get_full_path())
    return _private(render(request, "satisfaction/portal/survey.html", context | _questions(asked, {})))


def _survey_context(invitation: Invitation, way: Way) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "invitation": invitation,
        "is_at_counter": way is Way.COUNTER,
        "is_answered": invitation.answered_on is not None,
        "is_closed": invitation.answered_on is None and today > invitation.open_until,
        "levels": [(str(level.value), _(name)) for level, name in LEVEL_NAMES.items()],
    }


def _questions(asked: rules.Questionnaire, said: Any) -> dict[str, Any]:
    points, reasons = said.get("points", {}), said.get("reasons", [])
    return {
        "criteria": [
            {
                "name": f"c-{one.code}",
                "label": one.name,
                "choices": [(str(value), one.answers[value]) for value in (2, 1, 0)],
                "value": points.get(one.code, ""),
            }
            for one in asked.criteria
        ],
        "reasons": [(one.code, one.name) for one in asked.reasons],
        "chosen": reasons,
    }


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@never_cache
@require_GET
def panel(request: HttpRequest, case_id: int) -> HttpResponse:
    """On the applicant's page of a case: the invitation, as long as it can be answered."""
    invitation = Invitation.objects.filter(case_id=case_id, case__owner_id=acting(request).account_id).first()
    if invitation is None or timezone.localdate() > invitation.open_until:
        words = _("Hồ sơ này chưa có khảo sát, hoặc khảo sát đã đóng.")
        return nothing(request, case_id, Audience.PORTAL, _("Đánh giá việc giải quyết"), words)
    if not is_fragment(request):
        return redirect("satisfaction:survey", invitation.code)
    return render(request, "satisfaction/portal/panel.html", {"invitation": invitation})


@require_GET
def published(request: HttpRequest) -> HttpResponse:
    """What applicants said in a quarter: the province, its bodies, its procedures. Averages stand with their counts."""
    context = _published(request)
    return render(request, "satisfaction/portal/published.html", context)


def _published(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    quarter = quarters.chosen(request.GET.get("quy", ""), today)
    rows = queries.months_of(quarter.since, quarter.last_month)
    edition = queries.edition_on(min(quarter.last_month, today))
    context: dict[str, Any] = {
        "quarters": quarters.offered(today),
        "chosen": quarters.key(quarter),
        "period": quarter.name,
        "edition": edition,
    }
    if edition is None:
        return context
    asked = queries.questionnaire(edition.pk)
    units = queries.by_unit(rows, asked)
    procedures = queries.by_procedure(rows, asked, {})
    names = queries.titles(one.code for one in procedures)
    return context | {
        "asked": asked,
        "all": queries.overall(rows, asked),
        "units": units,
        "procedures": [(names.get(one.code, one.code), one) for one in procedures],
        "criteria": queries.by_criterion(rows, asked),
        "table": reverse("satisfaction:table") + f"?quy={quarters.key(quarter)}",
    }


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The same figures by body as CSV; a figure of too few answers is left empty."""
    allow("satisfaction.table", client_network(request), times=TIMES, seconds=SECONDS)
    context = _published(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="muc-do-hai-long-{context["chosen"]}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["don_vi", "so_moi", "so_tra_loi", "ty_le_hai_long", "diem_trung_binh", "diem_toi_da", "xep_loai"])
    for one in context.get("units", []):
        average = "" if one.average is None else f"{float(one.average):.2f}"
        percent = "" if one.percent is None else one.percent
        writer.writerow([one.label, one.invited, one.answered, percent, average, context["asked"].most, one.grade])
    return response
