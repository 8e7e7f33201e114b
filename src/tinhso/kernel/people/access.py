"""Who may open a page for officials: one guard for the desks of all modules."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor

View = Callable[..., HttpResponseBase]


def officials_who(*rights: str) -> Callable[[View], View]:
    """A page for officials who hold one of the rights on any unit at all; without rights: for all officials.

    Visitors sign in first; others are refused. Which rows are theirs is for the page's queries to say."""

    def with_right(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = acting(request)
            if not actor.is_official:
                raise NotAllowed("people.officials_only", _("Trang này dành cho cán bộ."))
            if rights and not any(actor.may(right) for right in rights):
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.rights = rights  # type: ignore[attr-defined]
        return guarded

    return with_right


def opens(address: str, actor: Actor) -> bool:
    """Whether a page of the platform would let this person in, as far as its guard decides: asked before a link to it
    is shown. Pages without this guard and addresses elsewhere open for everybody."""
    rights = _rights_at(urlsplit(address).path)
    return rights is None or (actor.is_official and (not rights or any(actor.may(right) for right in rights)))


@lru_cache(maxsize=2048)
def _rights_at(path: str) -> tuple[str, ...] | None:
    try:
        return getattr(resolve(path).func, "rights", None)
    except Resolver404:
        return None
