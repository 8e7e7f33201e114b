"""The leader's board, and the list of cases behind each of its numbers. Unit and month stand in the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

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
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import time_left, worded_left
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.language import readers_language
from tinhso.kernel.manifest import Measure
from tinhso.kernel.people.measures import used_by_month
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.kernel.search.rules import fold
from tinhso.kernel.ui import charts
from tinhso.kernel.ui.context import address_of
from tinhso.kernel.ui.fragments import is_fragment
from tinhso.kernel.ui.templatetags.ui import number, percent
from tinhso.kernel.units.queries import todays_heirs, tree
from tinhso.shell.board import figures
from tinhso.shell.board.figures import Parts, View

PAGE = 30
THEN = "luc-do"  # in addresses: by the map of each figure's time
RANKED = 10
LISTS = {
    "qua-han": "Đang quá hạn",
    "den-han": "Đến hạn hôm nay",
    "tiep-nhan": "Tiếp nhận trong tháng",
    "giai-quyet": "Giải quyết xong trong tháng",
}
VERDICTS = {"early": ("Trước hạn", "ok"), "on_time": ("Đúng hạn", "ok"), "late": ("Trễ hạn", "bad")}


def asked_of(request: HttpRequest) -> tuple[Scope, View, Parts]:
    """Where the reader sees anything, the unit and the map chosen, and the cases meant. Raises NotAllowed, NotFound."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    seen = figures.sight(actor) if actor.is_official else {}
    scope = figures.together(seen)
    if not scope.everywhere and not scope.units:
        raise NotAllowed
    text = request.GET.get("don-vi", "")
    chosen = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if chosen is not None and (chosen not in tree().nodes or not scope.covers(chosen)):
        raise NotFound
    view = View(chosen, request.GET.get("ban-do") != THEN)
    return scope, view, figures.units_within(seen, view)


def _said(view: View) -> dict[str, str]:
    """Unit and map as they stand in addresses."""
    unit = {"don-vi": str(view.chosen)} if view.chosen else {}
    return unit if view.is_today else {**unit, "ban-do": THEN}


def _behind(kind: str, view: View, **more: str) -> str:
    """Where the cases of a number are listed. A board has two hundred of these, so it is put together by hand."""
    unit = f"&don-vi={view.chosen}" if view.chosen else ""
    then = "" if view.is_today else f"&ban-do={THEN}"
    return f"{address_of('board:list')}?muc={quote(kind)}{unit}{then}{'&' + urlencode(more) if more else ''}"


def _maps(view: View) -> list[tuple[str, str, bool]]:
    """The maps by which figures can be read: words, address, whether it is this one. None while no unit has ended."""
    if not todays_heirs():
        return []
    known = tree().nodes.get(view.chosen or 0)
    lives = known is None or known.ends_on is None
    today = View(view.chosen if lives else None)
    then = replace(view, is_today=False)
    return [
        (_("Theo đơn vị hiện nay"), reverse("board:home") + "?" + urlencode(_said(today)), view.is_today),
        (_("Theo đơn vị của từng thời điểm"), reverse("board:home") + "?" + urlencode(_said(then)), not view.is_today),
    ]


