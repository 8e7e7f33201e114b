"""What becomes of dossiers when units change: what decides where one goes, and who is competent from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tinhso.kernel.reorganisation.context import Context
from tinhso.kernel.reorganisation.declarations import Mover, Rows, Sorts, Stays
from tinhso.kernel.reorganisation.rules import Kind, Traits
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.models import Competence, Dossier, Guidance
from tinhso.modules.dossiers.rules import DOSSIER


def traits(case_ids: Sequence[int]) -> dict[int, Traits]:
    """Procedure, field and the applicant's address, by case."""
    rows = Dossier.objects.filter(pk__in=case_ids).values_list("pk", "procedure_code", "field", "address")
    return {pk: Traits(procedure, field, place) for pk, procedure, field, place in rows}


def _of_competence(row: Mapping[str, Any]) -> Traits:
    return Traits(row["procedure_code"], row["field"])


def _new(context: Context) -> list[Competence]:
    """Lines for procedures and fields whose competence moves and for which no line stands yet."""
    known = set(Competence.objects.values_list("field", "procedure_code"))
    wanted = [
        (key, step.ways[0].unit)
        for step in context.plan.steps
        if step.kind is Kind.COMPETENCE
        for key in (*(("", code) for code in step.ways[0].procedures), *((one, "") for one in step.ways[0].fields))
        if key not in known
    ]
    units = tree().by_code
    return [
        Competence(field=field, procedure_code=code, unit_id=units[unit].id, legal_source=context.plan.decision)
        for (field, code), unit in wanted
    ]


MOVERS: tuple[Mover, ...] = (
    Sorts(DOSSIER.code, traits),
    Rows(
        "dossiers.competence",
        "Thẩm quyền giải quyết",
        Competence,
        values=("procedure_code", "field"),
        traits=_of_competence,
        add=_new,
    ),
    Stays(Guidance, "unit", "quầy đã hướng dẫn hôm đó"),
)
