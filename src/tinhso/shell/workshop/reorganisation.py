"""Plans of reorganisation: draft, see what would move, schedule, follow, verify, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.core import Permission
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.reorganisation import actions, jobs, queries
from tinhso.kernel.reorganisation.models import Reorganisation
from tinhso.kernel.reorganisation.rules import Act, Kind, Plan, State, Step, Way, may_follow, parse, problems
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import CommuneKind, Level
from tinhso.kernel.units.rules import Kind as UnitKind
from tinhso.shell.workshop import forms
from tinhso.shell.workshop.access import only_with

BODIES = (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.DEPARTMENT, UnitKind.VERTICAL)
STATES = {
    State.DRAFT: ("Đang soạn", ""),
    State.REHEARSED: ("Đã chạy thử", "info"),
    State.SCHEDULED: ("Chờ ngày hiệu lực", "wait"),
    State.RUNNING: ("Đang thực hiện", "wait"),
    State.DONE: ("Đã thực hiện", "ok"),
    State.VERIFIED: ("Đã kiểm tra, không sót", "ok"),
    State.UNDOING: ("Đang hoàn tác", "warn"),
    State.UNDONE: ("Đã hoàn tác", ""),
}
FOUNDABLE = (("phuong", "Phường"), ("xa", "Xã"), ("dac_khu", "Đặc khu"), ("department", "Sở, ngành"))
MOST_PAIRS, LATEST, PAGE = 12, 12, 50
LONGEST_FILE = 400_000


@only_with(Permission.REORGANISE)
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    return _list_page(request)


def _list_page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    plans = [(row, *_state(row)) for row in Reorganisation.objects.defer("content", "routes")[:PAGE]]
    context = {"plans": plans, "refused": refused, "said": request.POST, "has_errors": refused is not None}
    return render(request, "workshop/reorganisations.html", context)


def _state(row: Reorganisation) -> tuple[str, str]:
    words, colour = STATES[State(row.state)]
    return _(words), colour


@only_with(Permission.REORGANISE)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """A new plan: its head from the form, or all of it from pasted text."""
    try:
        row = actions.draft(content=_head(request), by=request.actor, at=timezone.now())  # type: ignore[attr-defined]
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        response = _list_page(request, refused)
        response.status_code = refused.status
        return response
    return HttpResponseRedirect(reverse("workshop:reorganisation", args=[row.pk]))


def _head(request: HttpRequest) -> Mapping[str, Any]:
    if request.POST.get("text", "").strip():
        return _read(request)
    day = forms.day(request, "effective_on")
    named = {name: forms.text(request, name) for name in ("code", "title", "decision")}
    return {**named, "effective_on": day.isoformat()}


def _read(request: HttpRequest) -> Mapping[str, Any]:
    """The plan as text, as ``tinhso reorganise`` reads it. Raises Refusal."""
    try:
        content = yaml.safe_load(request.POST.get("text", "")[:LONGEST_FILE])
    except yaml.YAMLError:
        content = None
    if not isinstance(content, Mapping):
        raise Refusal("reorganisation.unreadable", _("Phương án chưa đọc được. Kiểm tra cách viết."), field="text")
    return content


def _row(plan_id: int) -> Reorganisation:
    row = Reorganisation.objects.filter(pk=plan_id).first()
    if row is None:
        raise NotFound
    return row


@only_with(Permission.REORGANISE)
@require_GET
def show_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    return _plan_page(request, _row(plan_id))


def _plan_page(request: HttpRequest, row: Reorganisation, refused: Refusal | None = None) -> HttpResponse:
    plan = parse(row.content)
    is_open = may_follow(row.state, Act.EDIT)
    entries = Entry.objects.filter(subject=f"reorganisation/{row.pk}").order_by("-seq")[:LATEST]
    words, colour = _state(row)
    expected = sum(one["number"] for one in row.counts)
    context = {
        "row": row,
        "state": words,
        "colour": colour,
        "is_running": row.state in (State.RUNNING, State.UNDOING),
        "steps": [(number, _sentence(step, plan)) for number, step in enumerate(plan.steps)],
        "founded": plan.founded,
        "problems": [*problems(plan, tree()), *queries.unknown_officials(plan)] if is_open else [],
        "counts": [_counted(one, plan) for one in row.counts if one["number"]],
        "expected": expected,
        "left": sum(row.findings.get("left", {}).values()) if row.findings else None,
        "undeclared": row.findings.get("undeclared", []),
        "may": {act.value: may_follow(row.state, act) for act in Act},
        "is_due": timezone.localdate() >= row.effective_on,
        "units": _units(plan) if is_open else [],
        "goals": _goals(plan) if is_open else [],
        "kinds": FOUNDABLE,
        "text": yaml.safe_dump(row.content, allow_unicode=True, sort_keys=False),
        "history": timeline(entries),
        "refused": refused,
        "said": request.POST,
        "has_errors": refused is not None,
    }
    return render(request, "workshop/reorganisation.html", context)


def _name(code: str, plan: Plan) -> str:
    new = next((one.name for one in plan.founded if code == one.code), "")
    node = tree().by_code.get(code)
    if not new and node is None:
        above = next((one for one in plan.founded if code.startswith(f"{one.code}-")), None)
        return f"{above.name} ({code})" if above else code
    return new or (node.name if node else code)


def _sentence(step: Step, plan: Plan) -> str:
    units = ", ".join(_name(code, plan) for code in step.units)
    ways = "; ".join(_way(way, plan, is_alone=len(step.ways) == 1) for way in step.ways)
    said = {
        Kind.MERGE: _("Sáp nhập %(units)s vào %(ways)s"),
        Kind.SPLIT: _("Chia tách %(units)s: %(ways)s"),
        Kind.ABOLISH: _("Giải thể %(units)s, việc chuyển về %(ways)s"),
        Kind.COMPETENCE: _("Chuyển thẩm quyền từ %(units)s sang %(ways)s"),
    }
    return said[step.kind] % {"units": units, "ways": ways}


def _way(way: Way, plan: Plan, *, is_alone: bool) -> str:
    asked = (
        (_("thủ tục"), way.procedures),
        (_("lĩnh vực"), way.fields),
        (_("địa bàn"), way.places),
        (_("cán bộ"), way.officials),
    )
    when = ", ".join(f"{title} {', '.join(values)}" for title, values in asked if values)
    rest = "" if is_alone else f" ({_('phần còn lại')})"
    return f"{_name(way.unit, plan)} ({when})" if when else _name(way.unit, plan) + rest


def _counted(one: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    pairs = sorted(one["pairs"], key=lambda pair: -pair[2])
    return {
        "title": one["title"],
        "number": one["number"],
        "pairs": [(_name(before, plan), _name(after, plan), number) for before, after, number in pairs[:MOST_PAIRS]],
        "more": max(0, len(pairs) - MOST_PAIRS),
    }


def _units(plan: Plan) -> list[tuple[str, str]]:
    """Bodies that live until the day, by name."""
    nodes = (node for node in tree().nodes.values() if node.kind in BODIES and node.ends_on is None)
    return sorted(((node.code, node.name) for node in nodes), key=lambda one: fold(one[1]))


def _goals(plan: Plan) -> list[tuple[str, str]]:
    new = [(one.code, f"{one.name} ({_('thành lập mới')})") for one in plan.founded]
    return [*new, *_units(plan)]


# -- changing what the plan says


def _changed(request: HttpRequest, plan_id: int, change: Callable[[dict[str, Any]], Any], done: str) -> HttpResponse:
    row = _row(plan_id)

    def act() -> object:
        content = {**row.content, "found": [*row.content["found"]], "steps": [*row.content["steps"]]}
        change(content)
        seen = forms.number(request, "revision")
        by = request.actor  # type: ignore[attr-defined]
        return actions.edit(plan_id=plan_id, content=content, by=by, at=timezone.now(), revision=seen or None)

    back = reverse("workshop:reorganisation", args=[plan_id])
    return forms.attempt(request, act, done=done, back=back, again=lambda no: _plan_page(request, _row(plan_id), no))


@only_with(Permission.REORGANISE)
@require_POST
def found(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A unit that begins on the effective day."""

    def change(content: dict[str, Any]) -> None:
        kind = forms.text(request, "kind")
        if kind not in dict(FOUNDABLE):
            raise Refusal("workshop.unit_kind", _("Chọn loại đơn vị trong danh sách."), field="kind")
        is_commune = kind in set(CommuneKind)
        said = {name: forms.text(request, name) for name in ("code", "name", "national_id")}
        kinds = {
            "kind": UnitKind.COMMUNE.value if is_commune else kind,
            "level": (Level.COMMUNE if is_commune else Level.PROVINCE).value,
            "commune_kind": kind if is_commune else "",
            "parent": tree().nodes[tree().root_ids[0]].code,
        }
        content["found"].append({**said, **kinds})

    return _changed(request, plan_id, change, _("Đã thêm đơn vị thành lập mới."))


