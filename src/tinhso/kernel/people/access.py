"""Who may open a page for officials: one guard for the desks of all modules."""

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

        return guarded

    return with_right
