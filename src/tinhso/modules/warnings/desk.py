"""Where officials write, approve, update and withdraw warnings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.modules.warnings import forms
from tinhso.modules.warnings.actions import writing
from tinhso.modules.warnings.models import Bulletin, Warning
from tinhso.modules.warnings.queries import desk as queries
from tinhso.modules.warnings.queries import places
from tinhso.modules.warnings.rules import KIND_NAMES, LEVEL_NAMES, MOVES, UNSAID, Permission, Verb

RIGHTS = (Permission.WRITE, Permission.APPROVE)


@never_cache
@officials_who(*RIGHTS)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """My units' warnings, newest first."""
    before = request.GET.get("truoc", "")
    rows, more = queries.page(acting(request), int(before) if before.isdecimal() and len(before) < 19 else None)
    now = timezone.now()
    shown = [(one, latest, latest.expires_at <= now) for one in rows for latest in list(one.bulletins.all())[:1]]
    context = {"rows": shown, "more": more, "may_write": acting(request).may(Permission.WRITE)}
    return render(request, "warnings/desk/home.html", context)


@never_cache
@officials_who(Permission.WRITE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first bulletin of a warning."""
    actor, at = acting(request), timezone.now()
    if request.method == "POST":
        try:
            kind, text = forms.kind_of(request.POST), forms.text_of(request.POST, at)
            unit = _own_unit(actor)
            made = writing.draft(kind=kind, unit_id=unit, text=text, by=actor, at=at)
            return redirect("warnings:detail", made.warning.code)
        except Refusal as no:
            return _form(request, actor, said=_said(request.POST), no=no)
    return _form(request, actor, said={})


@never_cache
@officials_who(Permission.WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The draft of a warning."""
    actor, at, warning = acting(request), timezone.now(), _warning(request, code)
    draft = warning.bulletins.filter(state=MOVES[Verb.CHANGE][0]).first()
    if draft is None:
        return redirect("warnings:detail", code)
    if request.method == "POST":
        try:
            writing.change(warning_id=warning.pk, text=forms.text_of(request.POST, at), by=actor, at=at)
            return redirect("warnings:detail", code)
        except Refusal as no:
            return _form(request, actor, said=_said(request.POST), no=no, warning=warning)
    return _form(request, actor, said=_kept(draft), warning=warning)


@never_cache
@officials_who(*RIGHTS)
@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """All that was said of a warning, by whom, and how far it was told; what can be done now."""
    return _detail(request, _warning(request, code))


@officials_who(*RIGHTS)
@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Submit, send back, publish, update or withdraw."""
    warning = _warning(request, code)
    if verb not in _ACTS:
        raise NotFound
    asked: dict[str, Any] = {"warning_id": warning.pk, "by": acting(request), "at": timezone.now()}
    if verb in ("tra-lai", "rut"):
        asked["reason"] = request.POST.get("reason", "").replace("\0", "")
    try:
        _ACTS[verb](**asked)
    except Refusal as no:
        if no.status != 422:
            raise
        return _detail(request, warning, no)
    return redirect("warnings:edit" if verb == "cap-nhat" else "warnings:detail", code)


_ACTS: Mapping[str, Callable[..., Bulletin]] = {
    "trinh": writing.submit,
    "tra-lai": writing.send_back,
    "duyet": writing.publish,
    "cap-nhat": writing.update,
    "rut": writing.withdraw,
}


def _warning(request: HttpRequest, code: str) -> Warning:
    found = queries.one(acting(request), code)
    if found is None:
        raise NotFound
    return found


def _own_unit(actor: Actor) -> int:
    """In whose name an official warns: their unit's, where the right holds there, else the first unit of the right."""
    scope = actor.scope(Permission.WRITE)
    if actor.unit_id is not None and scope.covers(actor.unit_id):
        return tree().body_of(actor.unit_id).id
    return min(scope.units) if scope.units else tree().root_ids[0]


def _detail(request: HttpRequest, warning: Warning, no: Refusal | None = None) -> HttpResponse:
    actor, rows = acting(request), queries.bulletins(warning)
    states = {row.state for row in rows}
    may = {
        verb.value for verb, (state, right) in MOVES.items() if state in states and actor.may(right, warning.unit_id)
    }
    waiting = next((row for row in rows if row.state in UNSAID), None)
    if waiting is not None:
        may.discard(Verb.UPDATE)
    if waiting is not None and waiting.written_by_id == actor.account_id:
        may.discard(Verb.PUBLISH)
    context = {
        "warning": warning,
        "bulletins": [(row, places.names([area.unit_id for area in row.areas.all()], 8)) for row in rows],
        "history": queries.history(warning),
        "may": may,
        "now": timezone.now(),
        "crumbs": [(_("Cảnh báo công cộng"), reverse("warnings:desk")), (warning.code, "")],
        "error": no.message if no else "",
        "has_errors": bool(no),
    }
    return render(request, "warnings/desk/detail.html", context, status=422 if no else 200)


def _form(
    request: HttpRequest,
    actor: Actor,
    *,
    said: Mapping[str, Any],
    no: Refusal | None = None,
    warning: Warning | None = None,
) -> HttpResponse:
    scope, known = actor.scope(Permission.WRITE), tree()
    within = None if scope.everywhere else known.subtrees(known.body_of(one).id for one in scope.units)
    errors = forms.left_out(request.POST) or [(no.field or "title", no.message)] if no else []
    context = {
        "warning": warning,
        "said": said,
        "kinds": KIND_NAMES.items(),
        "levels": [(str(int(level)), name) for level, name in LEVEL_NAMES.items()],
        "places": [(one.code, one.short_name) for one in places.places(within)],
        "errors": errors,
        "errors_by": dict(errors),
        "has_errors": bool(errors),
    }
    return render(request, "warnings/desk/edit.html", context, status=422 if no else 200)


def _said(posted: QueryDict) -> dict[str, Any]:
    return {name: posted.get(name, "") for name in (*forms.FIELDS, "kind")} | {"areas": posted.getlist("areas")}


def _kept(draft: Bulletin) -> dict[str, Any]:
    nodes = tree().nodes
    return {
        "title": draft.title,
        "body": draft.body,
        "advice": draft.advice,
        "level": str(draft.level),
        "begins_at": forms.shown(draft.begins_at),
        "expires_at": forms.shown(draft.expires_at),
        "areas": [nodes[one].code for one in draft.areas.values_list("unit", flat=True) if one in nodes],
    }
