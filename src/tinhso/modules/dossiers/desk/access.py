"""Who may open the pages of this room: officials only, and a dossier only within their own scope."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.people.middleware import acting

View = Callable[..., HttpResponseBase]


def officials(view: View) -> View:
    """A page for officials: visitors sign in first, everybody else is refused."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not acting(request).is_official:
            raise NotAllowed("dossiers.officials_only", _("Trang này dành cho cán bộ. Theo dõi hồ sơ ở mục Hồ sơ."))
        return view(request, *args, **kwargs)

    return guarded


def officials_who(right: str) -> Callable[[View], View]:
    """A page for officials who hold the right on any unit at all."""

    def with_right(view: View) -> View:
        @officials
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not acting(request).may(right):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return guarded

    return with_right


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, to be put into one that is open."""
    return bool(getattr(request, "htmx", False))
