"""Lists of reports: what waits for the 1022 desk, and what a unit has."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tinhso.kernel.cases.queries import left_words, read_key
from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import time_left, worded_left
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.modules.field_reports.models import Report
from tinhso.modules.field_reports.queries import desk as queries
from tinhso.modules.field_reports.queries.catalogue import catalogue_on, category_of
from tinhso.modules.field_reports.queries.pages import COLOURS
from tinhso.modules.field_reports.rules.states import Permission


def _lines(rows: list[Report]) -> list[dict[str, object]]:
    at = timezone.now()
    return [
        {
            "one": one,
            "kind": category_of(one).name,
            "state": one.case.state_of.name,
            "colour": COLOURS[one.case.state],
            "left": left_words(one.case, at) or _intake_left(one, at),
            "is_late": one.case.urgent_at < at,
            "is_danger": one.level == "danger",
        }
        for one in rows
    ]


def _intake_left(one: Report, at: datetime) -> str:
    """What is left of the time for receiving, before a deadline is known."""
    due = one.case.step_due_at
    if due is None or one.case.phase != Phase.OPEN:
        return ""
    return worded_left(time_left(at, due, calendar_for(one.case.unit_id)))


@officials_who(Permission.OPERATE)
@require_GET
def triage(request: HttpRequest) -> HttpResponse:
    """What waits for the desk, the most urgent first."""
    tab = request.GET.get("nhom", "")
    tab = tab if tab in queries.TABS else "cho-xu-ly"
    rows, more = queries.triage(tab, acting(request), read_key(request.GET.get("sau", "")))
    tabs = [(code, name, code == tab) for code, (name, _states) in queries.TABS.items()]
    context = {"lines": _lines(rows), "more": more, "tabs": tabs, "tab": tab}
    return render(request, "field_reports/desk/triage.html", context)


@officials_who(Permission.SEE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Reports of one's units, the newest first, with what is asked for in the address."""
    said = request.GET
    wanted = queries.Wanted(
        state=said.get("trang-thai", "")[:20],
        category=said.get("loai", "")[:8],
        text=said.get("q", "").strip()[:100],
        only_late=said.get("muon") == "1",
        after=read_key(said.get("sau", "")),
    )
    rows, more = queries.listed(wanted, acting(request), timezone.now())
    kept = said.copy()
    kept.pop("sau", None)
    context = {
        "lines": _lines(rows),
        "more": more,
        "wanted": wanted,
        "kept": kept.urlencode(),
        "states": queries.states(),
        "kinds": [(one.code, one.name) for one in catalogue_on(timezone.localdate())[1].categories.values()],
    }
    return render(request, "field_reports/desk/listed.html", context)
