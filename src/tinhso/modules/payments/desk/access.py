"""Who may open these pages: officials with a right over payments, and an order only within their own scope."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tinhso.kernel.errors import NotAllowed, NotFound
from tinhso.kernel.people.middleware import acting
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import orders as queries

View = Callable[..., HttpResponseBase]


def who_may(*rights: str) -> Callable[[View], View]:
    """A page for officials who hold one of the rights on any unit at all; for all officials when none is named."""

    def with_right(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = acting(request)
            if not actor.is_official or (rights and not any(actor.may(right) for right in rights)):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return guarded

    return with_right


def order_at_desk(request: HttpRequest, reference: str) -> Order:
    """The order, if it lies within what the official may see."""
    found = queries.find(acting(request), reference)
    if found is None:
        raise NotFound("payments.not_found", "Không tìm thấy khoản thu này trong phạm vi của bạn.")
    return found
