"""Versions of searched collections and the synonyms in force, each asked of the database every few seconds at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache

from tinhso.kernel.replicas import from_primary
from tinhso.kernel.search.models import CollectionVersion, Synonym
from tinhso.kernel.search.rules import Index
from tinhso.kernel.seeds import seed

LOOK_AGAIN_SECONDS = 5.0
SYNONYMS = "synonyms"


class _Kept:
    versions: dict[str, tuple[float, int]] = {}
    synonyms: tuple[int, dict[str, tuple[str, ...]]] | None = None
    indexes: dict[str, tuple[tuple[int, int], Index]] = {}


def version_of(code: str) -> int:
    """The number of a collection's last change, 0 for one that never changed; at most five seconds old."""
    now = time.monotonic()
    kept = _Kept.versions.get(code)
    if kept is not None and now - kept[0] < LOOK_AGAIN_SECONDS:
        return kept[1]
    return _look_again(code, now)


@from_primary
def _look_again(code: str, now: float) -> int:
    number = CollectionVersion.objects.filter(code=code).values_list("number", flat=True).first() or 0
    _Kept.versions[code] = (now, number)
    return number


def forget(code: str | None = None) -> None:
    """Ask anew at the next question: after a change in this process, and between tests."""
    if code is None:
        _Kept.versions.clear()
        _Kept.indexes.clear()
        _Kept.synonyms = None
    else:
        _Kept.versions.pop(code, None)


@cache
def seeded_synonyms() -> Mapping[str, tuple[str, ...]]:
    """Everyday expressions of Vietnamese life that come with the platform."""
    read = seed("tinhso.kernel.search", "synonyms.yaml")["synonyms"]
    return {phrase: (others,) if isinstance(others, str) else tuple(others) for phrase, others in read.items()}


@from_primary
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Expression → other words: those of the seeds, with the province's own put in their place."""
    version = version_of(SYNONYMS)
    if _Kept.synonyms is None or _Kept.synonyms[0] != version:
        own = {phrase: tuple(phrases) for phrase, phrases in Synonym.objects.values_list("phrase", "phrases")}
        _Kept.synonyms = (version, {**seeded_synonyms(), **own})
    return _Kept.synonyms[1]


@from_primary
def index_of(code: str, build: Callable[[Mapping[str, tuple[str, ...]]], Index]) -> Index:
    """The index of a collection, built anew by ``build(synonyms)`` when the collection or the synonyms changed."""
    versions = (version_of(code), version_of(SYNONYMS))
    kept = _Kept.indexes.get(code)
    if kept is None or kept[0] != versions:
        kept = (versions, build(synonyms()))
        _Kept.indexes[code] = kept
    return kept[1]
