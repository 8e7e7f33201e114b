"""A unit's index for officials: every point with its numbers, and the dossiers that cost it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel.api.paging import page
from tinhso.kernel.cases.addresses import desk_page
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.modules.service_quality import forms
from tinhso.modules.service_quality.models import CountedPeriod
from tinhso.modules.service_quality.queries import behind, catalogue, scores
from tinhso.modules.service_quality.rules import words
from tinhso.modules.service_quality.rules.editions import Component
from tinhso.modules.service_quality.rules.inputs import TITLES
from tinhso.modules.service_quality.rules.scoring import as_decimal
from tinhso.modules.service_quality.rules.words import Permission

PAGE, COSTING = 30, 15


def _asked(request: HttpRequest) -> tuple[Actor, frozenset[int] | None, Node]:
    """Who asks, which bodies they see dossiers of, and the body meant: the own one unless another is named.

    Raises NotAllowed without any right to see dossiers, NotFound for a unit out of sight.
    """
    actor = acting(request)
    sight = behind.sight(actor)
    if sight is not None and not sight:
        raise NotAllowed
    known = tree()
    code = request.GET.get("don-vi", "")
    if code:
        node = scores.unit_called(code)
    elif sight is None:
        node = known.nodes[known.root_ids[0]]
    else:
        own = known.body_of(actor.unit_id) if actor.unit_id is not None and actor.unit_id in known.nodes else None
        node = own if own is not None and own.id in sight else known.nodes[min(sight)]
    if node is None or (sight is not None and node.id not in sight):
        raise NotFound
    return actor, sight, node


def _units_of(node: Node) -> frozenset[int] | None:
    """The bodies whose work makes up a page; None for the province, which is all of them."""
    return None if node.parent_id is None else frozenset({node.id})


@never_cache
@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the unit got for each component and why, and the procedures that cost it most. Six statements."""
    actor, sight, node = _asked(request)
    known = scores.counted()
    row = scores.chosen(request.GET.get("ky", ""), known)
    if row is None:
        return render(request, "service_quality/desk/index.html", {"row": None, "unit": node})
    edition = scores.edition_of(row)
    unit_id = None if node.parent_id is None else node.id
    score = scores.one(row.period, unit_id=unit_id)
    services = catalogue.services(row.period.until) if score and unit_id else {}
    names = catalogue.names(row.period.until) if services else {}
    costing = scores.by_procedure(edition, row.period, node.id, services) if services else []
    context = {
        "row": row,
        "period": row.period,
        "periods": forms.periods_offered(known),
        "units": _offered(sight),
        "unit": node,
        "score": score,
        "edition": edition,
        "grade": edition.grade_of(score.share) if score else "",
        "groups": scores.groups_of(edition, score.points) if score else [],
        "opening": [one.code for one in edition.components if behind.opens(one)],
        "here": forms.said_of(ky=row.period.code, don_vi=node.code),
        "costing": [
            {"row": one, "name": names.get(one.procedure, one.procedure), "total": as_decimal(one.result.total)}
            for one in costing[:COSTING]
        ],
        "may_manage": actor.may(Permission.MANAGE),
        "forms": _forms(row, node),
    }
    return render(request, "service_quality/desk/index.html", context)


def _forms(row: CountedPeriod, node: Node) -> list[tuple[str, str]]:
    """Form II.06/VPCP/KSTT of the same period and place, which the statistics make."""
    period, address = row.period.code, reverse("statistics:form")
    if node.parent_id is not None:
        return [(_("Biểu II.06 theo lĩnh vực"), address + forms.said_of(ky=period, don_vi=node.code, theo="linh-vuc"))]
    return [
        (_("Biểu II.06 theo lĩnh vực"), address + forms.said_of(ky=period, theo="linh-vuc")),
        (_("Biểu II.06 các sở, ngành"), address + forms.said_of(ky=period, cap="so", theo="don-vi")),
        (_("Biểu II.06 các xã, phường"), address + forms.said_of(ky=period, cap="xa", theo="don-vi")),
    ]


def _offered(sight: frozenset[int] | None) -> list[tuple[str, str]]:
    known = tree()
    bodies = [node for node in known.nodes.values() if known.body_of(node.id).id == node.id and node.ends_on is None]
    seen = [node for node in bodies if sight is None or node.id in sight]
    order = list(words.LEVELS)
    seen.sort(key=lambda node: (order.index(words.level_of(node.kind)), node.name))
    return [(node.code, node.name) for node in seen]


@never_cache
@login_required
@require_GET
def component(request: HttpRequest, code: str) -> HttpResponse:
    """One component: its formula with the numbers put in, and the dossiers that count or that cost points."""
    actor, _sight, node = _asked(request)
    known = scores.counted()
    row = scores.chosen(request.GET.get("ky", ""), known)
    one = scores.edition_of(row).component(code) if row else None
    if row is None or one is None:
        raise NotFound
    score = scores.one(row.period, unit_id=None if node.parent_id is None else node.id)
    side = request.GET.get("ben", "lost")
    side = side if side in behind.SIDES else "lost"
    procedure = request.GET.get("thu-tuc", "")[:20]
    edition = scores.edition_of(row)
    groups = scores.groups_of(edition, score.points) if score else []
    line = next((each for group in groups for each in group.lines if each.component.code == code), None)
    words_ = {"ky": row.period.code, "don_vi": node.code, "thu_tuc": procedure}
    got = _behind(actor, row, one, side, node, procedure, request) if behind.opens(one) else None
    context = {
        "row": row,
        "period": row.period,
        "unit": node,
        "component": one,
        "line": line,
        "top": _(TITLES[one.top]),
        "bottom": _(TITLES[one.bottom]),
        "full_at": 100 * one.full_at,
        "side": side,
        "sides": [(name, forms.said_of(**words_, ben=name)) for name in behind.SIDES],
        "lines": [_line(work) for work in got["items"]] if got else [],
        "opens": got is not None,
        "more": forms.said_of(**words_, ben=side, sau=got["next"]) if got and got["next"] else "",
        "procedure": procedure,
        "back": reverse("service_quality:desk") + forms.said_of(ky=row.period.code, don_vi=node.code),
    }
    return render(request, "service_quality/desk/component.html", context)


def _behind(
    actor: Actor, row: CountedPeriod, one: Component, side: str, node: Node, procedure: str, request: HttpRequest
) -> dict[str, Any]:
    """Thirty dossiers, the newest first, of those the actor may see."""
    today: date = scores.today()
    full = {}
    if one.bottom == "full_received":
        services = catalogue.services(min(row.period.until, today))
        full = {name: service.service_level == "full" for name, service in services.items()}
    found = behind.rows(scores.edition_of(row), one, side, row.period, _units_of(node), procedure=procedure, full=full,
                        today=today)  # fmt: skip
    seen = found.visible_to(actor).select_related("case__assignee").defer("case__clock", "case__needle")
    after = request.GET.get("sau") or None
    try:
        return page(seen, order=("-received_on", "-case_id"), after=after, size=PAGE)
    except Refusal:
        return page(seen, order=("-received_on", "-case_id"), size=PAGE)


def _line(work: Any) -> dict[str, Any]:
    case = work.case
    node = tree().nodes.get(work.unit_id)
    return {
        "number": case.number,
        "title": case.title,
        "url": desk_page(case.kind_of, case.number),
        "unit": node.short_name if node else "",
        "state": _(case.state_of.name),
        "who": str(case.assignee) if case.assignee_id else "",
        "received_on": work.received_on,
        "due_at": case.due_at,
        "ended_on": work.ended_on,
        "supplements": work.supplements,
    }
