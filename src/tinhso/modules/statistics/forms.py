"""What stands in the address: period, place and subject. Nonsense is left out, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from tinhso.kernel.clock.rules.periods import MONTH, around, period_of
from tinhso.kernel.units.queries import tree
from tinhso.modules.statistics import rules
from tinhso.modules.statistics.queries.wanted import PARTS, Wanted

LONGEST = 120
TODAY = "nay"  # the map of today; without it each figure stands under the units of its time


def wanted_from(said: Mapping[str, str], newest: date, *, for_officials: bool = False) -> Wanted:
    """``ky``, ``don-vi`` (a unit's code), ``cap``, ``linh-vuc``, ``thu-tuc``, ``ban-do``; no period: the newest.

    Only officials read a field or a procedure by today's map: for others both maps would tell too much."""
    period = period_of(said.get("ky", "")) or around(newest, MONTH)
    if period.since > newest:
        period = around(newest, MONTH)
    node = tree().by_code.get(said.get("don-vi", "")[:40])
    unit_id = node.id if node is not None and node.kind not in PARTS else None
    level = said.get("cap", "")
    procedure = _plain(said.get("thu-tuc", ""), 20)
    field = "" if procedure else _plain(said.get("linh-vuc", ""), LONGEST)
    return Wanted(
        period,
        unit_id,
        level if unit_id is None and level in rules.LEVELS else "",
        field,
        procedure,
        by_today=said.get("ban-do") == TODAY and (for_officials or not (field or procedure)),
    )


def _plain(text: str, longest: int) -> str:
    return text.strip().replace("\x00", "")[:longest]


def said_of(wanted: Wanted, **changed: str) -> str:
    """The address of the same question, with some of its words changed; ``""`` drops one."""
    unit = tree().nodes.get(wanted.unit_id or 0)
    words = {
        "ky": wanted.period.code,
        "don-vi": unit.code if unit else "",
        "cap": wanted.level,
        "linh-vuc": wanted.field,
        "thu-tuc": wanted.procedure,
        "ban-do": TODAY if wanted.by_today else "",
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return "?" + urlencode({name: value for name, value in words.items() if value})
