"""What everybody may read: recognised initiatives, found by their words, and what came of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tinhso.kernel.errors import NotFound
from tinhso.kernel.numerals import is_whole
from tinhso.modules.initiatives.models import Initiative
from tinhso.modules.initiatives.queries import lists
from tinhso.modules.initiatives.rules.states import FIELDS


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Recognised initiatives, the newest first, or those that answer a question best."""
    text, field, after = request.GET.get("q", ""), request.GET.get("linh-vuc", ""), request.GET.get("sau", "")
    rows, more = lists.public(text, field, int(after) if is_whole(after) else 0)
    context = {
        "rows": [(one, _(FIELDS[one.field])) for one in rows], "more_after": more,
        "fields": [(code, _(name)) for code, name in FIELDS.items()],
        "field": field, "q": text,
    }  # fmt: skip
    return render(request, "initiatives/portal/index.html", context)


@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One recognised initiative: what it does, by whom, what came of it."""
    rows = Initiative.objects.public().select_related("case").prefetch_related("authors")
    found = rows.filter(case__number=number).first()
    if found is None:
        raise NotFound
    return render(request, "initiatives/portal/detail.html", {"one": found, "field": _(FIELDS[found.field])})
