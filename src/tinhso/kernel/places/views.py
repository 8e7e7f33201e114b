"""Suggestions while a person types an address, and the communes' outlines. Public: hold nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tinhso.kernel.places import queries, shapes

LONGEST_TEXT = 120
LEAST_LETTERS = 2


@require_safe
@cache_control(public=True, max_age=300)
def suggest(request: HttpRequest) -> HttpResponse:
    """Communes for ``?q=``: a list of ``<li>`` for htmx or ``?dang=html``, JSON otherwise; at most eight."""
    text = request.GET.get("q", "").strip()[:LONGEST_TEXT]
    found = queries.find_communes(text) if len(text) >= LEAST_LETTERS else []
    if request.headers.get("HX-Request") == "true" or request.GET.get("dang") == "html":
        response = render(request, "places/suggestions.html", {"communes": found, "text": text})
    else:
        communes = [
            {
                "id": one.id,
                "code": one.code,
                "name": one.name,
                "label": one.label,
                "note": one.note,
                "lat": one.latitude,
                "lon": one.longitude,
            }
            for one in found
        ]
        response = JsonResponse({"communes": communes})
    response["Vary"] = "HX-Request"
    return response


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def boundaries(request: HttpRequest) -> HttpResponse:
    """Illustrative outlines of the communes as GeoJSON, for maps in the browser."""
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(shapes.packed() if is_packed else shapes.geojson(), content_type="application/geo+json")
    response["Vary"] = "Accept-Encoding"
    if is_packed:
        response["Content-Encoding"] = "gzip"
    return response
