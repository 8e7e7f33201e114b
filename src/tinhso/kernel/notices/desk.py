"""The words of notices, kind by kind: what holds, the draft, its look with sample words, publishing from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.manifest import Message, registry
from tinhso.kernel.notices import actions, queries, rules
from tinhso.kernel.notices.models import TemplateVersion
from tinhso.kernel.notices.rules import Text
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions.rules import State

SAMPLES = {
    "number": "H53.201-261117-0001",
    "due": "17:00 ngày 24/11/2026",
    "message": "Chụp lại bản vẽ cho rõ chữ.",
    "reason": "Thiếu giấy tờ bắt buộc.",
    "amount": "75.000",
    "result": "15/GPXD",
    "new_date": "30/11/2026",
    "target": "Sở Xây dựng",
}


def _manager(request: HttpRequest) -> Actor:
    actor = acting(request)
    if not actor.may("notices.manage"):
        raise NotAllowed
    return actor


@login_required
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """All kinds of notice, by module, with the title that holds today."""
    _manager(request)
    day, names = timezone.localdate(), queries.groups()
    own = {
        one.template.kind: one
        for one in TemplateVersion.objects.in_force_on(day).select_related("template").order_by("valid_from")
    }
    drafts = set(TemplateVersion.objects.filter(state=State.DRAFT).values_list("template__kind", flat=True))
    rows = [
        {
            "kind": kind,
            "module": names[rules.group_of(kind)],
            "title": own[kind].text.title if kind in own else declared.title,
            "version": own.get(kind),
            "has_draft": kind in drafts,
        }
        for kind, declared in sorted(registry.messages.items())
    ]
    return render(request, "notices/desk/templates.html", {"rows": rows})


def _declared(kind: str) -> Message:
    try:
        return registry.messages[kind]
    except KeyError as missing:
        raise NotFound from missing


@login_required
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind: its words in a form, what they look like, and its versions."""
    actor, declared = _manager(request), _declared(kind)
    if request.method == "POST":
        text = Text(*(request.POST.get(name, "").replace("\r\n", "\n") for name in ("title", "body", "sms")))
        try:
            actions.draft_template(kind=kind, text=text, by=actor, at=timezone.now())
        except Refusal as refusal:
            return _page(request, declared, text, [(refusal.field or "title", refusal.message)])
        return redirect("notices:template", kind)
    return _page(request, declared, None, [])


def _page(request: HttpRequest, declared: Message, typed: Text | None, errors: list[tuple[str, str]]) -> HttpResponse:
    versions = list(
        TemplateVersion.objects.filter(template__kind=declared.kind).select_related("published_by").order_by("-number")
    )
    draft = next((one for one in versions if one.is_draft), None)
    text = typed or (draft.text if draft else queries.text_of(declared.kind, timezone.localdate()))
    context: dict[str, Any] = {
        "kind": declared.kind,
        "declared": declared,
        "text": text,
        "words": queries.words_of(declared),
        "shown": None if errors else rules.filled(text, SAMPLES),
        "draft": draft,
        "versions": [one for one in versions if not one.is_draft],
        "today": timezone.localdate(),
        "errors": errors,
        "has_errors": bool(errors),
    }
    return render(request, "notices/desk/template.html", context, status=422 if errors else 200)


@login_required
@require_POST
def publish(request: HttpRequest, kind: str) -> HttpResponse:
    """Have the draft hold from the chosen day on."""
    actor, declared = _manager(request), _declared(kind)
    try:
        valid_from = date.fromisoformat(request.POST.get("valid_from", ""))
    except ValueError:
        return _page(request, declared, None, [("valid_from", _("Chọn ngày hiệu lực."))])
    try:
        actions.publish_template(kind=kind, valid_from=valid_from, by=actor, at=timezone.now())
    except Refusal as refusal:
        return _page(request, declared, None, [(refusal.field or "valid_from", refusal.message)])
    return redirect("notices:template", kind)