@only_with(Permission.REORGANISE)
@require_POST
def add_step(request: HttpRequest, plan_id: int) -> HttpResponse:
    def change(content: dict[str, Any]) -> None:
        content["steps"] = _with_step(content["steps"], _posted_step(request))

    return _changed(request, plan_id, change, _("Đã thêm bước."))


def _posted_step(request: HttpRequest) -> dict[str, Any]:
    """A step as ``parse`` reads it."""
    kind, units = forms.text(request, "step"), request.POST.getlist("units")[:500]
    into, rest = forms.text(request, "into"), forms.text(request, "rest")
    asked = ("procedures", "fields", "places", "officials")
    when = {name: [one.strip() for one in forms.text(request, name).split(",") if one.strip()] for name in asked}
    if kind == Kind.MERGE:
        return {"merge": units, "into": into}
    if kind == Kind.ABOLISH:
        return {"abolish": units, "into": into}
    if kind == Kind.SPLIT:
        return {"split": units[:1], "into": [{"unit": into, **when}, {"unit": rest}]}
    return {"competence": units[:1], "to": into, **when}


def _with_step(steps: list[Any], new: dict[str, Any]) -> list[Any]:
    """A further part of a unit that is split already joins its step."""
    for step in steps:
        if "split" in new and [step.get("split")] == new["split"]:
            parts = [way for way in step["into"] if set(way) - {"unit"}]
            step["into"] = [*parts, *new["into"]]
            return steps
    return [*steps, new]


