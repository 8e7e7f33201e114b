"""Lets page frames show how many notices wait. Asked only when a frame shows the bell to somebody signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tinhso.kernel.notices.queries import unread_count


def unread_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.unread = lambda: unread_count(request.actor.account_id)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
