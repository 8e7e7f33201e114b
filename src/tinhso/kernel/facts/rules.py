"""A selection of facts written as text, so that criteria, indicators and reports can name one in their data.

``facts:dossiers.issued[verdict=early]+dossiers.signed`` adds two facts up, the first narrowed by one dimension.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

PREFIX = "facts:"
_TERM = re.compile(r"([\w.]+)(?:\[(\w+)=([\w.-]+)\])?")


@dataclass(frozen=True, slots=True)
class Term:
    """A fact's name, and the one dimension that narrows it (empty: none)."""

    name: str
    dimension: str = ""
    value: str = ""

    @property
    def dims(self) -> dict[str, str]:
        return {self.dimension: self.value} if self.dimension else {}


@lru_cache(maxsize=1024)
def terms(source: str) -> tuple[Term, ...]:
    """The facts that a source adds up. Raises ValueError for one that cannot be read."""
    found = []
    for part in source.removeprefix(PREFIX).split("+"):
        match = _TERM.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"source {source!r} cannot be read")
        found.append(Term(match[1], match[2] or "", match[3] or ""))
    return tuple(found)
