"""Templates designed in the browser: list, designer, publishing, and giving them to units."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.numerals import is_whole
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui import typed
from tinhso.kernel.units.models import Unit
from tinhso.modules.reporting import forms
from tinhso.modules.reporting.actions import asking, periods
from tinhso.modules.reporting.desk.asking import designing, receiving, who
from tinhso.modules.reporting.models import Assignment, ReportVersion
from tinhso.modules.reporting.queries import figures, templates
from tinhso.modules.reporting.rules import checks
from tinhso.modules.reporting.rules.giving import UNIT_KINDS
from tinhso.modules.reporting.rules.periods import FREQUENCY_NAMES, Frequency
from tinhso.modules.reporting.rules.sheets import KIND_NAMES, TOTAL_NAMES, template_from
from tinhso.modules.reporting.rules.words import Permission

LISTED = 100
UNITS_SHOWN = 200


@receiving
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All templates of the official's office with their versions."""
    actor = who(request)
    rows = templates.versions_for(actor).defer("content")
    context = {"rows": rows[:LISTED], "designs": actor.may(Permission.DESIGN)}
    return render(request, "reporting/desk/templates.html", context)


def _visible(version_id: int, actor: Actor) -> ReportVersion:
    found = templates.versions_for(actor).filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


@receiving
@require_GET
def detail(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version: how it looks, what is wrong with a draft, who fills it."""
    return _detail(request, version_id, {})


def _detail(request: HttpRequest, version_id: int, more: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = who(request)
    version = _visible(version_id, actor)
    read = templates.of(version)
    given = Assignment.objects.filter(template=version.template_id).prefetch_related("units__unit").order_by("-pk")
    designs = actor.may(Permission.DESIGN, version.template.owner_id)
    context = {
        "version": version,
        "asked": version.template,
        "template": read,
        "lines": [(row, [read.by_row[row.code].get(one.code) for one in read.columns]) for row in read.rows],
        "totals": [TOTAL_NAMES[one.total] for one in read.columns],
        "problems": _problems(read) if version.is_draft else [],
        "given": [(one, FREQUENCY_NAMES[Frequency(one.frequency)], _kinds(one)) for one in given[:LISTED]],
        "designs": designs,
        "frequencies": [(one.value, name) for one, name in FREQUENCY_NAMES.items()],
        "unit_kinds": list(UNIT_KINDS.items()),
        "units": _units() if designs and not version.is_draft else (),
        "today": timezone.localdate(),
    }
    return render(request, "reporting/desk/template.html", context | more, status=status)


def _problems(read: Any) -> list[str]:
    return [*checks.problems(read), *(f"Không có nguồn số liệu: {one}." for one in figures.unknown(read))]


def _kinds(one: Assignment) -> str:
    named = [unit.unit.short_name for unit in one.units.all()[:5]]
    return ", ".join([*(UNIT_KINDS.get(kind, kind) for kind in one.kinds), *named])


def _units() -> QuerySet[Unit]:
    """Bodies that can be chosen one by one."""
    rows = Unit.objects.living(timezone.localdate()).filter(kind__in=["department", "vertical", "commune"])
    return rows.order_by("kind", "name").only("pk", "short_name")[:UNITS_SHOWN]


@designing
@require_http_methods(["GET", "POST"])
def design(request: HttpRequest, version_id: int | None = None) -> HttpResponse:
    """The designer: columns, rows, single cells and checks as lines of fields; works without script."""
    actor = who(request)
    version = _visible(version_id, actor) if version_id else None
    if version is not None and not version.is_draft:
        raise NotFound
    if request.method == "GET":
        return _design(request, actor, version, _start(request, actor, version))
    content = forms.content_from(request.POST)
    if request.POST.get("do") == "more":
        return _design(request, actor, version, content)
    try:
        made = asking.draft(
            content, owner_id=_owner(request, actor, version), by=actor, at=timezone.now(), version_id=version_id
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        more = {"errors": [(refusal.field or "name", refusal.message)]}
        return _design(request, actor, version, content, more, status=refusal.status)
    return redirect("reporting:template", made.pk)


def _start(request: HttpRequest, actor: Actor, version: ReportVersion | None) -> dict[str, Any]:
    """What the designer begins with: the draft, an older version as the start (``tu``), or an example."""
    if version is not None:
        return dict(version.content)
    older = request.GET.get("tu", "")
    if is_whole(older) and len(older) < 18:
        found = _visible(int(older), actor)
        return {**found.content, "owner": found.template.owner_id}
    return EXAMPLE


def _owner(request: HttpRequest, actor: Actor, version: ReportVersion | None) -> int:
    if version is not None:
        return version.template.owner_id
    said = request.POST.get("owner", "")
    return int(said) if is_whole(said) and len(said) < 18 else (actor.unit_id or 0)


def _design(
    request: HttpRequest, actor: Actor, version: ReportVersion | None, content: dict[str, Any],
    more: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    read = None
    problems: list[str] = []
    try:
        read = template_from(content)
        problems = _problems(read) if request.method == "POST" else []
    except Refusal as refusal:
        problems = [refusal.message]
    context = {
        "version": version,
        "content": content,
        "parts": forms.designed(content),
        "kinds": list(KIND_NAMES.items()),
        "totals": list(TOTAL_NAMES.items()),
        "sources": figures.offered(),
        "problems": problems,
        "owners": _owners(actor) if version is None else (),
        "owner": request.POST.get("owner") or content.get("owner") or actor.unit_id,
    }
    return render(request, "reporting/desk/design.html", context | (more or {}), status=status)


def _owners(actor: Actor) -> list[tuple[int, str]]:
    """Offices for which the official may ask: bodies of the scope."""
    scope = actor.scope(Permission.DESIGN)
    rows = Unit.objects.living(timezone.localdate()).filter(kind__in=["province", "department", "vertical", "commune"])
    if not scope.everywhere:
        rows = rows.filter(pk__in=scope.units)
    rows = rows.order_by(F("parent_id").asc(nulls_first=True), "kind", "name")
    return list(rows.values_list("pk", "name")[:UNITS_SHOWN])


EXAMPLE: dict[str, Any] = {
    "code": "bao-cao-moi", "name": "", "basis": "", "note": "",
    "columns": [
        {"code": "ke_hoach", "name": "Kế hoạch"},
        {"code": "thuc_hien", "name": "Thực hiện"},
        {"code": "ty_le", "name": "Tỷ lệ (%)", "places": 1, "formula": "thuc_hien / ke_hoach * 100"},
    ],
    "rows": [{"code": "n1", "number": "1", "name": "Nội dung thứ nhất"}],
    "checks": [{"formula": "thuc_hien <= ke_hoach", "words": "Thực hiện không vượt kế hoạch", "strict": False}],
}  # fmt: skip


@designing
@require_POST
def publish(request: HttpRequest, version_id: int) -> HttpResponse:
    """Publish a draft from a day on; all that is wrong is said in words."""
    actor = who(request)
    _visible(version_id, actor)
    try:
        day = typed.day(request.POST.get("valid_from", ""), "valid_from")
        asking.publish(version_id, valid_from=day, by=actor, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, version_id, refusal, "valid_from")
    return redirect("reporting:template", version_id)


def _refused(request: HttpRequest, version_id: int, refusal: Refusal, field: str) -> HttpResponse:
    if refusal.status in (403, 404):
        raise refusal
    more = {"errors": [(refusal.field or field, refusal.message)], "typed": request.POST}
    return _detail(request, version_id, more, status=refusal.status)


@designing
@require_POST
def assign(request: HttpRequest, version_id: int) -> HttpResponse:
    """Give the template to units; a period that has begun opens at once."""
    actor, at = who(request), timezone.now()
    version = _visible(version_id, actor)
    try:
        made = asking.assign(forms.given_from(request.POST, version.template_id), by=actor, at=at)
    except Refusal as refusal:
        return _refused(request, version_id, refusal, "kinds")
    if made.begins_on <= timezone.localdate(at):
        period = periods.open_period(assignment_id=made.pk, day=timezone.localdate(at), by=actor, at=at)
        if period is not None:
            return redirect("reporting:period", period.pk)
    return redirect("reporting:template", version_id)


@designing
@require_POST
def end(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Open no more periods after a day."""
    actor = who(request)
    found = Assignment.objects.filter(pk=assignment_id).select_related("template").first()
    version = templates.versions_for(actor).filter(template=found.template_id).first() if found else None
    if version is None:
        raise NotFound
    try:
        day = typed.day(request.POST.get("last_day", ""), "last_day")
        asking.end(assignment_id=assignment_id, last_day=day, by=actor, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, version.pk, refusal, "last_day")
    return redirect("reporting:template", version.pk)
