"""The editions by which the index is computed: each with its sources, and a draft that waits to be published."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.modules.service_quality import actions
from tinhso.modules.service_quality.forms import PublishForm
from tinhso.modules.service_quality.queries import editions as reading
from tinhso.modules.service_quality.rules.inputs import TITLES
from tinhso.modules.service_quality.rules.words import Permission


def _manager(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not actor.may(Permission.MANAGE):
        raise NotAllowed
    return actor


@login_required
@require_GET
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition with its components, weights, thresholds and sources."""
    _manager(request)
    return _page(request)


def _page(request: HttpRequest, error: str = "", edition_id: int = 0, status: int = 200) -> HttpResponse:
    rows: list[dict[str, Any]] = [{"row": row, "edition": reading.of(row)} for row in reading.all_of()]
    context = {"rows": rows, "titles": TITLES, "error": error, "wrong": edition_id}
    return render(request, "service_quality/desk/editions.html", context, status=status)


@login_required
@require_POST
def publish(request: HttpRequest, index_edition_id: int) -> HttpResponse:
    """Publish a draft from a day on."""
    actor = _manager(request)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _page(request, _("Chọn ngày bắt đầu tính."), index_edition_id, 422)
    day = form.cleaned_data["valid_from"]
    try:
        actions.publish(index_edition_id, valid_from=day, by=actor, at=timezone.now())
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _page(request, refusal.message, index_edition_id, 422)
    return redirect("service_quality:editions")
