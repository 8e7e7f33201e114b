"""Figures, targets and notes that people write on an indicator's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.clock.rules.periods import Period, period_of
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.numerals import read as number
from tinhso.kernel.people.access import officials_who
from tinhso.modules.indicators import forms
from tinhso.modules.indicators.actions import figures, targets
from tinhso.modules.indicators.desk.asking import Asked, asked
from tinhso.modules.indicators.desk.pages import shown
from tinhso.modules.indicators.rules.values import Point
from tinhso.modules.indicators.rules.words import Permission

Doing = Callable[[Asked, datetime], Any]


def _done(request: HttpRequest, code: str, form: str, doing: Doing) -> HttpResponse:
    """Carry it out and go back to the page; what was wrong is said beside the form, with what was typed."""
    said = asked(request)
    try:
        doing(said, timezone.now())
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        more = {"errors": [(refusal.field or form, refusal.message)], "wrong_form": form, "typed": request.POST}
        return shown(request, code, said, more, status=refusal.status)
    return redirect(reverse("indicators:indicator", args=[code]) + said.said() + f"#{form}")


def _period(text: str) -> Period:
    period = period_of(text)
    if period is None:
        raise Refusal("indicators.figure", _("Kỳ viết như 2026, 2026-Q3 hoặc 2026-11."), field="period")
    return period


@officials_who(Permission.REPORT)
@require_POST
def report(request: HttpRequest, indicator: str) -> HttpResponse:
    """Write the unit's figure of a period."""

    def doing(said: Asked, at: datetime) -> Any:
        read = {
            key: number(request.POST.get(key, ""), code="indicators.figure", name=name, field=key)
            for key, name in (("numerator", _("Tử số")), ("denominator", _("Mẫu số")), ("published", _("Giá trị")))
        }
        told = figures.Said(
            indicator, said.node.id, _period(request.POST.get("period", "")),
            Point(read["numerator"], read["denominator"], read["published"]),
            " ".join(request.POST.get("source", "").split())[:250],
        )  # fmt: skip
        return figures.report(told, by=said.actor, at=at)

    return _done(request, indicator, "so-lieu", doing)


@officials_who(Permission.MANAGE)
@require_POST
def target(request: HttpRequest, indicator: str) -> HttpResponse:
    """Set the unit's target of the year, with its path."""

    def doing(said: Asked, at: datetime) -> Any:
        seen = request.POST.get("revision", "")
        return targets.set_target(
            code=indicator, unit_id=said.node.id, year=said.year, document=request.POST.get("document", ""),
            value=forms.value_from(request.POST.get("value", ""), _("Mục tiêu"), "value"),
            path=forms.path_from(request.POST.get("path", "")), revision=int(seen) if is_whole(seen) else None,
            by=said.actor, at=at,
        )  # fmt: skip

    return _done(request, indicator, "muc-tieu", doing)


@officials_who(Permission.REPORT)
@require_POST
def note(request: HttpRequest, indicator: str) -> HttpResponse:
    """Write down causes and actions."""

    def doing(said: Asked, at: datetime) -> Any:
        return targets.add_note(
            code=indicator, unit_id=said.node.id, period=_period(request.POST.get("period", "")),
            causes=request.POST.get("causes", ""), actions=request.POST.get("actions", ""), by=said.actor, at=at,
        )  # fmt: skip

    return _done(request, indicator, "ghi-chu", doing)
