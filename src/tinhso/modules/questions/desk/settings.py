"""Legal sources that answers cite, and the routing in force with its next edition."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.modules.questions import forms
from tinhso.modules.questions.actions import library
from tinhso.modules.questions.actions.routing import publish_routing
from tinhso.modules.questions.models import LegalSource, RoutingEdition
from tinhso.modules.questions.queries import routing as routes
from tinhso.modules.questions.rules import Permission
from tinhso.modules.questions.rules.routing import LEVELS

SHOWN = 50


@officials_who(Permission.SOURCES)
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Legal documents by number, with how many answers cite each."""
    return _sources(request, {})


def _sources(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    text, after = forms.plain(request.GET, "q", 80).strip(), forms.plain(request.GET, "sau", 80)
    rows = LegalSource.objects.order_by("number")
    if text:
        rows = rows.filter(number__icontains=text)
    if after:
        rows = rows.filter(number__gt=after)
    got = list(rows[: SHOWN + 1])
    counts = dict(
        LegalSource.objects.filter(pk__in=[one.pk for one in got]).annotate(n=Count("citations")).values_list("pk", "n")
    )
    context = {
        "sources": [(one, counts.get(one.pk, 0)) for one in got[:SHOWN]],
        "more": got[SHOWN - 1].number if len(got) > SHOWN else "",
        "text": text,
        **more,
    }
    return render(request, "questions/desk/sources.html", context, status=status)


@officials_who(Permission.SOURCES)
@require_POST
def replace(request: HttpRequest, source_id: int) -> HttpResponse:
    """Write down that a document was replaced; answers that cite it are looked at again."""
    try:
        entry = library.replace_source(
            source_id=source_id,
            replaced_by=forms.plain(request.POST, "replaced_by", 100),
            replaced_on=forms.day(request.POST.get("replaced_on", "")) or timezone.localdate(),
            by=acting(request),
            at=timezone.now(),
        )
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        errors = [(refusal.field or f"replaced_by-{source_id}", refusal.message)]
        return _sources(request, {"errors": errors, "has_errors": True}, refusal.status)
    said = _("Đã ghi %(number)s được thay thế. Các câu trả lời dẫn văn bản này chuyển sang đang rà soát.")
    messages.success(request, said % {"number": entry.data["number"]})
    return redirect(reverse("questions:sources") + "?" + urlencode({"q": entry.data["number"]}))


@officials_who(Permission.ROUTE)
@require_http_methods(["GET", "POST"])
def routing(request: HttpRequest) -> HttpResponse:
    """Who answers what today, and a form for the next edition."""
    more: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            edition = _publish(request)
            messages.success(request, _("Đã công bố bảng phân luồng số %(n)s.") % {"n": edition.number})
            return redirect("questions:routing")
        except NotAllowed:
            raise
        except Refusal as refusal:
            more = {"errors": [(refusal.field or "valid_from", refusal.message)], "has_errors": True}
            status = refusal.status
    return render(request, "questions/desk/routing.html", {**_routing(), **more}, status=status)


def _content() -> dict[str, Any]:
    found = routes.edition_id_on(timezone.localdate())
    return dict(RoutingEdition.objects.values_list("content", flat=True).get(pk=found)) if found else {}


def _routing() -> dict[str, Any]:
    content = _content()
    found = routes.edition_id_on(timezone.localdate())
    edition = RoutingEdition.objects.filter(pk=found).first() if found else None
    return {
        "edition": edition,
        "rows": content.get("fields", []),
        "days": [(code, name, content.get("days", {}).get(code, "")) for code, name in LEVELS.items()],
        "content": content,
        "units": _departments(),
    }


def _departments() -> list[tuple[str, str]]:
    """The province's departments as choices: code within the province, name."""
    known, today = tree(), timezone.localdate()
    root = known.nodes[known.root_ids[0]]
    found = [
        (one.code.removeprefix(f"{root.code}-"), one.short_name)
        for one in known.nodes.values()
        if one.parent_id == root.id and one.kind in (Kind.DEPARTMENT, Kind.VERTICAL) and one.lives_on(today)
    ]
    return sorted(found, key=lambda one: fold(one[1]))


def _publish(request: HttpRequest) -> RoutingEdition:
    """The edition in force with the units, places and days of the form, from the day of the form on."""
    said, content = request.POST, _content()
    rows = [
        {**row, "unit": forms.plain(said, f"unit-{row['code']}", 20), "local": said.get(f"local-{row['code']}") == "1"}
        for row in content.get("fields", [])
    ]
    new_code, new_name = forms.plain(said, "code-new", 40).strip(), forms.plain(said, "name-new", 100).strip()
    if new_name:
        rows.append(
            {
                "code": fold(new_code or new_name).replace(" ", "-")[:40],
                "name": new_name,
                "unit": said.get("unit-new", ""),
            }
        )
    first = forms.day(said.get("valid_from", ""))
    if first is None:
        raise Refusal("questions.valid_from", _("Nhập ngày bắt đầu áp dụng, như 01/12/2026."), field="valid_from")
    days = {code: forms.number(said, f"days-{code}") or 0 for code in LEVELS}
    return publish_routing(
        {**content, "fields": rows, "days": days},
        valid_from=first,
        legal_source=forms.plain(said, "legal_source", 250).strip(),
        by=acting(request),
        at=timezone.now(),
    )
