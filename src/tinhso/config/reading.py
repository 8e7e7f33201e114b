"""Which requests may be answered by a replica: those that ask, of people who wrote nothing in the last minute.

A replica that is used is at most ``TINHSO_REPLICA_SECONDS`` behind; the mark of having written lasts longer than that,
so nobody ever misses what they did themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tinhso.config.metrics import note_read
from tinhso.kernel import replicas

WROTE = "vua-ghi"
SAFE = ("GET", "HEAD", "OPTIONS")
MARGIN_SECONDS = 30

replicas.tell(note_read)


def reading_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """In use only where ``DATABASE_REPLICA_URL`` names a replica. Programs with a key read the primary."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            response = get_response(request)
            response.set_cookie(
                WROTE,
                "1",
                max_age=int(settings.REPLICA_SECONDS) + MARGIN_SECONDS,
                httponly=True,
                secure=settings.PRODUCTION,
                samesite="Lax",
            )
            return response
        if WROTE in request.COOKIES or "Authorization" in request.headers:
            return get_response(request)
        with replicas.allowed():
            return get_response(request)

    return middleware
