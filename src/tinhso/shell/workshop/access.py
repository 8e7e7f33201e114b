"""Who may open a page of the workshop. The acts ask once more, on the unit they touch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from tinhso.kernel.errors import NotAllowed


def only_with(permission: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Pages for officials with this right anywhere; others are refused, nobody is sent to sign in."""

    def guard(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @never_cache
        @login_required
        @wraps(page)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            actor = request.actor  # type: ignore[attr-defined]
            if not actor.is_official or not actor.may(permission):
                raise NotAllowed
            return page(request, *args, **kwargs)

        return guarded

    return guard
