"""What is known of many dossiers at once, for whoever counts them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q

from tinhso.modules.dossiers.models import Dossier, Part


@dataclass(frozen=True, slots=True)
class Marks:
    """Ids of dossiers: the applicant is proven to be who they say, a fee is due, a signed result lies there."""

    proven: frozenset[int] = frozenset()
    owing: frozenset[int] = frozenset()
    with_result: frozenset[int] = frozenset()


def _true(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def marks(case_ids: Collection[int]) -> Marks:
    """The marks of these dossiers; one statement however many there are.

    Proven is an identity number that is the signed-in person's own, or a paper that a national database stood in for.
    """
    from_database = Part.objects.filter(dossier_id=OuterRef("pk"), source=Part.Source.DATABASE)
    rows = Dossier.objects.filter(pk__in=list(case_ids)).annotate(
        is_proven=_true(Q(person__identity_number=F("identity_number")) | Q(Exists(from_database))),
        is_owing=_true(Q(fee__gt=0)),
        has_result=_true(Q(result__isnull=False)),
    )
    found = list(rows.values_list("pk", "is_proven", "is_owing", "has_result"))
    return Marks(*(frozenset(row[0] for row in found if row[place]) for place in (1, 2, 3)))
