"""Figures of one's units: received, processed, on time of what was processed, rating, and time lost for others."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.field_reports.queries import figures as queries
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.rules.figures import RANKED_FROM
from tinhso.modules.field_reports.rules.states import Permission


@officials_who(Permission.SEE)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """By unit and by kind, of a period: this year unless the address says otherwise."""
    at, today = timezone.now(), timezone.localdate()
    since, until = _day(request, "tu", today.replace(month=1, day=1)), _day(request, "den", today)
    actor = acting(request)
    seen = queries.Seen(actor.scope(Permission.SEE), actor.scope(Permission.OPERATE).units)
    names = {one.code: one.name for one in catalogue_on(today)[1].categories.values()}
    found = queries.of_period(since, until, seen, at, names)
    context = {
        "since": since,
        "until": until,
        "whole": found.whole,
        "units": found.units,
        "kinds": found.kinds,
        "ranked_from": RANKED_FROM,
    }
    return render(request, "field_reports/desk/figures.html", context)


def _day(request: HttpRequest, name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise
