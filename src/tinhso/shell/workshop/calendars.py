"""Days off and days worked against the week, with the decision they stand on."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.clock.models import CalendarDay
from tinhso.kernel.clock.queries import standard_calendar
from tinhso.kernel.core import Permission
from tinhso.kernel.errors import Refusal
from tinhso.kernel.ui.templatetags.ui import WEEKDAYS
from tinhso.shell.workshop import actions, forms
from tinhso.shell.workshop.access import only_with

YEARS = range(2000, 2061)


@only_with(Permission.CALENDARS)
@require_GET
def show_days(request: HttpRequest) -> HttpResponse:
    """One year: what was entered, and what is computed from the Labour Code until a decision is entered."""
    return _page(request)


def _page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    year = _year(request)
    entered = {one.date: one for one in CalendarDay.objects.filter(calendar=None, date__year=year).order_by("date")}
    computed = {day: name for day, name in standard_calendar().off.items() if day.year == year and day not in entered}
    lines = [
        {"day": day, "name": entered[day].name if day in entered else computed[day], "entered": entered.get(day)}
        for day in sorted({*entered, *computed})
    ]
    context = {
        "year": year,
        "lines": lines,
        "is_provisional": year in standard_calendar().provisional_years,
        "weekdays": list(enumerate(WEEKDAYS)),
        "refused": refused,
        "said": request.POST,
        "has_errors": refused is not None,
    }
    return render(request, "workshop/days.html", context)


def _year(request: HttpRequest) -> int:
    said = request.GET.get("nam", "")
    year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 else timezone.localdate().year
    return year if year in YEARS else timezone.localdate().year


def _back(day: date | None = None) -> str:
    return reverse("workshop:days") + (f"?nam={day.year}" if day else "")


@only_with(Permission.CALENDARS)
@require_POST
def set_day(request: HttpRequest) -> HttpResponse:
    kept: list[date] = []

    def act() -> object:
        kept.append(forms.day(request, "day"))
        like = forms.text(request, "works_like")
        return actions.set_day(
            day=kept[0], kind=forms.text(request, "kind"), name=forms.text(request, "name"),
            source=forms.text(request, "source"), works_like=int(like) if like.isascii() and like.isdigit() else None,
            by=request.actor, at=timezone.now(),  # type: ignore[attr-defined]
        )  # fmt: skip

    response = forms.attempt(
        request, act, done=_("Đã ghi ngày. Hạn của hồ sơ tính từ nay theo lịch mới."), back=_back(),
        again=lambda no: _page(request, no),
    )  # fmt: skip
    if response.status_code == 302 and kept:
        response["Location"] = _back(kept[0])
    return response


@only_with(Permission.CALENDARS)
@require_POST
def remove_day(request: HttpRequest) -> HttpResponse:
    def act() -> object:
        return actions.remove_day(day=forms.day(request, "day"), by=request.actor, at=timezone.now())  # type: ignore[attr-defined]

    return forms.attempt(
        request, act, done=_("Đã bỏ ngày khỏi lịch."), back=_back(), again=lambda no: _page(request, no)
    )
