"""What stands in the address, and the little form with which a draft is published."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.numerals import is_whole
from tinhso.kernel.ui.templatetags.ui import period_name
from tinhso.kernel.units.queries import tree
from tinhso.modules.service_quality.models import CountedPeriod
from tinhso.modules.service_quality.queries.scores import Known


def said_of(**words: str) -> str:
    """The address's words, without those that are empty."""
    return "?" + urlencode({name.replace("_", "-"): value for name, value in words.items() if value})


def place(text: str) -> int:
    """How many lines come before the one asked for, which counts from 1; none where that is no number of a line."""
    return max(int(text) - 1, 0) if is_whole(text) and len(text) < 6 else 0


def periods_offered(known: Known) -> list[tuple[str, str]]:
    """All counted periods by code and name: years, quarters, months, the newest first."""
    return [(row.period.code, period_name(row.period)) for row in known.rows]


def beside(known: Known, row: CountedPeriod) -> dict[str, str]:
    """The addresses of the period before and after."""
    found = {}
    for name, step in (("previous", -1), ("next", 1)):
        other = known.beside(row, step)
        found[name] = said_of(ky=other.period.code) if other else ""
    return found


def unit_name(unit_id: int | None, level: str = "") -> str:
    """What a score is of, in words."""
    from tinhso.modules.service_quality.rules.words import LEVELS

    node = tree().nodes.get(unit_id or 0)
    return node.name if node else str(LEVELS.get(level, ""))


class PublishForm(forms.Form):
    """From which day a draft is to hold."""

    valid_from = forms.DateField(
        label=_("Tính từ ngày"), error_messages={"required": _("Chọn ngày."), "invalid": _("Ghi ngày dạng 01/01/2027.")}
    )

    def clean_valid_from(self) -> date:
        day: Any = self.cleaned_data["valid_from"]
        return date(day.year, day.month, day.day)
