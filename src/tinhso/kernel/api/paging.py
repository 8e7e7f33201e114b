"""Pages by key instead of by number: the five-hundredth page costs what the first one costs, and none skips a row."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from ninja import Field, Schema

from tinhso.kernel.api.rules import LONGEST_PAGE, from_key, to_key
from tinhso.kernel.errors import Refusal


class Paged(Schema):
    """What lists are asked by: the key of the page before, and how many rows."""

    after: str | None = Field(None, max_length=120)
    size: int = Field(20, ge=1, le=LONGEST_PAGE)


def page(rows: QuerySet[Any], *, order: tuple[str, ...], after: str | None = None, size: int = 20) -> dict[str, Any]:
    """``{"items": [...], "next": key or None}``: rows after the key, in this order. One statement, no count.

    ``order`` names columns as in ``order_by`` and must end in a unique one. Works on objects and on ``.values()`` that
    hold these columns. ``size`` is 1 to 100. Raises Refusal ``api.page_key`` for a key that is none.
    """
    size = max(1, min(size, LONGEST_PAGE))
    rows = rows.order_by(*order)
    if after:
        values = from_key(after, len(order))
        if values is None:
            raise Refusal("api.page_key", "Khóa trang không đúng. Lấy lại từ trang đầu.", field="after")
        rows = rows.filter(_beyond(order, values))
    got = list(rows[: size + 1])
    more = to_key([_value(got[size - 1], column.lstrip("-")) for column in order]) if len(got) > size else None
    return {"items": got[:size], "next": more}


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that come after these values: further in the first column, or equal there and further in the next …"""
    beyond, equal = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name, further = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{name}__{further}": value})
        equal &= Q(**{name: value})
    first = order[0].lstrip("-")
    # The same limit once more on the first column alone: the planner turns this one into an index range.
    return Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]}) & beyond


def _value(row: Any, column: str) -> Any:
    if isinstance(row, dict):
        return row[column]
    for name in column.split("__"):
        row = getattr(row, name)
    return row
