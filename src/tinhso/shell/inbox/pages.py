"""The worklist pages. All that was asked for stands in the address, so a list can be sent to a colleague."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.cases.addresses import desk_page
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import by_number
from tinhso.kernel.errors import NotAllowed, NotFound
from tinhso.kernel.journal.actions import viewed
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import sentence
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.shell.inbox import actions, lines, queries
from tinhso.shell.inbox import asked as asking

PRINTED = 200
LATEST_ENTRIES = 8


def _official(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_official:
        raise NotAllowed("inbox.officials_only", _("Trang này dành cho cán bộ. Về trang chủ để xem hồ sơ của bạn."))
    return actor


@never_cache
@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The worklist over all kinds of case."""
    actor, at = _official(request), timezone.now()
    asked, units = asking.read(request.GET), queries.units_of(actor)
    rows, more = queries.page(asked, actor, units, at)
    context = {
        "asked": asked,
        "title": _(asking.TITLES[asked.list_code]),
        "rows": rows,
        "lines": lines.written(rows, at),
        "more": asked.address(sau=more) if more else "",
        "first": asked.address() if asked.wanted.after else "",
        "at": at,
        "print": asked.address(),
        **_around(asked, actor, units, at),
    }
    return render(request, "inbox/list.html", context)


def _around(asked: asking.Asked, actor: Actor, units: frozenset[int], at: Any) -> dict[str, Any]:
    """Counters, lists at the left, filters."""
    counted = queries.counters(asked, actor, units, at)
    waiting = queries.waiting(actor, units)
    return {
        "number": counted[""],
        "counters": [
            {"title": _(title), "count": counted[urgency], "kind": kind, "url": asked.address(loc=urgency.value),
             "on": asked.wanted.urgency is urgency}
            for urgency, title, kind in asking.QUICK
        ],
        "lists": [
            {"title": _(title), "icon": icon, "url": reverse("desk_list") + f"?danh-sach={code}",
             "count": waiting.get(code), "on": asked.list_code == code}
            for code, title, icon in asking.LISTS
        ],
        "many": queries.MANY,
        "may_take": any(actor.may(kind.work) for kind in queries.registry.case_kinds.values()),
        **queries.choices(actor, units),
    }  # fmt: skip


@never_cache
@login_required
@require_GET
def print_list(request: HttpRequest) -> HttpResponse:
    """The same list on paper: its first 200 lines."""
    actor, at = _official(request), timezone.now()
    asked = asking.read(request.GET).first_page()
    rows, more = queries.page(asked, actor, queries.units_of(actor), at, PRINTED)
    context = {"rows": rows, "is_cut": bool(more), "at": at, "title": _(asking.TITLES[asked.list_code]), "who": actor}
    return render(request, "inbox/print.html", context)


@login_required
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Give me the most urgent free case and open it."""
    actor = _official(request)
    case = actions.take_next(by=actor, at=timezone.now())
    queries.forget(actor)
    if case is None:
        messages.info(request, _("Không còn việc nào chưa có người nhận trong phạm vi của bạn."))
        return HttpResponseRedirect(reverse("desk"))
    messages.success(request, _("Bạn đã nhận %(number)s.") % {"number": case.number})
    return HttpResponseRedirect(desk_page(case.kind_of, case.number) or reverse("desk"))


@never_cache
@login_required
@require_GET
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """A case beside the list, for kinds whose module has no short view of its own. Looking is noted."""
    actor, at = _official(request), timezone.now()
    case = by_number(number, actor) if number.isprintable() else None
    if case is None:
        raise NotFound
    if case.owner_id != actor.account_id:
        viewed(case_id=case.pk, by=actor, at=at, on=timezone.localdate(at))
    context = {
        "case": case,
        "left": queries.left_of(case, timezone.localtime(at)),
        "url": desk_page(case.kind_of, case.number),
        "history": _history(case),
    }
    return render(request, "inbox/peek.html", context)


def _history(case: Case) -> list[dict[str, Any]]:
    names = tree().nodes
    rows = Entry.objects.filter(case_id=case.pk).order_by("-seq")[:LATEST_ENTRIES]
    return [
        {"title": sentence(row), "at": row.at, "kind": "done", "actor": row.actor_name,
         "place": names[row.unit_id].short_name if row.unit_id and row.unit_id in names else ""}
        for row in rows
    ]  # fmt: skip
