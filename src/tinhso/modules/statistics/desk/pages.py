"""The figures for officials and the list of dossiers behind each number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.api.paging import page
from tinhso.kernel.cases.addresses import desk_page
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.kernel.ui.templatetags.ui import percent
from tinhso.kernel.units.queries import tree
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.forms import said_of, wanted_from
from tinhso.modules.statistics.queries import cases, figures, shown
from tinhso.modules.statistics.queries.figures import Report
from tinhso.modules.statistics.queries.shown import Catalogue
from tinhso.modules.statistics.queries.wanted import Wanted, counted, sight
from tinhso.modules.statistics.rules import Line, Row

SHOWN, PAGE = 10, 30
COLUMNS = {
    "received": "Tổng số tiếp nhận",
    "online": "Trực tuyến",
    "counter": "Trực tiếp",
    "post": "Bưu chính",
    "carried": "Kỳ trước chuyển qua",
    "resolved": "Đã giải quyết",
    "early": "Trước hạn",
    "on_time": "Đúng hạn",
    "late": "Quá hạn",
    "open": "Đang giải quyết",
    "open_in_time": "Trong hạn",
    "open_late": "Đang quá hạn",
}
LISTED = {"fresh": "Tiếp nhận trong kỳ", **{name: words for name, words in COLUMNS.items() if name != "received"}}


def asked(request: HttpRequest, today: date) -> tuple[Wanted, Scope]:
    """What is asked for, within what the official may see; who does not see all begins with the own unit.

    Raises NotAllowed without any right to see dossiers, NotFound for a place out of sight.
    """
    actor: Actor = acting(request)
    scope = sight(actor)
    if not scope.everywhere and not scope.units:
        raise NotAllowed
    wanted = wanted_from(request.GET, today, for_officials=True)
    if scope.everywhere:
        return wanted, scope
    if wanted.unit_id is None:
        own = tree().body_of(actor.unit_id).id if actor.unit_id is not None and actor.unit_id in tree().nodes else 0
        mine = own if scope.covers(own) else min(_bodies_in(scope))
        wanted = replace(wanted, unit_id=mine, level="")
    if not scope.covers(wanted.unit_id):
        raise NotFound
    return wanted, scope


def _bodies_in(scope: Scope) -> set[int]:
    return {tree().body_of(unit_id).id for unit_id in scope.units if unit_id in tree().nodes}


@never_cache
@login_required
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """The figures of a period and place, each number a link to its dossiers."""
    today = timezone.localdate()
    wanted, scope = asked(request, today)
    found, catalogue = figures.report(wanted), shown.catalogue(today)
    first = found.counted.first or today
    units = [node for node in shown.bodies(today) if scope.covers(node.id)]
    show_all = request.GET.get("hien") == "tat-ca"
    context = {
        "wanted": wanted,
        "counted": found.counted,
        "is_closed": found.counted.is_closed(wanted.period),
        "title": shown.title_of(wanted, catalogue),
        "sees_all": scope.everywhere,
        "periods": [(one.code, one.name) for one in rules.offered(first, today)],
        "units": [(node.code, node.name) for node in units],
        "unit": tree().nodes[wanted.unit_id].code if wanted.unit_id else "",
        "levels": list(rules.LEVELS.items()),
        "fields": shown.fields(catalogue),
        "shares": _shares(found),
        "columns": [(name, _(words)) for name, words in COLUMNS.items()],
        "line": _cells(wanted, found.line),
        "before": found.before,
        "adjusted": found.line.adjusted,
        "charts": shown.charts_of(found.months, f"{today:%Y-%m}"),
        "tables": _tables(found, catalogue, show_all),
        "all_rows": said_of(wanted, hien="tat-ca"),
        "forms": _forms(wanted),
    }
    return render(request, "statistics/desk/statistics.html", context)


def _forms(wanted: Wanted) -> list[tuple[str, str]]:
    address = reverse("statistics:form")
    ways = [("linh-vuc", _("Biểu II.06 theo lĩnh vực"))]
    ways += [("don-vi", _("Biểu II.06 theo đơn vị"))] if wanted.unit_id is None else []
    return [(words, address + said_of(wanted, theo=way)) for way, words in ways]


def _shares(found: Report) -> list[dict[str, Any]]:
    rows = (
        (_("Đúng và trước hạn"), "kept_share"),
        (_("Đang quá hạn trên số đang giải quyết"), "overdue_share"),
        (_("Nộp trực tuyến"), "online_share"),
        (_("Trả kết quả điện tử"), "electronic_share"),
    )
    return [
        {"title": title, "value": percent(getattr(found.line, name)), "before": percent(getattr(found.before, name))}
        for title, name in rows
    ]


def _cells(wanted: Wanted, line: Line) -> list[tuple[int, str]]:
    """Each number with the address of its dossiers; sums of two lists and zeros have none."""
    address = reverse("statistics:list")
    return [
        (value, address + said_of(wanted, cot=name) if value and name in LISTED else "")
        for name, value in ((name, getattr(line, name)) for name in COLUMNS)
    ]


def _tables(found: Report, catalogue: Catalogue, show_all: bool) -> list[dict[str, Any]]:
    wanted, nodes = found.wanted, tree().nodes
    titles = shown.names((row.key for row in found.by_procedure), catalogue)

    def of_unit(row: Row) -> tuple[str, Wanted]:
        node = nodes[int(row.key)]
        return node.name, replace(wanted, unit_id=node.id, level="")

    def of_field(row: Row) -> tuple[str, Wanted]:
        return row.key, replace(wanted, field=row.key)

    def of_procedure(row: Row) -> tuple[str, Wanted]:
        return titles[row.key], replace(wanted, field="", procedure=row.key)

    made = (
        (_("Theo đơn vị"), _("Đơn vị"), found.by_unit, of_unit),
        (_("Theo lĩnh vực"), _("Lĩnh vực"), found.by_field, of_field),
        (_("Theo thủ tục"), _("Thủ tục"), found.by_procedure, of_procedure),
    )
    tables = []
    for title, head, rows, about in made:
        kept = rows if show_all else rows[:SHOWN]
        lines = [_table_line(*about(row), row.line) for row in kept]
        if rows:
            tables.append({"title": title, "head": head, "rows": lines, "rest": len(rows) - len(kept)})
    return tables


def _table_line(name: str, narrower: Wanted, line: Line) -> dict[str, Any]:
    return {
        "name": name,
        "url": said_of(narrower),
        "cells": _cells(narrower, line),
        "kept": percent(line.kept_share),
        "adjusted": line.adjusted,
    }


@never_cache
@login_required
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """The dossiers behind one number, the newest first, thirty at a time."""
    today = timezone.localdate()
    wanted, _scope = asked(request, today)
    column = request.GET.get("cot", "fresh")
    if column not in LISTED:
        raise NotFound
    known = counted()
    rows = cases.behind(wanted, column, known, today).select_related("case__assignee")
    with cases.planned_anew():
        got = _page(rows.defer("case__clock", "case__needle"), request.GET.get("sau") or None)
    context = {
        "title": _(LISTED[column]),
        "place": shown.title_of(wanted),
        "is_by_today": wanted.by_today,
        "period": wanted.period,
        "back": reverse("statistics:desk") + said_of(wanted),
        "total": getattr(figures.line_of(wanted, known), column),
        "counted": known,
        "lines": [_line(fact) for fact in got["items"]],
        "more": said_of(wanted, cot=column, sau=got["next"]) if got["next"] else "",
    }
    return render(request, "statistics/desk/behind.html", context)


def _page(rows: Any, after: str | None) -> dict[str, Any]:
    try:
        return page(rows, order=("-on", "-id"), after=after, size=PAGE)
    except Refusal:
        return page(rows, order=("-on", "-id"), size=PAGE)


def _line(fact: Any) -> dict[str, Any]:
    case, nodes = fact.case, tree().nodes
    return {
        "number": case.number,
        "title": case.title,
        "url": desk_page(case.kind_of, case.number),
        "unit": nodes[fact.unit_id].short_name if fact.unit_id in nodes else "",
        "state": _(case.state_of.name),
        "who": str(case.assignee) if case.assignee_id else "",
        "on": fact.on,
        "due_at": case.due_at,
    }
