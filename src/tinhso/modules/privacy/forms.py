"""What pages send, as plain values; what it means is decided elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.ui import typed


def text(said: QueryDict, name: str, longest: int = 2000) -> str:
    return said.get(name, "").replace("\x00", "").strip()[:longest]


def day(said: QueryDict, name: str) -> date:
    """A day as dd/mm/yyyy. Raises Refusal naming the field."""
    return typed.day(text(said, name, 10), name)


def schedule(said: QueryDict, kept: dict[str, Any]) -> dict[str, Any]:
    """The content of a schedule as the page sends it: a line for each kind; the rest stays as it was.

    Raises Refusal ``privacy.amount`` naming the line."""
    rows = []
    for kind in registry.retained.values():
        amount = text(said, f"{kind.code}-amount", 5)
        if not amount.isascii() or not amount.isdigit():
            raise Refusal(
                "privacy.amount", _("Nhập số cho “%(name)s”.") % {"name": _(kind.title)}, field=f"{kind.code}-amount"
            )
        rows.append(
            {
                "code": kind.code,
                "keep": {"amount": int(amount), "unit": text(said, f"{kind.code}-unit", 5)},
                "fate": text(said, f"{kind.code}-fate", 10),
                "source": text(said, f"{kind.code}-source", 300),
                "is_confirmed": said.get(f"{kind.code}-confirmed") == "1",
            }
        )
    return {**kept, "rules": rows}


def moment(said: QueryDict, name: str) -> datetime:
    """A moment of the province's time as ``hh:mm dd/mm/yyyy``. Raises Refusal naming the field."""
    try:
        found = datetime.strptime(text(said, name, 16), "%H:%M %d/%m/%Y")  # noqa: DTZ007 - made aware at once
    except ValueError:
        raise Refusal("privacy.moment", "Nhập thời điểm dạng giờ:phút ngày/tháng/năm.", field=name) from None
    return timezone.make_aware(found)


def moment_or_none(said: QueryDict, name: str) -> datetime | None:
    return moment(said, name) if text(said, name, 16) else None


def count(said: QueryDict, name: str) -> int | None:
    """A whole number, or nothing. Raises Refusal naming the field."""
    found = text(said, name, 12).replace(".", "")
    if not found:
        return None
    if not found.isascii() or not found.isdigit() or len(found) > 9:
        raise Refusal("privacy.count", "Nhập số người là số nguyên.", field=name)
    return int(found)
