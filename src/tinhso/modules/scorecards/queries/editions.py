"""Editions as values, read once per process: a published edition never changes."""

from __future__ import annotations

from functools import lru_cache

from tinhso.modules.scorecards.models import CriteriaEdition
from tinhso.modules.scorecards.rules.editions import Edition as Read
from tinhso.modules.scorecards.rules.editions import edition_from


@lru_cache(maxsize=64)
def read(edition_id: int, content_hash: str) -> Read:
    return edition_from(CriteriaEdition.objects.values_list("content", flat=True).get(pk=edition_id))


def of(edition: CriteriaEdition) -> Read:
    """What the edition of a row asks. The hash in the key keeps drafts apart as they change."""
    return read(edition.pk, edition.content_hash)
