"""An order as these pages open it: only within the official's own scope."""

from __future__ import annotations

from django.http import HttpRequest

from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.middleware import acting
from tinhso.modules.payments.models import Order
from tinhso.modules.payments.queries import orders as queries


def order_at_desk(request: HttpRequest, reference: str) -> Order:
    """The order, if it lies within what the official may see."""
    found = queries.find(acting(request), reference)
    if found is None:
        raise NotFound("payments.not_found", "Không tìm thấy khoản thu này trong phạm vi của bạn.")
    return found
