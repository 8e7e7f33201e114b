"""Puts the actor on the request, lazily: pages that ask nobody's name cost no statement. And takes care that what a
person was shown does not stay in the browser for whoever sits down at the same machine after them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tinhso.kernel.people.queries import actor_of
from tinhso.kernel.people.rules import Actor


def actor_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[attr-defined]
        response = get_response(request)
        if _is_somebodys(request) and not {"public", "no-store"} & _said(response):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


def _is_somebodys(request: HttpRequest) -> bool:
    """Whether the answer may be for one person: asked with a key, or in a session that the page looked at."""
    known = getattr(request, "_cached_user", None)
    return "Authorization" in request.headers or (known is not None and known.is_authenticated)


def _said(response: HttpResponse) -> set[str]:
    """What the page itself says of being kept."""
    return {word.strip() for word in response.headers.get("Cache-Control", "").split(",")}


def acting(request: HttpRequest) -> Actor:
    """Who acts in this request."""
    return request.actor  # type: ignore[attr-defined]
