"""Which units' figures make up the figure of a unit above them, so that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tinhso.modules.indicators.rules.values import EMPTY, Point, added

WHOLE, MIDDLE = "province", "district"


@dataclass(frozen=True, slots=True)
class Given:
    """What a unit of a kind gave for a period; ``is_own``: the very unit that is asked about."""

    kind: str
    is_own: bool
    point: Point


def together(rows: Iterable[Given]) -> Point:
    """One unit's figure of a period.

    What it gave itself counts; else what former provinces gave for themselves; else departments with districts (until
    June 2025), and communes only where no district spoke for them.
    """
    known = [one for one in rows if not one.point.is_empty]
    if not known:
        return EMPTY
    own = [one.point for one in known if one.is_own]
    if own:
        return own[0]
    whole = [one.point for one in known if one.kind == WHOLE]
    if whole:
        return added(whole)
    has_districts = any(one.kind == MIDDLE for one in known)
    return added(one.point for one in known if not (has_districts and one.kind == "commune"))
