"""The tree of units: look, add, rename, end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.core import Permission
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.queries import timeline
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind
from tinhso.shell.workshop import actions, forms
from tinhso.shell.workshop.access import only_with

KINDS = (
    (Kind.DIVISION.value, "Phòng, ban trực thuộc"),
    (Kind.CENTRE.value, "Bộ phận một cửa, trung tâm"),
    (Kind.DEPARTMENT.value, "Sở, ngành"),
    (Kind.VERTICAL.value, "Cơ quan ngành dọc"),
    (Kind.COMMUNE.value, "Xã, phường, đặc khu"),
)
MOST_FOUND = 100
LATEST = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in a list: its node, how many stand below it, whether it lives."""

    node: Any
    below: int
    lives: bool


def _lines(ids: Any, day: date) -> list[Line]:
    known = tree()
    lines = [
        Line(known.nodes[unit_id], len(known.children.get(unit_id, ())), known.nodes[unit_id].lives_on(day))
        for unit_id in ids
    ]
    return sorted(lines, key=lambda line: (not line.lives, fold(line.node.name)))


@only_with(Permission.UNITS)
@require_GET
def show_tree(request: HttpRequest) -> HttpResponse:
    """The units below the province, or those whose name or code has the words looked for. From memory."""
    known, day = tree(), timezone.localdate()
    words = fold(request.GET.get("q", "")[:80]).split()
    if words:
        ids = [one.id for one in known.nodes.values() if all(word in fold(f"{one.name} {one.code}") for word in words)]
        lines = _lines(ids, day)
    else:
        top = known.root_ids
        lines = _lines([*top, *(child for root in top for child in known.children.get(root, ()))], day)
    lines = lines if request.GET.get("cu") else [line for line in lines if line.lives]
    context = {"lines": lines[:MOST_FOUND], "total": len(lines), "text": request.GET.get("q", "")[:80]}
    return render(request, "workshop/units.html", {**context, "most": MOST_FOUND})


@only_with(Permission.UNITS)
@require_GET
def show_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    return _unit_page(request, unit_id)


def _unit_page(request: HttpRequest, unit_id: int, refused: Refusal | None = None) -> HttpResponse:
    known, day = tree(), timezone.localdate()
    node = known.nodes.get(unit_id)
    if node is None:
        raise NotFound
    entries = Entry.objects.filter(subject=f"unit/{unit_id}").order_by("-seq")[:LATEST]
    context = {
        "node": node,
        "lives": node.lives_on(day),
        "path": known.path(unit_id)[1:],
        "lines": _lines(known.children.get(unit_id, ()), day),
        "kinds": KINDS,
        "today": day,
        "may": request.actor.may(Permission.UNITS, unit_id),  # type: ignore[attr-defined]
        "history": timeline(entries),
        "refused": refused,
        "said": request.POST,
        "has_errors": refused is not None,
    }
    return render(request, "workshop/unit.html", context)


def _back(unit_id: int) -> str:
    return reverse("workshop:unit", args=[unit_id])


@only_with(Permission.UNITS)
@require_POST
def add(request: HttpRequest, unit_id: int) -> HttpResponse:
    def act() -> object:
        return actions.add_unit(
            parent_id=unit_id, code=forms.text(request, "code"), name=forms.text(request, "name"),
            kind=_kind(request), begins_on=forms.day(request, "begins_on"), by=request.actor, at=timezone.now(),  # type: ignore[attr-defined]
        )  # fmt: skip

    return forms.attempt(
        request, act, done=_("Đã thêm đơn vị."), back=_back(unit_id), again=lambda no: _unit_page(request, unit_id, no)
    )


def _kind(request: HttpRequest) -> str:
    kind = forms.text(request, "kind")
    if kind not in dict(KINDS):
        raise Refusal("workshop.unit_kind", _("Chọn loại đơn vị trong danh sách."), field="kind")
    return kind


@only_with(Permission.UNITS)
@require_POST
def rename(request: HttpRequest, unit_id: int) -> HttpResponse:
    def act() -> object:
        name, short = forms.text(request, "new_name"), forms.text(request, "short_name")
        return actions.rename_unit(unit_id=unit_id, name=name, short_name=short, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]

    return forms.attempt(
        request, act, done=_("Đã đổi tên."), back=_back(unit_id), again=lambda no: _unit_page(request, unit_id, no)
    )


@only_with(Permission.UNITS)
@require_POST
def end(request: HttpRequest, unit_id: int) -> HttpResponse:
    def act() -> object:
        ends_on = forms.day(request, "ends_on")
        return actions.end_unit(unit_id=unit_id, ends_on=ends_on, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]

    return forms.attempt(
        request, act, done=_("Đã ghi ngày kết thúc."), back=_back(unit_id),
        again=lambda no: _unit_page(request, unit_id, no),
    )  # fmt: skip
