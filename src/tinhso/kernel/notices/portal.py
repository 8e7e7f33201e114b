"""A person's own notices, and who looked at their files. Reading a page changes nothing; marking as read is a POST."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.manifest import registry
from tinhso.kernel.notices import actions, carriers, queries, viewers
from tinhso.kernel.notices.rules import CHANNEL_NAMES, Channel
from tinhso.kernel.people.rules import Actor


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _key(request: HttpRequest) -> int | None:
    """The key of a page from the address; anything else means the first page."""
    text = request.GET.get("sau", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@never_cache
@login_required
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    notices, after = queries.page(_actor(request).account_id, after=_key(request))
    context = {"notices": notices, "after": after, "unread": queries.unread_count(_actor(request).account_id)}
    return render(request, "notices/portal/list.html", context)


@login_required
@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark it read and go where it leads."""
    try:
        notice = actions.read(notice_id=notice_id, by=_actor(request), at=timezone.now())
    except NotFound as missing:
        raise Http404 from missing
    return HttpResponseRedirect(notice.url)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    actions.read_all(by=_actor(request), at=timezone.now())
    return HttpResponseRedirect(reverse("notices:list"))


@never_cache
@login_required
@require_GET
def show_viewers(request: HttpRequest) -> HttpResponse:
    """Who among the officials opened one of my files, when and how often."""
    views, after = viewers.page(_actor(request), after=_key(request))
    return render(request, "notices/portal/viewers.html", {"views": views, "after": after})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """What one wants to be told by which way, when not to be disturbed, and the browsers that take messages."""
    actor = _actor(request)
    assert actor.account_id is not None
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        begins, ends = (_time(request.POST.get(name, "")) for name in ("begins", "ends"))
        if begins and ends:
            shown = queries.choices(is_official=actor.is_official)
            wanted = {
                (group, way) for one in shown for way in Channel if f"{one.code}-{way}" in request.POST
                for group in one.groups
            }  # fmt: skip
            asked = [group for one in shown for group in one.groups]
            actions.prefer(wanted=wanted, asked=asked, ways=_ways(), begins=begins, ends=ends, by=actor)
            return HttpResponseRedirect(reverse("notices:settings") + "?xong=1")
        errors = [(name, _("Ghi giờ như 21:00.")) for name, hour in (("begins", begins), ("ends", ends)) if not hour]
    context = _settings(actor) | {
        "errors": errors, "has_errors": bool(errors), "is_done": request.GET.get("xong") == "1",
    }  # fmt: skip
    return render(request, "notices/portal/settings.html", context, status=422 if errors else 200)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ending mails from the link in one of them: opening it asks, posting does it, also by mail programs (RFC 8058)."""
    is_done = request.method == "POST"
    try:
        group = actions.stop_mail(token=token) if is_done else carriers.stopped_by(token)[1]
    except NotFound as missing:
        raise Http404 from missing
    context = {"group": queries.groups().get(group, group), "is_done": is_done}
    return render(request, "notices/portal/stop.html", context)


def _settings(actor: Actor) -> dict[str, Any]:
    assert actor.account_id is not None
    wishes = queries.wishes(actor.account_id)
    ways = _ways()
    return {
        "wishes": wishes,
        "ways": [CHANNEL_NAMES[way] for way in ways],
        "groups": [
            (one.name, [(f"{one.code}-{way}", CHANNEL_NAMES[way], wishes.wants(one.groups, way)) for way in ways])
            for one in queries.choices(is_official=actor.is_official)
        ],
        "application_key": carriers.application_key(),
    }


def _ways() -> list[Channel]:
    """Those by which this deployment can tell anybody anything."""
    there = {Channel.SMS: bool(settings.SMS_GATEWAY), Channel.MESSAGE: bool(registry.carriers)}
    return [way for way in Channel if there.get(way, True)]


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


@login_required
@require_POST
def add_device(request: HttpRequest) -> HttpResponse:
    """What the page's script sends once the person has allowed messages in this browser."""
    said = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth", "name")}
    try:
        actions.add_device(**said, by=_actor(request), at=timezone.now())
    except Refusal as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    return JsonResponse({}, status=201)


@login_required
@require_POST
def remove_device(request: HttpRequest, device_id: int) -> HttpResponse:
    actions.remove_device(device_id=device_id, by=_actor(request))
    return HttpResponseRedirect(reverse("notices:settings"))
