"""Statistics for everybody, without an account: counts only, and none so small that it points to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.clock.rules.periods import Period
from tinhso.kernel.ui.templatetags.ui import number, percent, period_name
from tinhso.kernel.units.queries import tree
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.forms import said_of, wanted_from
from tinhso.modules.statistics.queries import figures, shown
from tinhso.modules.statistics.queries.figures import Report
from tinhso.modules.statistics.queries.shown import Catalogue
from tinhso.modules.statistics.queries.wanted import Wanted
from tinhso.modules.statistics.rules import Line, Row

SHOWN = 10


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """What was received, resolved and is still in work, in a period and a place of one's choice."""
    today = timezone.localdate()
    wanted = wanted_from(request.GET, today)
    found = figures.report(wanted, by_subject=wanted.may_be_split)
    catalogue = shown.catalogue(today)
    is_hidden = not wanted.is_of_all and rules.is_small(found.line)
    show_all = request.GET.get("hien") == "tat-ca"
    context = {
        "wanted": wanted,
        "counted": found.counted,
        "is_closed": found.counted.is_closed(wanted.period),
        "title": shown.title_of(wanted, catalogue),
        "choices": choices(found, catalogue, today),
        "is_hidden": is_hidden,
        "smallest": rules.SMALLEST_SHOWN,
        "numbers": [] if is_hidden else _numbers(found),
        "channels": [] if is_hidden else _channels(found.line),
        "charts": {} if _is_recognisable(found) else shown.charts_of(found.months, f"{today:%Y-%m}"),
        "tables": [] if is_hidden else _tables(found, catalogue, show_all),
        "all_rows": said_of(wanted, hien="tat-ca"),
        "data": reverse("api-v1:statistics_csv") + api_words(wanted),
        "about": reverse("api-v1:statistics_about"),
    }
    return render(request, "statistics/portal/statistics.html", context)


def _is_recognisable(found: Report) -> bool:
    """Whether single months of a field or procedure are too small to be drawn."""
    return not found.wanted.is_of_all and any(rules.is_small(row.line) for row in found.months)


def choices(found: Report, catalogue: Catalogue, today: date) -> dict[str, Any]:
    """What the filters offer; the one chosen is marked by the template."""
    wanted, first = found.wanted, found.counted.first or today
    return {
        "periods": [(one.code, period_name(one)) for one in rules.offered(first, today)],
        "units": [(node.code, node.name) for node in shown.bodies(today)],
        "unit": tree().nodes[wanted.unit_id].code if wanted.unit_id else "",
        "levels": [(code, _(name)) for code, name in rules.LEVELS.items()],
        "fields": shown.fields(catalogue),
        "previous": said_of(_at(wanted, wanted.period.before)) if wanted.period.since > first else "",
        "next": said_of(_at(wanted, after)) if (after := wanted.period.after).since <= today else "",
    }


def _at(wanted: Wanted, period: Period) -> Wanted:
    return replace(wanted, period=period)


def api_words(wanted: Wanted) -> str:
    """The same question to the open data."""
    unit = tree().nodes.get(wanted.unit_id or 0)
    by = "procedure" if wanted.field or unit else "field" if wanted.level else "unit"
    if not wanted.may_be_split:
        by = "month" if unit else "unit"
    words = {
        "period": wanted.period.code,
        "by": "unit" if wanted.procedure and not unit else by,
        "unit": unit.code if unit else "",
        "level": wanted.level,
        "field": wanted.field,
        "procedure": wanted.procedure,
        "map": rules.BY_TODAY if wanted.by_today else "",
    }
    return "?" + urlencode({name: value for name, value in words.items() if value})


def _numbers(found: Report) -> list[dict[str, Any]]:
    """The large figures, each with what the period before had, unless that is too small to be told."""
    line, before = found.line, found.before
    rows = [
        (_("Tiếp nhận trong kỳ"), number(line.fresh), number(before.fresh)),
        (_("Đã giải quyết"), number(line.resolved), number(before.resolved)),
        (_("Giải quyết đúng và trước hạn"), percent(line.kept_share), percent(before.kept_share)),
        (_("Đang giải quyết"), number(line.open), number(before.open)),
        (_("Đang quá hạn"), number(line.open_late), number(before.open_late)),
        (_("Nộp trực tuyến"), percent(line.online_share), percent(before.online_share)),
    ]
    rows += [(words, percent(now), percent(then)) for words, now, then in beside(line, before)]
    is_told = found.wanted.is_of_all or not rules.is_small(before)
    return [{"title": title, "value": value, "before": then if is_told else "–"} for title, value, then in rows]


def beside(line: Line, before: Line) -> list[tuple[str, float | None, float | None]]:
    """Shares of further figures; those that nobody has counted anything for are left out."""
    rows = []
    if shown.declared("returned"):
        rows.append((_("Trả kết quả điện tử"), line.electronic_share, before.electronic_share))
    for part, words, whole in (
        ("paid_online", _("Thanh toán trực tuyến"), "fresh"),
        ("digitised", _("Kết quả được số hóa"), "resolved"),
        ("reused", _("Dùng lại giấy tờ đã có"), "fresh"),
        ("rated", _("Hồ sơ được người dân đánh giá"), "resolved"),
    ):
        if shown.declared(part):
            now, then = ((getattr(one, part), getattr(one, whole)) for one in (line, before))
            if now[0] or then[0]:
                rows.append((words, rules.share(*now), rules.share(*then)))
    return rows


def _channels(line: Line) -> list[tuple[str, int, float | None]]:
    rows = ((_("Trực tuyến"), line.online), (_("Trực tiếp"), line.counter), (_("Bưu chính công ích"), line.post))
    return [(words, count, rules.share(count, line.fresh)) for words, count in rows]


def _tables(found: Report, catalogue: Catalogue, show_all: bool) -> list[dict[str, Any]]:
    wanted = found.wanted
    nodes, titles = tree().nodes, shown.names((row.key for row in found.by_procedure), catalogue)
    made = [
        (_("Theo đơn vị"), _("Đơn vị"), found.by_unit, lambda key: nodes[int(key)].name,
         lambda key: said_of(wanted, don_vi=nodes[int(key)].code, cap="")),
        (_("Theo lĩnh vực"), _("Lĩnh vực"), found.by_field, lambda key: key,
         lambda key: said_of(wanted, linh_vuc=key, ban_do="")),
        (_("Theo thủ tục"), _("Thủ tục"), found.by_procedure, lambda key: titles.get(key, key),
         lambda key: said_of(wanted, thu_tuc=key, linh_vuc="", ban_do="")),
    ]  # fmt: skip
    tables = []
    for title, head, rows, name, address in made:
        told = rows if head == _("Đơn vị") and wanted.is_of_all else rules.told_in_public(rows)
        kept = told if show_all else told[:SHOWN]
        if told:
            lines = [_told(row, name, address) for row in kept]
            tables.append({"title": title, "head": head, "rows": lines, "rest": len(told) - len(kept)})
    return tables


def _told(row: Row, name: Any, address: Any) -> dict[str, Any]:
    line = row.line
    numbers = (
        line.fresh, line.carried, line.resolved, line.early, line.on_time, line.late, line.open, line.open_late,
    )  # fmt: skip
    cells = [*map(number, numbers), percent(line.kept_share)]
    if row.merged:
        return {"name": _("Còn lại (%(n)s dòng, mỗi dòng ít hồ sơ)") % {"n": row.merged}, "cells": cells, "url": ""}
    return {"name": name(row.key), "cells": cells, "url": address(row.key)}
