"""The search page: the whole page, or only its results while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.shell.finder import queries

LONGEST = 200
SHORTEST = 2


@never_cache
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """For everybody; officials find more."""
    text = "".join(one for one in " ".join(request.GET.get("q", "").split()) if one.isprintable())[:LONGEST]
    actor = request.actor  # type: ignore[attr-defined]
    groups = queries.found(text, actor, request.GET.get("nhom", "")) if len(text) >= SHORTEST else []
    context = {
        "text": text,
        "groups": groups,
        "number": sum(len(group.hits) for group in groups),
        "is_asked": len(text) >= SHORTEST,
        "is_broken": any(group.is_broken for group in groups),
        "layout": "ui/desk.html" if actor.is_official else "ui/portal.html",
    }
    return render(request, "finder/find.html", context)
