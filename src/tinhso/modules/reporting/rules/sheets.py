"""A report template as a value: columns, rows, single cells, checks.

A number of the sheet is named ``row__column`` (``n1__nam``). Formulas name it so, or shorter: a column's code means the
same row, a row's code the same column. A cell's own formula goes before its column's, that before its row's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from tinhso.kernel.errors import Refusal

CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+){0,5}")
MOST_COLUMNS, MOST_ROWS, MOST_CHECKS = 40, 400, 60


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"


class Total(StrEnum):
    """What the sum of units shows in a column."""

    SUM = "sum"
    AVERAGE = "avg"
    LEAST = "min"
    MOST = "max"
    NONE = "none"


KIND_NAMES = {Kind.NUMBER: "Số", Kind.TEXT: "Chữ"}
TOTAL_NAMES = {
    Total.SUM: "Cộng", Total.AVERAGE: "Trung bình", Total.LEAST: "Nhỏ nhất", Total.MOST: "Lớn nhất",
    Total.NONE: "Không tổng hợp",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    code: str
    name: str
    kind: Kind = Kind.NUMBER
    places: int = 0
    may_be_negative: bool = False
    is_required: bool = True
    total: Total = Total.SUM
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` is what stands in front (“1.2”, “II”); a heading has no cells."""

    code: str
    name: str
    number: str = ""
    formula: str = ""
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Special:
    """A single cell that differs: its own formula, a number of the platform (``source``), or closed (an “x”)."""

    row: str
    column: str
    formula: str = ""
    source: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold, such as ``dung_han <= tong``. A strict one stops the sending, another only warns."""

    formula: str
    words: str
    is_strict: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number stands and where it comes from; neither formula nor source: people give it."""

    row: Row
    column: Column
    formula: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        return key(self.row.code, self.column.code)

    @property
    def is_input(self) -> bool:
        return not self.formula and not self.source

    @property
    def name(self) -> str:
        return f"{self.row.name} – {self.column.name}"


def key(row: str, column: str) -> str:
    return f"{row}__{column}"


@dataclass(frozen=True, eq=False)
class Template:
    """Kept once per content and told apart by identity, so that what is worked out from it can be remembered."""

    code: str
    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    specials: tuple[Special, ...] = ()
    checks: tuple[Check, ...] = ()
    note: str = ""
    basis: str = ""
    unit: str = ""

    @cached_property
    def column_of(self) -> dict[str, Column]:
        return {one.code: one for one in self.columns}

    @cached_property
    def row_of(self) -> dict[str, Row]:
        return {one.code: one for one in self.rows}

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """All open cells by key, row by row."""
        special = {(one.row, one.column): one for one in self.specials}
        found = {}
        for row in self.rows:
            for column in self.columns:
                own = special.get((row.code, column.code))
                if row.is_heading or (own is not None and own.is_closed):
                    continue
                cell = Cell(row, column, _formula(row, column, own), own.source if own else "")
                found[cell.key] = cell
        return found

    @cached_property
    def by_row(self) -> dict[str, dict[str, Cell]]:
        """Row → column → cell."""
        found: dict[str, dict[str, Cell]] = {row.code: {} for row in self.rows}
        for cell in self.cells.values():
            found[cell.row.code][cell.column.code] = cell
        return found

    def inputs_of(self, row: str) -> list[Cell]:
        return [cell for cell in self.by_row.get(row, {}).values() if cell.is_input]

    @cached_property
    def input_rows(self) -> tuple[str, ...]:
        """Rows in which people give something, in order."""
        return tuple(row.code for row in self.rows if self.inputs_of(row.code))


def _formula(row: Row, column: Column, own: Special | None) -> str:
    if own is not None and (own.formula or own.source):
        return own.formula
    if column.kind is Kind.TEXT:
        return ""
    return column.formula or row.formula


def template_from(content: Mapping[str, Any]) -> Template:
    """The kept content as a value, however wrong it still is. Raises Refusal ``reporting.unreadable``."""
    try:
        return Template(
            code=str(content["code"]), name=str(content["name"]), note=str(content.get("note", "")),
            basis=str(content.get("basis", "")), unit=str(content.get("unit", "")),
            columns=tuple(_column(one) for one in content.get("columns", ())),
            rows=tuple(_row(one) for one in content.get("rows", ())),
            specials=tuple(_special(one) for one in content.get("cells", ())),
            checks=tuple(_check(one) for one in content.get("checks", ())),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Refusal("reporting.unreadable", f"Mẫu báo cáo thiếu hoặc sai phần {wrong}.") from None


def _column(one: Mapping[str, Any]) -> Column:
    return Column(
        str(one["code"]), str(one["name"]), Kind(one.get("kind", "number")), int(one.get("places", 0)),
        bool(one.get("negative")), bool(one.get("required", True)), Total(one.get("total", "sum")),
        str(one.get("formula", "")),
    )  # fmt: skip


def _row(one: Mapping[str, Any]) -> Row:
    number, formula = str(one.get("number", "")), str(one.get("formula", ""))
    return Row(str(one["code"]), str(one["name"]), number, formula, bool(one.get("heading")))


def _special(one: Mapping[str, Any]) -> Special:
    formula, source = str(one.get("formula", "")), str(one.get("source", ""))
    return Special(str(one["row"]), str(one["column"]), formula, source, bool(one.get("closed")))


def _check(one: Mapping[str, Any]) -> Check:
    return Check(str(one["formula"]), str(one.get("words", "")), bool(one.get("strict", True)))
