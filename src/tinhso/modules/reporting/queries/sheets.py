"""A unit's sheet as it is filled: lines with fields, numbers computed, checks that do not hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from tinhso.kernel.errors import NotFound
from tinhso.kernel.numerals import shown
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.ui.templatetags.ui import number
from tinhso.modules.reporting.models import Sheet, SheetRow
from tinhso.modules.reporting.queries import templates
from tinhso.modules.reporting.rules.computing import Broken, Computed, broken, compute
from tinhso.modules.reporting.rules.sheets import Cell, Kind, Row, Template, key


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells for people: how many must be filled and are, how many may be and are."""

    required: int
    filled: int
    optional: int
    optional_filled: int


@dataclass(frozen=True)
class Filled:
    """All that is in a sheet, computed once for a page or an answer."""

    template: Template
    rows: Mapping[str, SheetRow]

    @cached_property
    def given(self) -> dict[str, Decimal]:
        """Numbers that people or the platform gave."""
        found = {}
        for cell in self.template.cells.values():
            text = self.text(cell)
            if text and not cell.formula and cell.column.kind is Kind.NUMBER:
                found[cell.key] = Decimal(text)
        return found

    @cached_property
    def computed(self) -> Computed:
        return compute(self.template, self.given)

    @cached_property
    def broken(self) -> list[Broken]:
        return broken(self.template, self.computed)

    @property
    def filled(self) -> int:
        """How many cells people filled, required or not."""
        return self.counts.filled + self.counts.optional_filled

    @cached_property
    def counts(self) -> Counts:
        cells = [(cell, bool(self.text(cell))) for cell in self.template.cells.values() if cell.is_input]
        required = [is_filled for cell, is_filled in cells if cell.column.is_required]
        others = [is_filled for cell, is_filled in cells if not cell.column.is_required]
        return Counts(len(required), sum(required), len(others), sum(others))

    def text(self, cell: Cell) -> str:
        """What is kept in a cell that is not computed: a plain decimal or a text."""
        row = self.rows.get(cell.row.code)
        if row is None:
            return ""
        if cell.source:
            return str(row.system.get(cell.column.code, {}).get("value", ""))
        return str(row.values.get(cell.column.code, ""))

    def missing(self) -> list[Cell]:
        """Cells that must be filled and are not."""
        wanted = (cell for cell in self.template.cells.values() if cell.is_input and cell.column.is_required)
        return [cell for cell in wanted if not self.text(cell)]

    def shown_in(self, cell: Cell) -> str:
        """A cell as people write it."""
        if cell.column.kind is Kind.TEXT:
            return self.text(cell)
        return shown(self.computed.values.get(cell.key))

    def shown_cells(self) -> dict[str, str]:
        """Computed cells by key, as people read them; where there is no number, why."""
        values, troubles = self.computed.values, self.computed.troubles
        cells = (cell.key for cell in self.template.cells.values() if cell.formula)
        return {own: number(values.get(own)) or troubles.get(own, "–") for own in cells}

    def kept(self) -> dict[str, str]:
        """All numbers as they are frozen when the sheet is sent, texts of people among them."""
        numbers = {own: f"{value.normalize() + 0:f}" for own, value in self.computed.values.items()}
        texts = {
            cell.key: self.text(cell) for cell in self.template.cells.values() if cell.column.kind is Kind.TEXT
        }  # fmt: skip
        return numbers | {own: text for own, text in texts.items() if text}


@dataclass(frozen=True)
class Field:
    """A cell on the page. ``state``: input, computed, system, closed."""

    code: str
    key: str
    label: str
    state: str
    text: str = ""
    words: str = ""
    link: str = ""
    is_text: bool = False
    is_broken: bool = False
    is_optional: bool = False

    @property
    def read(self) -> str:
        """The cell as it is read: a number with full stops between thousands."""
        return self.text if self.is_text else number(self.text.replace(",", "."))


@dataclass(frozen=True)
class Line:
    row: Row
    fields: list[Field]
    revision: int = 0
    is_open: bool = False
    who: str = ""
    at: datetime | None = None
    broken: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> list[Field]:
        return [one for one in self.fields if one.state == "input"]


def visible(sheet_id: int, actor: Actor) -> Sheet:
    """A sheet the actor may see. Raises NotFound."""
    rows = Sheet.objects.visible_to(actor).select_related(
        "unit", "submitted_by", "decided_by", "period__version", "period__assignment__template__owner"
    )
    found = rows.filter(pk=sheet_id).first()
    if found is None:
        raise NotFound
    return found


def filled(sheet: Sheet, template: Template | None = None, *, people: bool = False) -> Filled:
    """What stands in a sheet: one statement."""
    rows = SheetRow.objects.filter(sheet=sheet)
    if people:
        rows = rows.select_related("filled_by")
    return Filled(template or templates.of(sheet.period.version), {one.row: one for one in rows})


def lines(found: Filled) -> list[Line]:
    """The sheet row by row, for the grid."""
    wrong: dict[str, list[str]] = {}
    for one in found.broken:
        for own in one.keys:
            wrong.setdefault(own.partition("__")[0], []).append(one.check.words)
    marked = {own for one in found.broken for own in one.keys}
    return [_line(found, row, marked, wrong.get(row.code, [])) for row in found.template.rows]


def _line(found: Filled, row: Row, marked: set[str], wrong: Iterable[str]) -> Line:
    own = found.template.by_row[row.code]
    fields = []
    for column in found.template.columns:
        cell = own.get(column.code)
        if cell is None:
            fields.append(Field(column.code, key(row.code, column.code), column.name, "closed"))
        else:
            fields.append(_field(found, cell, cell.key in marked))
    kept = found.rows.get(row.code)
    is_open = any(one.state == "input" and not one.text and not one.is_optional for one in fields)
    who = kept.filled_by.display_name if kept and kept.filled_by_id and kept.filled_by else ""
    return Line(
        row, [] if row.is_heading else fields, kept.revision if kept else 0, is_open, who,
        kept.filled_at if kept else None, list(dict.fromkeys(wrong)),
    )  # fmt: skip


def _field(found: Filled, cell: Cell, is_broken: bool) -> Field:
    is_text = cell.column.kind is Kind.TEXT
    about: dict[str, Any] = {}
    if cell.source and (kept := found.rows.get(cell.row.code)):
        about = kept.system.get(cell.column.code, {})
    state = "computed" if cell.formula else "system" if cell.source else "input"
    words = found.computed.troubles.get(cell.key, "") if cell.formula else about.get("words", "")
    return Field(
        cell.column.code, cell.key, cell.column.name, state, found.shown_in(cell), words, about.get("link", ""),
        is_text, is_broken, not cell.column.is_required,
    )  # fmt: skip
