"""What everybody may read once it is decided: awards, places with the numbers behind them, the bundle."""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tinhso.kernel.errors import NotFound
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.spreadsheets import inert
from tinhso.modules.campaigns.models import Campaign
from tinhso.modules.campaigns.queries import boards, papers
from tinhso.modules.campaigns.rules.words import AwardState


def _decided(code: str) -> Campaign:
    found = Campaign.objects.decided().filter(code=code).first()
    if found is None:
        raise NotFound
    return found


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Decided campaigns, the newest first."""
    after = request.GET.get("sau", "")
    rows, more = boards.listed(Campaign.objects.decided(), int(after) if is_whole(after) else 0)
    return render(request, "campaigns/portal/index.html", {"rows": rows, "more_after": more})


@require_GET
def result(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: awards, places by group, the rules they came from."""
    campaign = _decided(code)
    rules, _edition = boards.rules_on(campaign, campaign.until)
    groups = boards.groups_of(campaign)
    chosen = request.GET.get("nhom", "")
    group = chosen if chosen in groups else (groups[0] if groups else "")
    context = {
        "campaign": campaign,
        "rules": rules,
        "source": boards.measure_title(rules.measure),
        "ties": boards.ties_words(rules),
        "groups": groups,
        "group": group,
        "rows": boards.leaderboard(campaign, rules, group),
        "awards": [row for row in boards.awards_of(campaign) if row[0].state == AwardState.GRANTED],
    }
    return render(request, "campaigns/portal/result.html", context)


@require_GET
def table(request: HttpRequest, code: str) -> HttpResponse:
    """The frozen places as CSV."""
    campaign = _decided(code)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["nhom", "hang", "ma_don_vi", "don_vi", "gia_tri", "khen_thuong"])
    writer.writerows([inert(cell) for cell in row] for row in papers.table(campaign))
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="thi-dua-{campaign.code}.csv"'
    return answer


@require_GET
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """All that the places came from; ``tinhso campaign recompute`` places the units again from it."""
    return JsonResponse(_decided(code).bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
