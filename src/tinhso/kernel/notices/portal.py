"""A person's own notices, and who looked at their files. Reading a page changes nothing; marking as read is a POST."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.errors import NotFound
from tinhso.kernel.notices import actions, queries, viewers
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
