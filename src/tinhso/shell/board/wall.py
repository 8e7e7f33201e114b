"""The board on the wall of an operations room: the same figures, read across the room, and nobody's name.

A wall faces visitors, so a late case is told by its kind, its step and its unit, never by what its sender wrote nor by
who has it. Nothing on it is pressed; the page asks for itself anew every half minute and keeps what it shows when the
answer does not come. Statements: those of the board, and three for the year's targets.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.manifest import Audience, Tile, registry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.places import shapes
from tinhso.kernel.ui import charts
from tinhso.kernel.ui.templatetags.ui import number, percent
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.shell.board import figures, pages
from tinhso.shell.board.figures import Period, Share, Standings

CLASSES = ((98, 5), (95, 4), (90, 3), (85, 2), (0, 1))  # the least share kept in time, and the class of its colour
EXCEPTIONS, LOWEST, NAMED = 6, 7, 10
WANTED = 95  # percent kept in time


@never_cache
@login_required
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """Today's standing, the map of this month's promises, what is latest, and whom to press."""
    _scope, view, parts = pages.asked_of(request)
    at = timezone.now()
    today = timezone.localdate(at)
    period, standing = figures.period(parts, today, view), figures.standings(parts, at, view)
    months = figures.months_until(today)
    context = {
        "at": at,
        "place": tree().nodes[view.chosen].name if view.chosen else "",
        "month": today,
        "share": period.shares[months[-1]],
        "received": period.received[months[-1]],
        "standing": standing,
        "by_month": charts.bars(
            [charts.Point(f"{one.month}", period.received[one], is_open=one == months[-1]) for one in months]
        ),
        "trend": pages.trend(period, today)["trend"],
        "exceptions": [_late(case, at) for case in figures.exceptions(parts, at)[:EXCEPTIONS]],
        "lowest": _lowest(period),
        "map": _map(period),
        "tiles": _tiles(period, standing, months),
    }
    context |= _of_modules(request.actor, at, is_whole=not view.chosen)  # type: ignore[attr-defined]
    return render(request, "board/wall.html", context)


def _of_modules(actor: Actor, at: datetime, *, is_whole: bool) -> dict[str, list[tuple[Tile, Any]]]:
    """What modules show on a wall: ``alerts`` above everything, and of the whole province what stands in place of the
    numbers of its foot."""
    found = [(one, one.load(actor, at)) for one in registry.collect("tiles", Audience.WALL)]
    shown = [(tile, data) for tile, data in found if not data["is_empty"]]
    alerts = [(tile, data) for tile, data in shown if data.get("is_alert")]
    return {"alerts": alerts, "offered": [one for one in shown if is_whole and one not in alerts]}


def _late(case: Any, at: datetime) -> dict[str, Any]:
    """A late case without the words and names of people."""
    known = pages.exception(case, at)
    return {"kind": case.kind_of.name, "icon": case.kind_of.icon} | {
        part: known[part] for part in ("unit", "step", "late")
    }


def _class(share: float | None) -> int:
    """0 where nothing was judged, else 1 (bad) to 5 (good)."""
    return 0 if share is None else next(one for least, one in CLASSES if share >= least)


def _judged(period: Period) -> list[tuple[Node, float]]:
    """Bodies that resolved something with a verdict this month, the lowest share first."""
    nodes = tree().nodes
    found = [(nodes[body], share.percent) for body, share in period.by_body.items() if share.percent is not None]
    return sorted(((node, share) for node, share in found), key=lambda one: (one[1], one[0].short_name))


def _lowest(period: Period) -> list[dict[str, Any]]:
    """Units below what is wanted of everybody; who keeps their dates need not be pressed."""
    return [
        {"name": node.short_name, "share": share, "kind": _kind(share)}
        for node, share in _judged(period)[:LOWEST]
        if share < WANTED
    ]


def _map(period: Period) -> dict[str, Any]:
    """Every commune in the colour of its class, names of the lowest, and how many stand in each class."""
    of_commune = {node.code.removeprefix("xa-"): (node.short_name, share) for node, share in _judged(period)}
    drawn = shapes.drawing()
    lowest = [code for code, (_name, share) in of_commune.items() if _class(share) <= 3][:NAMED]
    communes = [
        {"path": one.path, "step": _class(of_commune[one.code][1] if one.code in of_commune else None)}
        for one in drawn.communes
    ]
    counts = [sum(one["step"] == step for one in communes) for step in range(6)]
    words = (_("Chưa có hồ sơ"), _("Dưới 85%"), "85 – 90%", "90 – 95%", "95 – 98%", _("Từ 98%"))
    return {
        "width": drawn.width,
        "height": drawn.height,
        "communes": communes,
        "names": [
            {"x": one.x, "y": one.y, "name": of_commune[one.code][0]} for one in drawn.communes if one.code in lowest
        ],
        "legend": [(step, words[step], counts[step]) for step in (5, 4, 3, 2, 1, 0)],
    }


def _tiles(period: Period, standing: Standings, months: list[date]) -> list[dict[str, Any]]:
    """Six numbers with their share of a whole where they have one."""
    year = _whole([period.shares[one] for one in months if one.year == months[-1].year])
    bodies = [share for _node, share in _judged(period)]
    kept = sum(share >= WANTED for share in bodies)
    late = 100 * standing.late / standing.open if standing.open else 0.0
    return [
        {"title": _("Đang giải quyết"), "value": number(standing.open), "foot": _("trong toàn phạm vi")},
        {"title": _("Đến hạn hôm nay"), "value": number(standing.today), "foot": _("phải xong trong ngày")},
        {"title": _("Tạm dừng"), "value": number(standing.paused), "foot": _("chờ bổ sung, chờ nộp phí")},
        {
            "title": _("Quá hạn trên số đang giải quyết"), "value": percent(late), "share": late,
            "kind": "bad" if standing.late else "ok", "foot": _("%(n)s hồ sơ") % {"n": number(standing.late)},
        },
        {
            "title": _("Đúng và trước hạn từ đầu năm"), "value": percent(year.percent), "share": year.percent or 0,
            "kind": _kind(year.percent), "foot": _("%(n)s đã giải quyết") % {"n": number(year.resolved)},
        },
        {
            "title": _("Đơn vị từ 95% trở lên"), "value": number(kept), "of": number(len(bodies)),
            "share": 100 * kept / len(bodies) if bodies else 0, "kind": "ok",
            "foot": _("có hồ sơ xong trong tháng"),
        },
    ]  # fmt: skip


def _kind(share: float | None) -> str:
    return "ok" if share is not None and share >= WANTED else "warn" if share is not None and share >= 85 else "bad"


def _whole(shares: list[Share]) -> Share:
    return Share(*(sum(getattr(one, name) for one in shares) for name in ("kept", "late", "unjudged")))
