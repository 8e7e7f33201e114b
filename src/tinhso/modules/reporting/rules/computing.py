"""What a sheet's formulas give, and which of its checks do not hold.

Exact fractions throughout; a number is rounded half up to its column's places only where it is shown or kept. An empty
cell counts as nought beside others; where all that a formula asks for is empty, its result is empty too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from tinhso.kernel import formulas
from tinhso.kernel.formulas import FormulaError
from tinhso.modules.reporting.rules.sheets import Cell, Check, Kind, Template, key

LARGEST = Fraction(10) ** 18
Numbers = Mapping[str, Decimal]


class Circle(ValueError):
    """Formulas that need each other; the words name the cells."""


@dataclass(frozen=True, slots=True)
class Computed:
    """All numbers of a sheet by ``row__column``, and why a formula gave none."""

    values: dict[str, Decimal]
    troubles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A check that does not hold, where (words), and the cells it looked at."""

    check: Check
    where: str
    keys: tuple[str, ...]


@lru_cache(maxsize=4096)
def meant(template: Template, name: str, row: str, column: str) -> str:
    """The key of the cell that a name means when it is said in this row and column. Raises FormulaError."""
    if name in template.column_of:
        found = key(row, name)
    elif name in template.row_of:
        found = key(name, column)
    else:
        found = name
    cell = template.cells.get(found)
    if cell is None or cell.column.kind is Kind.TEXT:
        raise FormulaError(f"công thức dùng số liệu không có: {name}")
    return found


def _needs(template: Template, cell: Cell) -> dict[str, str]:
    """Name in the formula → key of the cell."""
    names = formulas.names_in(cell.formula)
    return {name: meant(template, name, cell.row.code, cell.column.code) for name in sorted(names)}


@lru_cache(maxsize=128)
def order_of(template: Template) -> tuple[tuple[Cell, dict[str, str]], ...]:
    """Cells with formulas, each after those it needs. Raises FormulaError, Circle."""
    needs = {cell.key: _needs(template, cell) for cell in template.cells.values() if cell.formula}
    graph = {own: set(named.values()) for own, named in needs.items()}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        raise Circle(" → ".join(circle.args[1][:6])) from None
    return tuple((template.cells[own], needs[own]) for own in order if own in needs)


def compute(template: Template, given: Numbers) -> Computed:
    """The given numbers with all that the formulas make of them."""
    exact = {own: Fraction(value) for own, value in given.items() if own in template.cells}
    values = {own: given[own] for own in exact}
    troubles: dict[str, str] = {}
    for cell, named in order_of(template):
        exact.pop(cell.key, None)
        values.pop(cell.key, None)
        found = _one(cell, named, exact, troubles)
        if found is not None:
            exact[cell.key] = found
            values[cell.key] = rounded(found, cell.column.places)
    return Computed(values, troubles)


def _one(
    cell: Cell, named: Mapping[str, str], exact: Mapping[str, Fraction], troubles: dict[str, str]
) -> Fraction | None:
    broken = next((own for own in named.values() if own in troubles), None)
    if broken is not None:
        troubles[cell.key] = troubles[broken]
        return None
    if named and not any(own in exact for own in named.values()):
        return None
    found = formulas.compute(cell.formula, {name: exact.get(own, Fraction(0)) for name, own in named.items()})
    if found is None:
        troubles[cell.key] = "mẫu số bằng 0"
    elif abs(found) >= LARGEST:
        troubles[cell.key], found = "kết quả quá lớn", None
    return found


def rounded(value: Fraction, places: int) -> Decimal:
    """Rounded half up: 2/3 with 2 places is 0.67, −1/2 with none is 0."""
    top, bottom = value.numerator * 10**places, value.denominator
    return Decimal((2 * top + bottom) // (2 * bottom)).scaleb(-places)


def broken(template: Template, computed: Computed) -> list[Broken]:
    """The checks that do not hold; one that looks at an empty cell is not judged."""
    return [one for check in template.checks for one in _judged(template, check, computed)]


def _judged(template: Template, check: Check, computed: Computed) -> Iterator[Broken]:
    for where, named in places_of(template, check):
        values = {name: computed.values.get(own) for name, own in named.items()}
        known = {name: Fraction(value) for name, value in values.items() if value is not None}
        if len(known) == len(named) and not formulas.compute(check.formula, known):
            yield Broken(check, where, tuple(named.values()))


def places_of(template: Template, check: Check) -> list[tuple[str, dict[str, str]]]:
    """Where a check looks: every row for one that names columns, every column for one that names rows, else once.

    Each place in words with the keys of the names. Raises FormulaError."""
    names = formulas.names_in(check.formula)
    columns, rows = names & template.column_of.keys(), names & template.row_of.keys()
    if columns and rows:
        raise FormulaError("phép kiểm tra dùng lẫn mã cột và mã dòng; ghi cả hai dạng dòng__cột")
    tried: list[tuple[str, str, str]] = [("", "", "")]
    if columns:
        tried = [(row.name, row.code, "") for row in template.rows if not row.is_heading]
    elif rows:
        tried = [(column.name, "", column.code) for column in template.columns if column.kind is Kind.NUMBER]
    found: list[tuple[str, dict[str, str]]] = []
    missing: FormulaError | None = None
    for where, row, column in tried:
        try:
            found.append((where, {name: meant(template, name, row, column) for name in sorted(names)}))
        except FormulaError as wrong:
            missing = wrong  # a row with a closed cell is left out; one that fits nowhere is wrong
    if not found and missing is not None:
        raise missing
    return found
