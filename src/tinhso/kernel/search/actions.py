"""Say that a collection changed; teach the search an everyday expression."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from django.db import transaction
from django.db.models import F

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.search import queries
from tinhso.kernel.search.models import CollectionVersion, Synonym
from tinhso.kernel.search.rules import fold

MANAGE = "search.manage"


class MayAct(Protocol):
    """What is asked of an actor here; ``kernel.people.rules.Actor`` is one."""

    def may(self, right: str, unit_id: int | None = None) -> bool: ...


def grow(code: str) -> None:
    """Say that a collection changed: to be called in the transaction of the change."""
    if not CollectionVersion.objects.filter(code=code).update(number=F("number") + 1):
        CollectionVersion.objects.get_or_create(code=code)
    queries.forget(code)
    transaction.on_commit(lambda: queries.forget(code))


@transaction.atomic
def teach(*, phrase: str, phrases: Iterable[str], by: MayAct, source: str = "") -> Synonym:
    """Let an everyday expression find what others say; taught again, the new words replace the old.

    Raises Refusal ``search.empty_phrase`` when either side is empty.
    """
    if not by.may(MANAGE):
        raise NotAllowed
    others = [" ".join(other.split()) for other in phrases if fold(other)]
    if not fold(phrase) or not others:
        raise Refusal("search.empty_phrase", "Nhập cụm từ người dân hay gọi và ít nhất một cụm từ chính thức.")
    made, _ = Synonym.objects.update_or_create(
        phrase=" ".join(phrase.lower().split()), defaults={"phrases": others, "source": source}
    )
    grow(queries.SYNONYMS)
    return made


@transaction.atomic
def unteach(*, phrase: str, by: MayAct) -> None:
    """Take back an expression the province taught; the one of the seeds, if any, holds again."""
    if not by.may(MANAGE):
        raise NotAllowed
    Synonym.objects.filter(phrase=" ".join(phrase.lower().split())).delete()
    grow(queries.SYNONYMS)
