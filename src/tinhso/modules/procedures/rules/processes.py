"""Internal processes made from the templates: one that fits the time limit, its steps adding up to it.

Illustrative templates; the province's decision on the internal process replaces them. The step ``appraise`` takes what
the fixed steps leave, so that the sum equals the limit (public-practice rule: sum of steps ≤ limit).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tinhso.modules.procedures.rules.content import LimitSpec, Step
from tinhso.modules.procedures.rules.sheets import working_days_of

ROLE_OF = {
    "receive": "clerk",
    "assign": "division_head",
    "appraise": "specialist",
    "consult": "specialist",
    "finance": "specialist",
    "draft": "specialist",
    "review": "division_head",
    "sign": "leader",
    "issue": "secretary",
    "return": "clerk",
}
AT_COUNTER = frozenset({"receive", "return"})
RETURNS_TO = {"review": "appraise", "sign": "appraise"}
SHAPE_FOR_UNKNOWN = "wd7"


def template_for(working_days: Decimal) -> str:
    """Which template suits a limit of so many working days."""
    if working_days <= 1:
        return "same_day"
    if working_days < 5:
        return "wd3"
    return "wd7" if working_days < 15 else "wd20_interagency"


def process_for(
    limit: LimitSpec, templates: Mapping[str, Sequence[Mapping[str, Any]]], *, finance: bool = False
) -> tuple[Step, ...]:
    """The steps for a limit; an unknown limit gets a shape whose times promise nothing beyond seven working days."""
    days = working_days_of(limit)
    rows = [row for row in templates[template_for(days) if days else SHAPE_FOR_UNKNOWN] if _wanted(row, finance)]
    if days is None:
        return tuple(_step(row, Decimal(str(row["duration"]))) for row in rows)
    if rows[0]["unit"] == "hour":
        return _in_proportion(rows, days * 8)
    fixed = sum((Decimal(str(row["duration"])) for row in rows if row["key"] != "appraise"), Decimal(0))
    if days - fixed < Decimal("0.25"):
        return _in_proportion(rows, days)
    return tuple(
        _step(row, days - fixed if row["key"] == "appraise" else Decimal(str(row["duration"]))) for row in rows
    )


def _wanted(row: Mapping[str, Any], finance: bool) -> bool:
    return finance or row["key"] != "finance"


def _in_proportion(rows: Sequence[Mapping[str, Any]], budget: Decimal) -> tuple[Step, ...]:
    total = sum(Decimal(str(row["duration"])) for row in rows)
    return tuple(
        _step(row, (Decimal(str(row["duration"])) * budget / total).quantize(Decimal("0.001"))) for row in rows
    )


def _step(row: Mapping[str, Any], amount: Decimal) -> Step:
    key = str(row["key"])
    stops = key == "finance"
    return Step(
        key=key,
        name=str(row["name"]),
        role=ROLE_OF[key],
        kind=key,  # type: ignore[arg-type]
        at="receiving" if key in AT_COUNTER else "resolving",
        amount=Decimal(0) if stops else amount.normalize() + 0,
        unit=row["unit"],
        returns_to=RETURNS_TO.get(key, ""),
        stops_clock=stops,
    )
