"""Pages for officials: the catalogue, a procedure with its versions, drafting, comparing, publishing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.language import readers_language
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.versions.rules import compare
from tinhso.modules.procedures import actions, queries
from tinhso.modules.procedures.forms import AbolishForm, DraftForm, NewForm, PublishForm
from tinhso.modules.procedures.models import Procedure, ProcedureVersion
from tinhso.modules.procedures.rules import Permission, sheets
from tinhso.modules.procedures.rules.content import Content, Names, content_to
from tinhso.modules.procedures.rules.editing import to_fields
from tinhso.modules.procedures.rules.wording import PART_NAMES

PAGE_SIZE = 50
TOLD = (
    *("name_legal", "name_plain", "everyday", "field", "agency_executing", "conditions", "limit_note", "branches"),
    *("components", "fees", "results", "legal_basis", "process", "process_decision"),
)


def _official(request: HttpRequest) -> Actor:
    """The actor, who must be an official; these pages are for nobody else."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_official:
        raise NotAllowed()
    return actor


def _asked(actor: Actor, right: Permission) -> None:
    if not actor.may(right):
        raise NotAllowed()


def _procedure(actor: Actor, code: str) -> Procedure:
    found: Procedure | None = Procedure.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound("procedures.none", _("Không tìm thấy thủ tục này."))
    return found


def _version(actor: Actor, code: str, number: int) -> ProcedureVersion:
    """A version of a procedure; drafts exist only for those who may edit or publish."""
    versions = ProcedureVersion.objects.filter(procedure=_procedure(actor, code), number=number)
    if not (actor.may(Permission.EDIT) or actor.may(Permission.PUBLISH)):
        versions = versions.binding()
    found: ProcedureVersion | None = versions.select_related("procedure", "drafted_by", "published_by").first()
    if found is None:
        raise NotFound("procedures.no_version", _("Không tìm thấy bản này của thủ tục."))
    return found


def _rights(actor: Actor) -> dict[str, bool]:
    return {"may_edit": actor.may(Permission.EDIT), "may_publish": actor.may(Permission.PUBLISH)}


@login_required
@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """All procedures the official may see, by code; paged by the code last shown."""
    actor = _official(request)
    text = request.GET.get("q", "").replace("\x00", "")
    only_drafts = request.GET.get("nhap") == "1"
    rows = queries.listed(actor, text, only_drafts).filter(code__gt=request.GET.get("sau", "")[:8]).order_by("code")
    found = list(rows[: PAGE_SIZE + 1])
    kept = {key: value for key, value in (("q", text), ("nhap", "1" if only_drafts else "")) if value}
    more = f"?{urlencode({**kept, 'sau': found[PAGE_SIZE - 1].code})}" if len(found) > PAGE_SIZE else ""
    return render(
        request,
        "procedures/desk/list.html",
        {"rows": found[:PAGE_SIZE], "text": text, "only_drafts": only_drafts, "more": more, **_rights(actor)},
    )


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A procedure that is not in the catalogue yet: code and name, then its draft."""
    actor = _official(request)
    _asked(actor, Permission.EDIT)
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if Procedure.objects.filter(code=code).exists():
            form.add_error("code", _("Mã này đã có. Mở thủ tục đó và tạo bản mới."))
        else:
            content = content_to(Content(names=Names(legal=form.cleaned_data["name"])))
            made = actions.draft(code=code, content=content, by=actor, at=timezone.now())
            return HttpResponseRedirect(reverse("procedures:edit", args=[code, made.number]))
    return _form_page(request, "procedures/desk/new.html", form, {})


def _form_page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    """The page of a form; 422 and the word "error" in its title when something has to be put right."""
    context |= {"form": form, "has_errors": bool(form.errors)}
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """A procedure with its versions and its history."""
    actor = _official(request)
    found = _procedure(actor, code)
    rights = _rights(actor)
    versions = [one for one in queries.versions_of(found) if not one.is_draft or any(rights.values())]
    today = timezone.localdate()
    context = {
        "procedure": found,
        "versions": [{"version": one, "is_in_force": one.holds_on(today)} for one in versions],
        "history": queries.history(code) if any(rights.values()) else (),
        "latest": versions[0] if versions else None,
        "abolish_form": AbolishForm(),
        **rights,
    }
    return render(request, "procedures/desk/procedure.html", context)


@login_required
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft from the newest version; one that is already open is opened again."""
    actor = _official(request)
    found = _procedure(actor, code)
    newest: ProcedureVersion = found.versions.order_by("-number")[0]
    if not newest.is_draft or not actor.may(Permission.EDIT):
        newest = actions.draft(
            code=code, content=newest.content, by=actor, at=timezone.now(), legal_source=newest.legal_source
        )
    return HttpResponseRedirect(reverse("procedures:edit", args=[code, newest.number]))


