"""Which unit resolves a procedure, where it is received, and the steps it will go through there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.processes.rules import StepKind, StepPlan
from tinhso.kernel.units.queries import todays_heirs, tree
from tinhso.kernel.units.rules import Kind, Level, Node
from tinhso.modules.dossiers.models import Competence
from tinhso.modules.procedures import door as procedures

HOURS_A_DAY = Decimal(8)


@dataclass(frozen=True, slots=True)
class Route:
    """``received_unit`` and ``resolving_unit`` are two things (N118 Đ.14)."""

    received_unit_id: int
    resolving_unit_id: int
    is_boundary_free: bool


def competent_unit(sheet: Any, commune_id: int | None, on: date) -> Node:
    """The unit that resolves the procedure for somebody in that commune.

    A procedure of commune level goes to the commune; otherwise to the unit named for it or its field; when none is
    named, to the provincial centre, whose queue of unclear dossiers it joins.
    Raises Refusal ``dossiers.commune_needed`` when the commune decides and none is given."""
    known = tree()
    if Level.COMMUNE in sheet.levels:
        commune = known.nodes.get(commune_id or 0)
        if commune is None or commune.kind != Kind.COMMUNE or not commune.lives_on(on):
            raise Refusal(
                "dossiers.commune_needed", "Chọn xã, phường nơi giải quyết hồ sơ trong danh sách.", field="commune"
            )
        return commune
    named = (
        Competence.objects.filter(procedure_code=sheet.code).first()
        or Competence.objects.filter(procedure_code="", field=sheet.field).first()
    )
    if named and named.unit_id in known.nodes:
        return known.nodes[named.unit_id]
    return known.nodes[centre_of(known.root_ids[0])]


def centre_of(unit_id: int) -> int:
    """The one-stop centre at which a unit's dossiers are received: its own, else the province's, else itself."""
    known = tree()
    for node in known.path(unit_id):
        below = known.children.get(node.id, ())
        # the province's own centre stands under its office, not beside it
        offices = [child for child in below if known.nodes[child].kind == Kind.DEPARTMENT]
        for child in (*below, *(part for office in offices for part in known.children.get(office, ()))):
            if known.nodes[child].kind == Kind.CENTRE and known.nodes[child].ends_on is None:
                return child
    return unit_id


def route(sheet: Any, *, commune_id: int | None, at_unit_id: int | None, on: date) -> Route:
    """Where a dossier is received and where it is resolved; ``at_unit_id`` is the counter, None online."""
    resolving = competent_unit(sheet, commune_id, on)
    received = at_unit_id or centre_of(resolving.id)
    mine = {node.id for node in tree().path(received)} | {received}
    return Route(
        received,
        resolving.id,
        at_unit_id is not None and resolving.id not in mine and _is_elsewhere(received, resolving),
    )


def _is_elsewhere(received_id: int, resolving: Node) -> bool:
    """The provincial centre receives for all departments; that is no reception for another place."""
    return tree().body_of(received_id).id not in {node.id for node in tree().path(resolving.id)}


def plan_of(sheet: Any, where: Route, channel: str, branch: str) -> list[StepPlan]:
    """The procedure's internal process with its units filled in."""
    return [
        StepPlan(
            key=step.key,
            name=step.name,
            kind=StepKind(step.kind),
            role=step.role,
            unit_id=_unit_of(step.at, where),
            hours=(step.working_days * HOURS_A_DAY).quantize(Decimal("0.01")),
        )
        for step in procedures.steps_for(sheet, channel, branch)
    ]


def _unit_of(at: str, where: Route) -> int:
    if at == "receiving":
        return where.received_unit_id
    node = tree().by_code.get(at)
    return todays_heirs().get(node.id, node.id) if node else where.resolving_unit_id


def agency_id(unit_id: int) -> str:
    """The identifier that begins the codes of dossiers which a unit resolves."""
    known = tree()
    for node in known.path(unit_id):
        if node.national_id:
            return node.national_id
    return known.nodes[unit_id].code
