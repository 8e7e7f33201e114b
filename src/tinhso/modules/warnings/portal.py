"""Warnings for everybody: what holds now, one warning, feeds for programs, and following places."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.units.queries import tree
from tinhso.modules.warnings import forms
from tinhso.modules.warnings.actions import subscribing
from tinhso.modules.warnings.queries import places, shown
from tinhso.modules.warnings.queries.shown import Shown
from tinhso.modules.warnings.rules import LEVELS, Level, State, cap


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What holds now, in the whole province or in one place (``?noi=`` code)."""
    node = tree().by_code.get(request.GET.get("noi", ""))
    context = {
        "warnings": shown.current(timezone.now(), node.id if node else None),
        "places": [(one.code, one.short_name) for one in places.places()],
        "place": node.code if node else "",
    }
    return render(request, "warnings/portal/home.html", context)


@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One warning, also when it is over: a link from a message must not lead nowhere."""
    found = shown.one(code)
    if found is None:
        raise NotFound
    nodes = tree().nodes
    context = {
        "one": found,
        "is_over": found.row.expires_at <= timezone.now(),
        "is_withdrawn": found.row.state == State.WITHDRAWN,
        "areas": sorted(nodes[unit].name for unit in found.row.units if unit in nodes),
        "crumbs": [(_("Cảnh báo"), reverse("warnings:home")), (found.code, "")],
    }
    return render(request, "warnings/portal/one.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The places whose warnings I want to be told."""
    actor = acting(request)
    context: dict[str, Any] = {
        "places": [(one.code, one.short_name) for one in places.places()],
        "is_done": request.GET.get("xong") == "1",
    }
    if request.method == "POST":
        try:
            units = forms.units_of(request.POST.getlist("places"))
            subscribing.subscribe(units=units, by=actor, at=timezone.now())
            return redirect(reverse("warnings:mine") + "?xong=1")
        except Refusal as no:
            context |= {"errors": [("places", no.message)], "has_errors": True}
    nodes = tree().nodes
    context["followed"] = [nodes[one].code for one in shown.places_of(actor) if one in nodes]
    return render(request, "warnings/portal/mine.html", context, status=422 if "errors" in context else 200)


@require_safe
@cache_control(public=True, max_age=60)
def rss(request: HttpRequest) -> HttpResponse:
    """What holds now as RSS; each item carries its message in the Common Alerting Protocol."""
    feed = Rss201rev2Feed(
        title=_("Cảnh báo công cộng"),
        link=settings.BASE_URL + reverse("warnings:home"),
        description=_("Cảnh báo đang có hiệu lực trên địa bàn tỉnh"),
        language="vi",
        feed_url=settings.BASE_URL + request.path,
    )
    for found in shown.current(timezone.now()):
        feed.add_item(
            title=_readable(f"{found.level_name}: {found.row.title}"),
            link=_page(found),
            description=_readable(f"{found.area}. {found.row.body}"),
            pubdate=found.row.published_at,
            unique_id=_identifier(found),
            unique_id_is_permalink=False,
            categories=[found.kind_name],
            enclosures=[Enclosure(_cap_address(found), "0", "application/cap+xml")],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=60)
def data(request: HttpRequest) -> HttpResponse:
    """What holds now, and what was withdrawn within a day, as JSON."""
    at = timezone.now()
    said = {"at": _moment(at), "warnings": [_told(found) for found in shown.told(at)]}
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/json; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
@cache_control(public=True, max_age=60)
def message(request: HttpRequest, code: str, number: int, is_cancelling: bool = False) -> HttpResponse:
    """One bulletin in the Common Alerting Protocol; its cancellation has an address of its own."""
    found = shown.one(code, number)
    if found is None or (is_cancelling and found.row.state != State.WITHDRAWN):
        raise NotFound
    return HttpResponse(cap.written(_message(found, is_cancelling)), content_type=cap.CONTENT_TYPE)


def _message(found: Shown, is_cancelling: bool) -> cap.Message:
    row, nodes = found.row, tree().nodes
    earlier = shown.published_before(found.code, row.number)
    before = (cap.identifier(_host(), found.code, earlier[0]), timezone.localtime(earlier[1])) if earlier else None
    if is_cancelling:
        before = (_identifier(found), timezone.localtime(row.published_at))
    ended_at = row.ended_at or row.published_at
    return cap.Message(
        identifier=cap.identifier(_host(), found.code, row.number, is_cancelling=is_cancelling),
        sender=_host(),
        sender_name=found.issuer,
        sent_at=timezone.localtime(ended_at if is_cancelling else row.published_at),
        is_cancelling=is_cancelling,
        is_test=row.warning__is_demonstration,
        kind=row.warning__kind,
        level=row.level,
        title=row.title,
        body=row.reason if is_cancelling else row.body,
        advice="" if is_cancelling else row.advice,
        begins_at=timezone.localtime(row.begins_at),
        expires_at=timezone.localtime(row.expires_at),
        web=_page(found),
        areas=[cap.Area(nodes[unit].name, nodes[unit].code) for unit in row.units if unit in nodes],
        before=before,
    )


def _told(found: Shown) -> dict[str, Any]:
    row, nodes = found.row, tree().nodes
    return {
        "id": _identifier(found),
        "code": found.code,
        "state": row.state,
        "kind": row.warning__kind,
        "kind_name": found.kind_name,
        "level": row.level,
        "level_name": found.level_name,
        "severity": LEVELS[Level(row.level)][2],
        "title": row.title,
        "body": row.body,
        "advice": row.advice,
        "issuer": found.issuer,
        "areas": [{"code": nodes[one].code, "name": nodes[one].name} for one in row.units if one in nodes],
        "begins_at": _moment(row.begins_at),
        "expires_at": _moment(row.expires_at),
        "published_at": _moment(row.published_at),
        "is_demonstration": row.warning__is_demonstration,
        "url": _page(found),
        "cap": _cap_address(found),
    }


def _cap_address(found: Shown) -> str:
    name = "warnings:cancel" if found.row.state == State.WITHDRAWN else "warnings:cap"
    return str(settings.BASE_URL + reverse(name, args=[found.code, found.row.number]))


def _identifier(found: Shown) -> str:
    return cap.identifier(_host(), found.code, found.row.number)


def _page(found: Shown) -> str:
    return str(settings.BASE_URL + reverse("warnings:one", args=[found.code]))


def _host() -> str:
    """Whose warnings these are, for programs: this platform's name in the network."""
    return str(settings.BASE_URL).partition("://")[2] or "localhost"


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _readable(text: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(one for one in text if one >= " " or one in "\n\t")
