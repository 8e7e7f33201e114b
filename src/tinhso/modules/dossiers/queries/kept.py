"""Papers that people have already: what fits a draft, and what of a dossier is paper and waits for a signed copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from tinhso.kernel.cases.rules import Phase
from tinhso.kernel.manifest import KeptPaper, registry
from tinhso.kernel.people.rules import Actor, Scope
from tinhso.modules.dossiers.models import Dossier, Part

ON_PAPER = (Part.Source.PAPER, Part.Source.SCAN)


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper of a dossier and what is known of its copy."""

    part_id: int
    code: str
    name: str
    source: str
    round: int
    attachment_id: int | None
    is_digitised: bool
    is_reused: int
    kept_as: int | None
    added_at: datetime

    @property
    def is_on_paper(self) -> bool:
        """Brought on paper, and no compared and signed copy of it is there yet."""
        return self.source in ON_PAPER and not self.is_digitised


@dataclass(frozen=True, slots=True)
class PaperDossier:
    """A dossier with its papers and, once it is signed, its result."""

    case_id: int
    number: str
    state: str
    phase: int
    procedure_code: str
    procedure_name: str
    field: str
    unit_id: int
    received_unit_id: int
    owner_id: int | None
    person_id: int | None
    business_id: int | None
    applicant_name: str
    opened_at: datetime
    outcome: str
    result_id: int | None
    result_number: str
    signed_at: datetime | None
    papers: tuple[HeldPaper, ...]


def paper_dossiers(case_ids: Iterable[int]) -> Mapping[int, PaperDossier]:
    """The dossiers with these ids and their papers; two statements."""
    return {one.pk: _told(one) for one in _with_papers(Dossier.objects.filter(pk__in=list(case_ids)))}


def to_digitise(counters: Scope, *, after: int | None = None, most: int = 30) -> list[PaperDossier]:
    """Dossiers received at these counters of which a paper has no signed copy yet, newest first, after the id.

    Those that wait for their applicant are left out until they go on."""
    waiting = Part.objects.filter(dossier=OuterRef("pk"), source__in=ON_PAPER, is_digitised=False)
    rows = Dossier.objects.filter(Exists(waiting), case__phase__in=[Phase.OPEN, Phase.SETTLED])
    if not counters.everywhere:
        rows = rows.filter(case__received_unit_id__in=sorted(counters.units))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [_told(one) for one in _with_papers(rows.order_by("-pk")[:most])]


def _with_papers(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    return rows.select_related("case").prefetch_related(Prefetch("parts", Part.objects.order_by("id")))


def _told(one: Dossier) -> PaperDossier:
    case = one.case
    return PaperDossier(
        case_id=case.pk,
        number=case.number,
        state=case.state,
        phase=case.phase,
        procedure_code=one.procedure_code,
        procedure_name=one.procedure_name,
        field=one.field,
        unit_id=case.unit_id,
        received_unit_id=case.received_unit_id,
        owner_id=case.owner_id,
        person_id=one.person_id,
        business_id=one.business_id,
        applicant_name=one.applicant_name,
        opened_at=case.opened_at,
        outcome=one.outcome,
        result_id=one.result_id,
        result_number=one.result_number,
        signed_at=one.signed_at,
        papers=tuple(
            HeldPaper(
                part.pk, part.code, part.name, part.source, part.round, part.attachment_id, part.is_digitised,
                part.is_reused, part.kept_as, part.added_at,
            )
            for part in one.parts.all()
        ),
    )  # fmt: skip


def offered(
    wanted: Mapping[str, str], *, person_id: int | None, business_id: int | None = None, by: Actor, at: datetime
) -> dict[str, list[KeptPaper]]:
    """What the person or business has already of what is wanted (code → name); keys name their source too."""
    found: dict[str, list[KeptPaper]] = {}
    if not wanted or (person_id is None and business_id is None):
        return found
    for source in registry.papers.values():
        fitting: Mapping[str, Any] = source.offer(wanted, person_id=person_id, business_id=business_id, by=by, at=at)
        for code, papers in fitting.items():
            found.setdefault(code, []).extend(replace(one, key=f"{source.code}/{one.key}") for one in papers)
    return found
