"""Sheets of many units as one: each column by its own rule, formulas computed anew from what was added up.

So a share of the whole is the ratio of the sums, never the mean of the units' shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from tinhso.modules.reporting.rules.computing import Computed, compute, rounded
from tinhso.modules.reporting.rules.sheets import Cell, Kind, Template, Total


def add_up(template: Template, sheets: Iterable[Mapping[str, Decimal]]) -> Computed:
    """The sum of the units' numbers (inputs and figures of the platform); units that left a cell empty do not count."""
    many: dict[str, list[Decimal]] = {}
    cells = [cell for cell in template.cells.values() if _is_added(cell)]
    for sheet in sheets:
        for cell in cells:
            value = sheet.get(cell.key)
            if value is not None:
                many.setdefault(cell.key, []).append(value)
    given = {own: _total(template.cells[own], values) for own, values in many.items()}
    found = compute(template, given)
    return Computed(
        {own: value for own, value in found.values.items() if _is_shown(template.cells[own])}, found.troubles
    )


def _is_added(cell: Cell) -> bool:
    return not cell.formula and cell.column.kind is Kind.NUMBER and cell.column.total is not Total.NONE


def _is_shown(cell: Cell) -> bool:
    return cell.column.total is not Total.NONE


def _total(cell: Cell, values: list[Decimal]) -> Decimal:
    total = cell.column.total
    if total is Total.LEAST:
        return min(values)
    if total is Total.MOST:
        return max(values)
    added = sum(values, Decimal(0))
    return rounded(Fraction(added) / len(values), 4) if total is Total.AVERAGE else added
