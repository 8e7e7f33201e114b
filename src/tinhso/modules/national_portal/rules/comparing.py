"""Comparing what stands here with what stands on the portal: dossiers by status, procedures by name and field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

STATUSES = range(1, 11)
LOCAL_CODE = 8  # the national code stands before the agency's part


class How(StrEnum):
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Difference:
    """A dossier on which the two sides disagree; 0 stands for "not there"."""

    code: str
    ours: int
    theirs: int

    @property
    def how(self) -> How:
        if not self.theirs:
            return How.ONLY_HERE
        return How.STATUS if self.ours else How.ONLY_THERE


def counted(statuses: Iterable[int]) -> dict[str, int]:
    """How many stand at each national status, all ten named."""
    found = Counter(statuses)
    return {str(number): found[number] for number in STATUSES}


def unequal(ours: Mapping[str, int], theirs: Mapping[str, int]) -> tuple[int, ...]:
    """The statuses whose numbers differ."""
    return tuple(n for n in STATUSES if ours.get(str(n), 0) != theirs.get(str(n), 0))


def differences(ours: Mapping[str, int], theirs: Mapping[str, int]) -> tuple[Difference, ...]:
    """Where code or status differ, by code; both sides map codes to statuses."""
    codes = sorted(ours.keys() | theirs.keys())
    found = (Difference(code, ours.get(code, 0), theirs.get(code, 0)) for code in codes)
    return tuple(one for one in found if one.ours != one.theirs)


class What(StrEnum):
    """What the portal's catalogue says otherwise than ours."""

    NEW = "new"
    RENAMED = "renamed"
    FIELD = "field"
    ABOLISHED = "abolished"


@dataclass(frozen=True, slots=True)
class Listed:
    """A procedure as a list shows it."""

    code: str
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    code: str
    what: What
    ours: str
    theirs: str


def read_listed(rows: Iterable[Any]) -> dict[str, Listed]:
    """Procedures of the portal's catalogue by national code; rows without code or name are left out."""
    found = {}
    for row in rows:
        if isinstance(row, Mapping) and row.get("MaTTHC") and row.get("TenTTHC"):
            code = str(row["MaTTHC"]).strip()[:LOCAL_CODE]
            found[code] = Listed(code, _tidy(row["TenTTHC"]), _tidy(row.get("TenLinhVuc")))
    return found


def catalogue_changes(ours: Mapping[str, Listed], theirs: Mapping[str, Listed]) -> tuple[CatalogueChange, ...]:
    """What to look at, by code. A catalogue that came empty changes nothing: it is a failure, not a decision."""
    if not theirs:
        return ()
    found = []
    for code in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(code), theirs.get(code)
        if here is None and there is not None:
            found.append(CatalogueChange(code, What.NEW, "", there.name))
        elif here is not None and there is None:
            found.append(CatalogueChange(code, What.ABOLISHED, here.name, ""))
        elif here is not None and there is not None:
            if _same(here.name) != _same(there.name):
                found.append(CatalogueChange(code, What.RENAMED, here.name, there.name))
            if there.field and _same(here.field) != _same(there.field):
                found.append(CatalogueChange(code, What.FIELD, here.field, there.field))
    return tuple(found)


def _tidy(value: Any) -> str:
    return " ".join(str(value or "").replace("\x00", "").split())[:1_000]


def _same(text: str) -> str:
    """Names that differ in blanks, case or a final full stop are the same name."""
    return _tidy(text).rstrip(".").casefold()
