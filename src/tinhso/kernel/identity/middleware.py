"""Notes when a session was last seen, after the page is made: at most once in ten minutes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tinhso.kernel.identity.sessions import note_seen


def seen_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        note_seen(request)
        return response

    return middleware