@never_cache
@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Four numbers, what needs a word from above, who keeps their dates, and the last twelve months."""
    scope, view, parts = asked_of(request)
    chosen = view.chosen
    at = timezone.now()
    today = timezone.localdate(at)
    period, standing = figures.period(parts, today, view), figures.standings(parts, at, view)
    ranking = _ranking(period, standing, view)
    context = {
        "at": at,
        "chosen": chosen,
        "units": figures.choices(scope, today, view),
        "maps": _maps(view),
        "map": "" if view.is_today else THEN,
        "place": tree().nodes[chosen].name if chosen else "",
        "numbers": _numbers(period, standing, view, today),
        "exceptions": [exception(case, at) for case in figures.exceptions(parts, at)],
        "late": standing.late,
        "all_late": _behind("qua-han", view),
        "ranking": ranking[:RANKED],
        "ranking_rest": ranking[RANKED:],
        **trend(period, today),
    }
    return render(request, "board/board.html", context)


def _numbers(period: figures.Period, standing: figures.Standings, view: View, today: date) -> list[dict[str, Any]]:
    *_older, before, month = figures.months_until(today)
    share, earlier = period.shares[month], period.shares[before]
    change = ""
    if share.percent is not None and earlier.percent is not None:
        points = round(share.percent - earlier.percent, 1)
        word = _("tăng") if points > 0 else _("giảm")
        change = (
            _("bằng tháng trước") if not points else f"{word} {number(abs(points), 1)} {_('điểm so với tháng trước')}"
        )
    kept = _("%(kept)s / %(all)s hồ sơ") % {"kept": number(share.kept), "all": number(share.resolved)}
    return [
        {
            "title": _("Tiếp nhận tháng này"),
            "value": number(period.received[month]),
            "url": _behind("tiep-nhan", view),
            "foot": _("Tháng trước %(n)s") % {"n": number(period.received[before])},
        },
        {
            "title": _("Giải quyết đúng và trước hạn"),
            "value": percent(share.percent) if share.percent is not None else "–",
            "url": _behind("giai-quyet", view),
            "change": kept,
            "foot": change or _("Chưa đủ hai tháng để so sánh"),
        },
        {
            "title": _("Đang quá hạn"),
            "value": number(standing.late),
            "url": _behind("qua-han", view),
            "foot": _("trên %(n)s đang xử lý") % {"n": number(standing.open)},
            "kind": "bad" if standing.late else "",
        },
        {
            "title": _("Đến hạn hôm nay"),
            "value": number(standing.today),
            "url": _behind("den-han", view),
            "foot": _("%(n)s đang tạm dừng") % {"n": number(standing.paused)},
        },
    ]


def exception(case: Any, at: datetime) -> dict[str, Any]:
    nodes = tree().nodes
    minutes = time_left(timezone.localtime(at), case.due_at, calendar_for(case.unit_id))
    return {
        "number": case.number,
        "title": case.title,
        "url": desk_page(case.kind_of, case.number),
        "unit": nodes[case.unit_id].short_name if case.unit_id in nodes else "",
        "step": case.step or case.state_of.name,
        "who": str(case.assignee) if case.assignee_id else _("Chưa phân công"),
        "late": _left(minutes, case.due_at, at),
        "due_at": case.due_at,
    }


def _left(minutes: int | None, due_at: datetime, at: datetime) -> str:
    """Time left or overdue; a case that fell due at the end of the last working day is late by no working hour yet."""
    return _("Vừa quá hạn") if minutes == 0 and due_at < at else worded_left(minutes, readers_language())


def _ranking(period: figures.Period, standing: figures.Standings, view: View) -> list[dict[str, Any]]:
    """Bodies by their share of cases resolved in time this month, the lowest first."""
    nodes = tree().nodes
    bodies = {*period.by_body, *standing.late_by_body}
    rows = [
        {"name": nodes[body].short_name, "share": period.by_body[body], "late": standing.late_by_body.get(body, 0),
         "url": _behind("giai-quyet", own), "late_url": _behind("qua-han", own)}
        for body, own in ((body, View(body, view.is_today)) for body in bodies)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (_share(row["share"]), -row["late"], fold(row["name"])))


def _share(share: figures.Share) -> float:
    """For ordering: who resolved nothing comes after all who did."""
    return 101.0 if share.percent is None else share.percent


def trend(period: figures.Period, today: date) -> dict[str, Any]:
    months = [month for month in figures.months_until(today) if period.shares[month].percent is not None]
    points = [
        charts.Point(f"{month.month}", period.shares[month].percent or 0, is_open=month == today.replace(day=1))
        for month in months
    ]
    if not points:
        return {"trend": None}
    low = max(0, int(min(point.value for point in points) // 10) * 10 - 10)
    newest = points[-1]
    finding = _("Tháng %(month)s: %(share)s giải quyết đúng và trước hạn") % {
        "month": newest.label, "share": percent(newest.value),
    }  # fmt: skip
    return {"trend": charts.line(points, low=low, unit="%"), "finding": finding}


@never_cache
@login_required
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """How many people have an account and how many used it, month by month: a part of the board, or a page."""
    scope, view, _parts = asked_of(request)
    today = timezone.localdate()
    *_earlier, month = months = figures.months_until(today)
    found = used_by_month(months[0], today, figures.people_within(scope, view))
    points = [
        charts.Point(f"{one.month}", found.months[one], is_open=one == month) for one in months if one in found.months
    ]
    context = {
        "accounts": found.accounts,
        "used": found.months.get(month, 0),
        "chart": charts.bars(points) if points else None,
        "finding": _("Tháng %(month)s: %(n)s người dân dùng tài khoản")
        % {"month": month.month, "n": number(found.months.get(month, 0))},
        "place": tree().nodes[view.chosen].name if view.chosen else "",
        "chosen": view.chosen,
    }
    return render(request, "board/_users.html" if is_fragment(request) else "board/users.html", context)


@never_cache
@login_required
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """The very cases behind a number of the board."""
    _scope, view, parts = asked_of(request)
    chosen = view.chosen
    kind, at = request.GET.get("muc", ""), timezone.now()
    if kind not in LISTS:
        raise NotFound
    after = request.GET.get("sau") or None
    month = _month(request.GET.get("thang", ""), timezone.localdate(at))
    verdict = request.GET.get("ket-qua", "")
    if kind in ("qua-han", "den-han"):
        found = figures.late_cases(parts, at) if kind == "qua-han" else figures.cases_due_today(parts, at)
        standing, rows = figures.standings(parts, at), found.select_related("assignee")
        total = standing.late if kind == "qua-han" else standing.today
        got = _page(rows, ("due_at", "id"), after)
        lines = [exception(case, at) for case in got["items"]]
    else:
        measure = Measure.RECEIVED if kind == "tiep-nhan" else Measure.RESOLVED
        asked = (measure, parts, month, timezone.localdate(at), verdict)
        facts, total = figures.facts_of(*asked), figures.number_of(*asked)
        got = _page(facts.select_related("case__assignee").defer("case__clock", "case__needle"), ("-on", "-id"), after)
        lines = [_fact_line(fact) for fact in got["items"]]
    more = {"thang": f"{month:%Y-%m}"} | ({"ket-qua": verdict} if verdict else {})
    context = {
        "title": _(LISTS[kind]),
        "kind": kind,
        "is_now": kind in ("qua-han", "den-han"),
        "place": tree().nodes[chosen].name if chosen else "",
        "back": reverse("board:home") + (f"?{urlencode(_said(view))}" if _said(view) else ""),
        "month": month,
        "total": total,
        "lines": lines,
        "more": _behind(kind, view, **more, sau=got["next"]) if got["next"] else "",
        "verdict": verdict,
        "verdicts": [
            (code, _(title), _behind(kind, view, **(more | {"ket-qua": code})))
            for code, title in (("", "Tất cả"), ("kept", "Đúng và trước hạn"), ("late", "Trễ hạn"))
        ],
        "at": at,
    }
    return render(request, "board/behind.html", context)


def _page(rows: Any, order: tuple[str, ...], after: str | None) -> dict[str, Any]:
    try:
        return page(rows, order=order, after=after, size=PAGE)
    except Refusal:
        return page(rows, order=order, size=PAGE)


def _month(text: str, today: date) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return min(month, today.replace(day=1))


def _fact_line(fact: Any) -> dict[str, Any]:
    case, nodes = fact.case, tree().nodes
    words, colour = VERDICTS.get(fact.dims.get("verdict", ""), ("", ""))
    return {
        "number": case.number,
        "title": case.title,
        "url": desk_page(case.kind_of, case.number),
        "unit": nodes[fact.unit_id].short_name if fact.unit_id in nodes else "",
        "step": case.state_of.name,
        "who": str(case.assignee) if case.assignee_id else "",
        "on": fact.on,
        "verdict": _(words) if words else "",
        "colour": colour,
    }