@only_with(Permission.REORGANISE)
@require_POST
def remove(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Take a step, or a unit to be founded, out of the plan."""

    def change(content: dict[str, Any]) -> None:
        shelf = "found" if forms.text(request, "shelf") == "found" else "steps"
        at = forms.number(request, "at")
        content[shelf] = [one for number, one in enumerate(content[shelf]) if number != at]

    return _changed(request, plan_id, change, _("Đã bỏ."))


@only_with(Permission.REORGANISE)
@require_POST
def write(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The whole plan as text."""

    def change(content: dict[str, Any]) -> None:
        content.clear()
        content.update({"found": [], "steps": [], **_read(request)})

    return _changed(request, plan_id, change, _("Đã thay nội dung phương án."))


# -- acting on it

ACTS: dict[str, tuple[Act, str]] = {
    "chay-thu": (Act.REHEARSE, "Đã chạy thử. Xem số lượng bên dưới."),
    "xep-lich": (Act.SCHEDULE, "Đã xếp lịch. Phương án được thực hiện vào ngày hiệu lực."),
    "bo-lich": (Act.CALL_OFF, "Đã bỏ lịch."),
    "thuc-hien": (Act.START, "Đã bắt đầu thực hiện."),
    "kiem-tra": (Act.VERIFY, "Đã kiểm tra."),
    "hoan-tac": (Act.UNDO, "Đã bắt đầu hoàn tác."),
}
_DO: dict[Act, Callable[..., Any]] = {
    Act.REHEARSE: actions.rehearse,
    Act.SCHEDULE: actions.schedule,
    Act.CALL_OFF: actions.call_off,
    Act.START: actions.start,
    Act.VERIFY: actions.verify,
    Act.UNDO: actions.undo,
}


@only_with(Permission.REORGANISE)
@require_POST
def act(request: HttpRequest, plan_id: int, what: str) -> HttpResponse:
    if what not in ACTS:
        raise NotFound
    _row(plan_id)
    wanted, done = ACTS[what]

    def work() -> object:
        row = _DO[wanted](plan_id=plan_id, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]
        if wanted in (Act.START, Act.UNDO):
            jobs.go_on(plan_id)
        return row

    back = reverse("workshop:reorganisation", args=[plan_id])
    return forms.attempt(
        request, work, done=_(done), back=back, again=lambda no: _plan_page(request, _row(plan_id), no)
    )