@login_required
@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What a version says, and for a draft what publishing would stumble over."""
    actor = _official(request)
    one = _version(actor, code, number)
    content = one.sheet_content
    context = {
        "version": one,
        "content": content,
        "fields": to_fields(content),
        "limit": sheets.limit_words(content.limit, readers_language()),
        "findings": actions.findings(one) if one.is_draft else (),
        "rows": _rows(content),
        **_rights(actor),
    }
    return render(request, "procedures/desk/version.html", context)


def _rows(content: Content) -> list[dict[str, Any]]:
    """The plain parts of a version as title and value; tables stand on their own."""
    fields = DraftForm(content).fields
    told = to_fields(content)
    return [
        {"title": fields[name].label, "hint": fields[name].help_text, "value": told[name]}
        for name in TOLD
        if told[name]
    ]


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Change a draft."""
    actor = _official(request)
    _asked(actor, Permission.EDIT)
    one = _version(actor, code, number)
    if not one.is_draft:
        return HttpResponseRedirect(reverse("procedures:version", args=[code, number]))
    form = DraftForm(one.sheet_content, request.POST or None, seen_hash=one.content_hash)
    if request.method == "POST" and form.is_valid() and form.content is not None:
        seen = form.cleaned_data["seen_hash"]
        content = content_to(form.content)
        try:
            actions.redraft(version=one, content=content, by=actor, at=timezone.now(), seen_hash=seen)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("procedures:version", args=[code, number]))
    return _form_page(request, "procedures/desk/edit.html", form, {"version": one})


@login_required
@require_safe
def comparison(request: HttpRequest, code: str) -> HttpResponse:
    """Two versions side by side: only where they differ."""
    actor = _official(request)
    numbers = [request.GET.get(key, "") for key in ("tu", "den")]
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in numbers):
        raise NotFound("procedures.no_version", _("Chọn hai bản để so sánh."))
    old, new_one = (_version(actor, code, int(one)) for one in numbers)
    found = compare(old.content, new_one.content, PART_NAMES)
    rows = [{"label": one.label, "old": _shown(one.old), "new": _shown(one.new)} for one in found]
    return render(request, "procedures/desk/compare.html", {"old": old, "new": new_one, "rows": rows})


def _shown(value: Any) -> str:
    """A value of the content in words."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, dict):
        return "; ".join(f"{PART_NAMES.get(key, key)}: {_shown(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "\n".join(_shown(part) for part in value)
    return str(value)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish a draft from a day on, with everything that was found shown first."""
    actor = _official(request)
    _asked(actor, Permission.PUBLISH)
    one = _version(actor, code, number)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish(version=one, valid_from=form.cleaned_data["valid_from"], by=actor, at=timezone.now())
        except Refusal as refusal:
            form.add_error("valid_from" if refusal.field == "valid_from" else None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("procedures:detail", args=[code]))
    findings = actions.findings(one)
    context = {"version": one, "findings": findings, "is_blocked": any(found.blocks for found in findings)}
    return _form_page(request, "procedures/desk/publish.html", form, context)


@login_required
@require_POST
def abolish(request: HttpRequest, code: str) -> HttpResponse:
    """End a procedure on a day."""
    actor = _official(request)
    form = AbolishForm(request.POST)
    if not form.is_valid():
        raise Refusal("procedures.last_day", _("Nhập ngày cuối còn hiệu lực, dạng 31/12/2026."), field="last_day")
    _procedure(actor, code)
    actions.abolish(code=code, last_day=form.cleaned_data["last_day"], by=actor, at=timezone.now())
    return HttpResponseRedirect(reverse("procedures:detail", args=[code]))


@login_required
@require_POST
def throw_away(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Delete a draft."""
    actor = _official(request)
    actions.throw_away(version=_version(actor, code, number), by=actor)
    return HttpResponseRedirect(reverse("procedures:list"))
