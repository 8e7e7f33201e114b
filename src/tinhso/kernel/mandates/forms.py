"""What the pages about mandates are sent, as plain values."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tinhso.kernel.errors import Refusal

LONGEST = 300


def line(request: HttpRequest, name: str) -> str:
    """A line of text as posted, without characters that no text has."""
    return "".join(one for one in request.POST.get(name, "") if one.isprintable()).strip()[:LONGEST]


def day(request: HttpRequest, name: str) -> date:
    """A day as dd/mm/yyyy or as browsers send it. Raises Refusal ``mandates.bad_day``."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(line(request, name), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refusal("mandates.bad_day", _("Nhập ngày dạng ngày/tháng/năm, ví dụ 02/09/2026."), field=name)
