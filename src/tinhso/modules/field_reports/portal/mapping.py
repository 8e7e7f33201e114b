"""The public map and list: clusters, what is near, one report, feeds and figures."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tinhso.kernel.api.responses import fast
from tinhso.kernel.cases.queries import read_key
from tinhso.kernel.errors import NotFound
from tinhso.kernel.files.serving import response as file_response
from tinhso.kernel.letters import plain
from tinhso.kernel.people.rules import EVERYWHERE
from tinhso.kernel.places import onmap, shapes
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.queries import figures as counted
from tinhso.modules.field_reports.queries import listing
from tinhso.modules.field_reports.queries import onmap as layer
from tinhso.modules.field_reports.queries.catalogue import catalogue_on
from tinhso.modules.field_reports.queries.listing import STATES, STATUSES, Wanted
from tinhso.modules.field_reports.queries.pages import COLOURS, communes
from tinhso.modules.field_reports.queries.public import PublicReport
from tinhso.modules.field_reports.rules.catalogue import Catalogue
from tinhso.modules.field_reports.rules.figures import RANKED_FROM
from tinhso.modules.field_reports.rules.places import Point, point

FEED_SIZE, DATA_SIZE = 30, 500
LONGEST_PERIOD = timedelta(days=3 * 366)


def _catalogue() -> Catalogue:
    return catalogue_on(timezone.localdate())[1]


def _wanted(request: HttpRequest) -> Wanted:
    """What the address asks for; the list of kinds is looked up only where it names one."""
    return listing.wanted(request.GET, _catalogue().categories if request.GET.get("loai") else ())


@require_safe
def show_map(request: HttpRequest) -> HttpResponse:
    """The newest reports beside a map of them; filters stand in the address."""
    at, asked = timezone.now(), _wanted(request)
    reports, more = listing.page(asked, read_key(request.GET.get("sau", "")), at=at)
    context = _listed(reports) | {
        "asked": asked,
        "more": _more(asked, more),
        "groups": list(_catalogue().groups()),
        "communes": communes(),
        "states": list(STATES.items()),
        "periods": _periods(at),
        "drawing": _drawing(asked),
        "bounds": shapes.bounds(),
        "has_filters": bool(asked.query),
    }
    return render(request, "field_reports/portal/map.html", context)


def _listed(reports: list[PublicReport]) -> dict[str, Any]:
    small = listing.thumbnails(reports)
    return {"rows": [{"one": one, "photo": small.get(one.id), "colour": COLOURS[one.state]} for one in reports]}


def _more(asked: Wanted, key: str) -> str:
    return f"?{asked.query}{'&' if asked.query else ''}sau={key}".replace("+", "%2B") if key else ""


def _periods(at: datetime) -> list[tuple[str, str]]:
    """This year and the one before, and their last twelve months."""
    today = timezone.localtime(at).date()
    found = [(str(today.year - n), _("Năm %(year)s") % {"year": today.year - n}) for n in range(2)]
    day = today.replace(day=1)
    for _n in range(12):
        found.append((f"{day:%Y-%m}", _("Tháng %(month)s") % {"month": f"{day:%m/%Y}"}))
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _drawing(asked: Wanted) -> dict[str, Any]:
    """The map as a picture of the page itself: communes with counted circles, for those without scripts."""
    drawn = shapes.drawing()
    view = onmap.View(*shapes.bounds(), zoom=7, kind=asked.kind, period=asked.period, commune_id=asked.commune_id,
                      statuses=STATUSES[asked.state])  # fmt: skip
    circles = []
    for one in onmap.clusters(layer.LAYER, view):
        x, y = drawn.place(one.longitude, one.latitude)
        circles.append({"x": x, "y": y, "r": _radius(one.number), "number": _short(one.number)})
    return {"width": drawn.width, "height": drawn.height, "communes": drawn.communes, "circles": circles,
            "total": sum(one.number for one in onmap.clusters(layer.LAYER, view))}  # fmt: skip


def _radius(number: int) -> int:
    return 8 + 3 * min(4, len(str(number)))


def _short(number: int) -> str:
    return str(number) if number < 1000 else f"{number / 1000:.1f}".rstrip("0").rstrip(".").replace(".", ",") + "k"


@require_safe
@cache_control(public=True, max_age=60)
def clusters(request: HttpRequest) -> HttpResponse:
    """Clusters of ``?khung=west,south,east,north&muc=zoom`` as rows of longitude, latitude, number, and key where a
    report stands alone, by which ``single`` says what it is."""
    found = onmap.clusters(layer.LAYER, _view(request))
    rows = [[one.longitude, one.latitude, one.number, *(() if one.key is None else (one.key,))] for one in found]
    return fast({"clusters": rows})


@require_safe
@cache_control(public=True, max_age=60)
def single(request: HttpRequest, key: int) -> HttpResponse:
    """Code and title of a public report that stands alone on the map: asked when somebody wants to know."""
    named = layer.named(key)
    if named is None:
        raise NotFound
    return fast({"code": named[0], "title": named[1]})


def _view(request: HttpRequest) -> onmap.View:
    asked = _wanted(request)
    parts = request.GET.get("khung", "").split(",")
    corners = (point(parts[1], parts[0]), point(parts[3], parts[2])) if len(parts) == 4 else (None, None)
    low, high = corners
    zoom = request.GET.get("muc", "")
    box = shapes.bounds()
    if low is not None and high is not None and low.longitude < high.longitude and low.latitude < high.latitude:
        box = _within((low.longitude, low.latitude, high.longitude, high.latitude), box)
    return onmap.View(
        *box, zoom=min(20, int(zoom)) if zoom.isdecimal() and len(zoom) < 3 else 8, kind=asked.kind,
        period=asked.period, commune_id=asked.commune_id, statuses=STATUSES[asked.state],
    )  # fmt: skip


Corners = tuple[float, float, float, float]


def _within(box: Corners, most: Corners) -> Corners:
    """The part of the box that lies in the province and a little around it."""
    edge = 0.3
    west, south = max(box[0], most[0] - edge), max(box[1], most[1] - edge)
    east, north = min(box[2], most[2] + edge), min(box[3], most[3] + edge)
    return (west, south, east, north) if west < east and south < north else most


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """The twenty reports nearest to a place; asks for one where none is given."""
    where = point(request.GET.get("lat", ""), request.GET.get("lon", ""))
    kind = _wanted(request).kind
    found = layer.nearest(where, kind=kind) if where else []
    context = _listed([one for one, _metres in found])
    for row, (_one, away) in zip(context["rows"], found, strict=True):
        row["away"] = _away(away)
    context |= {"where": where, "is_inside": where is None or _is_inside(where)}
    return render(request, "field_reports/portal/near.html", context)


def _away(metres: int) -> str:
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:.1f} km".replace(".", ",")


def _is_inside(where: Point) -> bool:
    return shapes.is_in_province(where.longitude, where.latitude)


@require_safe
def report(request: HttpRequest, number: str) -> HttpResponse:
    """One report: what was seen, what was done, and everything between. A merged one leads to the whole's page."""
    found = listing.story(number)
    if found is None:
        if heir := listing.merged_into(number):
            return redirect("field_reports:public", heir)
        raise NotFound
    one = found.report
    context = {
        "one": one,
        "steps": found.steps,
        "colour": COLOURS[one.state],
        "before": [photo for photo in one.photos if not photo.is_after],
        "after": [photo for photo in one.photos if photo.is_after],
        "spot": shapes.drawing().place(one.longitude, one.latitude) if one.longitude and one.latitude else None,
        "drawing": {"width": shapes.drawing().width, "height": shapes.drawing().height,
                    "communes": shapes.drawing().communes},
    }  # fmt: skip
    return render(request, "field_reports/portal/report.html", context)


