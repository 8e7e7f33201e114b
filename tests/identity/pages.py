"""The platform's addresses and one sensitive act, which says back what it was sent."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tinhso.kernel.identity.assurance import proven

WITHIN = timedelta(minutes=10)


@proven(level=2, within=WITHIN)
def act(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} {request.POST.get('reason', '')} {request.POST.getlist('many')}")


urlpatterns = [path("thu/", act), path("", include("tinhso.config.urls"))]
