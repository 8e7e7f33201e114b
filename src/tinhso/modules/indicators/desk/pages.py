"""An indicator's page, its table of units, and the cases behind a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tinhso.kernel.clock.rules.periods import Period, period_of, year_of
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.ui import courses
from tinhso.kernel.units.rules import within_sentence
from tinhso.modules.indicators.desk.asking import Asked, asked
from tinhso.modules.indicators.desk.asking import indicator as about
from tinhso.modules.indicators.queries import boards, selections, values
from tinhso.modules.indicators.queries.pages import Page, behind_since, page
from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.periods import around, between
from tinhso.modules.indicators.rules.words import (
    DIRECTION_NAMES,
    DOMAIN_NAMES,
    FREQUENCY_NAMES,
    LEVEL_NAMES,
    MEASURES,
    ROUNDING_NAMES,
    Permission,
)


@officials_who(Permission.SEE)
@require_GET
def detail(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator of one unit: now, five years by period, notes, corrections."""
    return shown(request, indicator, asked(request), {})


def shown(request: HttpRequest, code: str, said: Asked, more: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page, also with what was wrong in one of its forms."""
    version, definition = about(code, said)
    found = page(version, definition, said.node, said.year, said.today)
    target = found.targets.get(said.year)
    context = {
        "said": said,
        "words": said.said(),
        "page": found,
        "one": definition,
        "now": found.now,
        "measure": MEASURES[definition.measure][0],
        "traits": _traits(definition),
        "laws": version.content.get("laws", ()),
        "rows": _rows(found, said),
        "chart": _chart(found),
        "finding": finding(found),
        "target": target,
        "target_path": "; ".join(f"{month}: {value}" for month, value in (target.path if target else ())),
        "may_target": said.actor.may(Permission.MANAGE, said.node.id),
        "may_report": said.actor.may(Permission.REPORT, said.node.id),
        "open_periods": [
            (one.code, one.name)
            for one in reversed(list(between(year_of(said.year - 1).since, said.today, definition.frequency)))
        ],
        "came_together": values.came_together(said.node.id),
        "whose": _who_gives(definition),
    }
    return render(request, "indicators/desk/indicator.html", context | more, status=status)


def _traits(one: Definition) -> list[dict[str, str]]:
    traits = [
        (_("Tử số"), one.numerator.words),
        (_("Mẫu số"), one.denominator.words if one.denominator else ""),
        (_("Đơn vị tính"), _(MEASURES[one.measure][0])),
        (_("Tần suất"), _(FREQUENCY_NAMES[one.frequency])),
        (_("Chiều"), _(DIRECTION_NAMES[one.direction])),
        (_("Cấp"), ", ".join(_(LEVEL_NAMES[level]) for level in one.levels)),
        (
            _("Công bố"),
            _("%(places)s chữ số thập phân, %(way)s") % {"places": one.places, "way": _(ROUNDING_NAMES[one.rounding])},
        ),
        (_("Lĩnh vực"), _(DOMAIN_NAMES[one.domain])),
        (_("Nguồn số liệu"), one.system),
        (_("Cơ quan phụ trách"), one.owner),
        (_("Ghi chú"), one.note),
    ]
    return [{"title": title, "value": value} for title, value in traits if value]


def _who_gives(one: Definition) -> str:
    """Why there is no value, and who brings it: for the empty state."""
    if one.is_counted:
        return _("Số liệu được đếm từ hồ sơ trên nền tảng; kỳ này chưa có hồ sơ nào thuộc chỉ tiêu.")
    if one.is_measured:
        return _("Số liệu do phần mềm khác trên nền tảng tính; phần đó chưa có kết quả.")
    return _("Đơn vị ghi số liệu ở cuối trang này, hoặc nhập từ tệp. Nguồn: %(system)s.") % {
        "system": one.system or "–"
    }


def _rows(found: Page, said: Asked) -> list[dict[str, Any]]:
    """The lines of the table; counted numbers open onto their cases."""
    one = found.definition
    address = reverse("indicators:behind", args=[one.code]) + said.said()
    top, below = (part is not None and part.kind == "facts" for part in (one.numerator, one.denominator))
    rows = []
    for row in found.rows:
        assert row.period is not None
        link = f"{address}&ky={row.period.code}&phan="
        rows.append({
            "row": row, "top_url": link + "tu-so" if top and row.point.numerator else "",
            "below_url": link + "mau-so" if below and row.point.denominator else "",
        })  # fmt: skip
    return rows


def _chart(found: Page) -> courses.Course | None:
    """Actual values and the path of the targets; None with nothing to draw."""
    steps = [
        courses.Step(period.label, _float(value), _float(plan), _is_running(period, found))
        for period, value, plan in found.course
    ]
    if sum(step.value is not None for step in steps) < 1:
        return None
    return courses.course(steps, unit=found.definition.sign)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _is_running(period: Period, found: Page) -> bool:
    return bool(found.course) and period == found.course[-1][0]


def finding(found: Page) -> str:
    """The chart's sentence: where it stands to the plan, and since when it falls short."""
    now = found.now
    if now.shown is None:
        return _("Chưa có số liệu của năm %(year)s.") % {"year": found.year}
    words = {"value": _said(now.shown.value, found.definition), "year": found.year}
    if now.plan_shown is None:
        return _("Năm %(year)s đến nay: %(value)s; chưa có mục tiêu.") % words
    words |= {"plan": _said(now.plan_shown, found.definition), "verdict": _(now.verdict_name).lower()}
    said = _("Năm %(year)s đến nay: %(value)s, kế hoạch đến kỳ %(plan)s: %(verdict)s.") % words
    first = behind_since(found.rows, found.year) if now.gap is not None else None
    return said + " " + _("Kém lộ trình từ %(period)s.") % {"period": within_sentence(first.name)} if first else said


def _said(value: Any, definition: Definition) -> str:
    from tinhso.kernel.ui.templatetags.ui import number

    return number(value) + definition.sign


@officials_who(Permission.SEE)
@require_GET
def units(request: HttpRequest, indicator: str) -> HttpResponse:
    """The indicator in all units below one, the best first."""
    said = asked(request)
    version, definition = about(indicator, said)
    level = request.GET.get("cap", "")
    nodes = [one for one in boards.units_below(said.node, said.today) if not level or boards.level_of(one) == level]
    rows = boards.of_units(definition, nodes, said.year, said.today)
    context = {
        "said": said,
        "words": said.said(),
        "one": definition,
        "version": version,
        "rows": [row for row in rows if row.value is not None],
        "missing": [row for row in rows if row.value is None],
        "levels": [(code, LEVEL_NAMES[code]) for code in definition.levels if code in ("department", "commune")],
        "level": level,
        "places": {row.unit.id: place for place, row in enumerate(rows, 1) if row.unit is not None},
    }
    return render(request, "indicators/desk/units.html", context)


@officials_who(Permission.SEE)
@require_GET
def behind(request: HttpRequest, indicator: str) -> HttpResponse:
    """The cases behind a numerator or denominator of a period: the same selection as a list, thirty at a time."""
    said = asked(request)
    _version, definition = about(indicator, said)
    period = period_of(request.GET.get("ky", "")) or around(said.today, definition.frequency)
    is_top = request.GET.get("phan", "tu-so") == "tu-so"
    part = definition.numerator if is_top else definition.denominator
    if part is None or part.kind != "facts":
        raise NotFound
    try:
        found = selections.behind(part, said.node.id, period, said.actor, request.GET.get("sau") or None)
    except Refusal:
        found = selections.behind(part, said.node.id, period, said.actor, None)
    phan = "tu-so" if is_top else "mau-so"
    context = {
        "said": said,
        "one": definition,
        "part": part,
        "is_top": is_top,
        "period": period,
        "found": found,
        "back": reverse("indicators:indicator", args=[definition.code]) + said.said(),
        "more": said.said(ky=period.code, phan=phan, sau=found.more) if found.more else "",
    }
    return render(request, "indicators/desk/behind.html", context)