@require_safe
def photo(request: HttpRequest, photo_id: int, small: str = "") -> HttpResponseBase:
    """A picture as everybody may see it."""
    found = listing.photo(photo_id, small=bool(small))
    if found is None:
        raise NotFound
    answer = file_response(found, inline=True)
    answer["Cache-Control"] = "public, max-age=300"  # short: an official may hide more of it
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@require_safe
@cache_control(public=True, max_age=300)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest reports as RSS, through the same filters."""
    asked = _wanted(request)
    base = settings.BASE_URL
    made = Rss201rev2Feed(
        title=_("Phản ánh hiện trường"), link=f"{base}{reverse('field_reports:map')}", language="vi",
        description=_("Người dân phản ánh, đơn vị xử lý: những phản ánh công khai mới nhất."),
        feed_url=f"{base}{request.get_full_path()}",
    )  # fmt: skip
    for one in listing.page(asked, None, at=timezone.now(), size=FEED_SIZE)[0]:
        made.add_item(
            title=plain(f"{one.title} ({one.state_name})"),
            link=f"{base}{reverse('field_reports:public', args=[one.code])}",
            description=plain(f"{one.text}\n\n{one.answer}".strip()),
            pubdate=one.received_at,
            updateddate=one.updated_at,
            unique_id=one.code,
            unique_id_is_permalink=False,
            categories=[one.category.name, one.commune],
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=300)
def data(request: HttpRequest) -> HttpResponse:
    """Public reports as GeoJSON, newest first, 500 at once; ``next`` leads to the following ones."""
    asked = _wanted(request)
    key = read_key(request.GET.get("sau", ""))
    reports, more = listing.page(asked, key, at=timezone.now(), size=DATA_SIZE)
    said = {
        "type": "FeatureCollection",
        "note": _("Vị trí trên đất riêng được làm tròn khoảng 50 m"),
        "features": [_feature(one) for one in reports],
        "next": f"{settings.BASE_URL}{request.path}{_more(asked, more)}" if more else None,
    }
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/geo+json; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _feature(one: PublicReport) -> dict[str, Any]:
    place = None
    if one.longitude is not None and one.latitude is not None:
        place = {"type": "Point", "coordinates": [one.longitude, one.latitude]}
    return {
        "type": "Feature",
        "id": one.code,
        "geometry": place,
        "properties": {
            "title": one.title,
            "kind": one.category.code,
            "kind_name": one.category.name,
            "state": one.state,
            "state_name": one.state_name,
            "commune": one.commune,
            "unit": one.unit,
            "received_at": one.received_at.isoformat(timespec="seconds"),
            "closed_at": one.closed_at.isoformat(timespec="seconds") if one.closed_at else None,
            "url": f"{settings.BASE_URL}{reverse('field_reports:public', args=[one.code])}",
        },
    }


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Received, processed, on time of what was processed, and how satisfied people are: by unit and by kind."""
    at, today = timezone.now(), timezone.localdate()
    since = _day(request, "tu", today.replace(month=1, day=1))
    until = max(since, min(_day(request, "den", today), since + LONGEST_PERIOD))
    names = {one.code: one.name for one in _catalogue().categories.values()}
    found = counted.of_period(since, until, counted.Seen(EVERYWHERE), at, names)
    context = {"since": since, "until": until, "whole": found.whole, "units": found.units, "kinds": found.kinds,
               "ranked_from": RANKED_FROM, "counted_at": at, "drawing": _coloured(found.units)}  # fmt: skip
    return render(request, "field_reports/portal/figures.html", context)


def _day(request: HttpRequest, name: str, otherwise: Any) -> Any:
    try:
        found = datetime.strptime(request.GET.get(name, ""), "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2100 else otherwise


def _coloured(units: list[Any]) -> dict[str, Any]:
    """Communes coloured by the share in their own time, where enough was processed; others stay plain."""
    nodes = tree().nodes
    share = {
        nodes[int(one.code)].code.removeprefix("xa-"): one.tally.share_own_on_time
        for one in units
        if one.tally.is_ranked
    }
    drawn = shapes.drawing()
    communes_drawn = [
        {"path": one.path, "step": _step(share.get(one.code)), "share": share.get(one.code)} for one in drawn.communes
    ]
    return {"width": drawn.width, "height": drawn.height, "communes": communes_drawn}


def _step(share: int | None) -> int:
    """0 where nothing is known, else 1 (bad) to 5 (good)."""
    return 0 if share is None else next((n for n, least in ((5, 95), (4, 85), (3, 70), (2, 50)) if share >= least), 1)
