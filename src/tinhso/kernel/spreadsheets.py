"""Spreadsheets that leave: text that must not become a formula, sheets fit for a screen and for paper."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from textwrap import wrap
from typing import Any, TypeVar

from tinhso.kernel.letters import CONTROL

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FACE = "Times New Roman"  # what offices write in: Decree 30/2020/NĐ-CP
SHADE = "E8EEEC"
MARGIN = 0.5  # inches
LINE = 16.5  # the height of a line of words, in points
A4 = 9  # the number that spreadsheet programs give the paper

_NEGATIVE = re.compile(r"-([0-9]+([.,][0-9]+)?)?")  # a lone dash is none either
_NOT_HELD = re.compile(f"[{CONTROL}]")
_Cell = TypeVar("_Cell")


def inert(cell: _Cell) -> _Cell | str:
    """The cell; text that a spreadsheet would take for a formula gets a quote before it, a negative number does not.

    Letters that no spreadsheet can hold are left out: one name with such a letter must not cost a whole register."""
    if not isinstance(cell, str):
        return cell
    text = _NOT_HELD.sub("", cell)
    if not text.startswith(("=", "+", "-", "@", "\t", "\r")) or _NEGATIVE.fullmatch(text):
        return text
    return f"'{text}"


def number_format(places: int = 0) -> str:
    """How numbers of so many decimal places are shown; the reader's own program chooses point or comma."""
    return "#,##0" + ("." + "0" * places if places else "")


def lay_out(sheet: Any, *, heads: tuple[int, int], widths: Sequence[float]) -> None:
    """Make a sheet fit for reading and printing, once all its rows are there.

    ``heads``: the first and the last row of the table's headings, which stay in sight and stand on every page; the
    table goes from there to the last row. ``widths``: of the columns from A on, in letters. The paper is A4 across and
    the table as wide as the paper."""
    _columns(sheet, widths)
    for row in sheet.iter_rows(max_row=heads[0] - 1) if heads[0] > 1 else ():
        for cell in row:
            cell.font = _font(cell)
    spans = _spans(sheet)
    for row in sheet.iter_rows(min_row=heads[0]):
        number, is_head = row[0].row, row[0].row <= heads[1]
        _line(row, is_head=is_head)
        lines = max(_lines(cell, spans.get(cell.coordinate, width)) for cell, width in zip(row, widths, strict=False))
        sheet.row_dimensions[number].height = LINE * lines
    sheet.freeze_panes = sheet.freeze_panes or f"A{heads[1] + 1}"
    _paper(sheet, heads)


def _columns(sheet: Any, widths: Sequence[float]) -> None:
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def _spans(sheet: Any) -> dict[str, float]:
    """Cells that are merged with others, by where they begin: they need no height of their own."""
    return {one.start_cell.coordinate: math.inf for one in sheet.merged_cells.ranges}


def _lines(cell: Any, width: float) -> int:
    """On how many lines the words of a cell go on in its column."""
    if not isinstance(cell.value, str) or len(cell.value) < width - 1:
        return 1
    return len(wrap(cell.value, max(4, int(width * (0.85 if cell.font.bold else 0.95)))))


def _font(cell: Any, *, bold: bool = False) -> Any:
    from openpyxl.styles import Font

    return Font(name=FACE, size=max(12, cell.font.size or 0), bold=bold or cell.font.bold, italic=cell.font.italic)


def _line(row: Sequence[Any], *, is_head: bool) -> None:
    """A row of the table: framed, long words on several lines, headings bold and in the middle."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    side = Side(style="thin", color="808080")
    frame = Border(left=side, right=side, top=side, bottom=side)
    for cell in row:
        cell.border, cell.font = frame, _font(cell, bold=is_head)
        across = "center" if is_head else cell.alignment.horizontal or ("left" if isinstance(cell.value, str) else None)
        indent = 1 if across == "left" else 0
        upright = "center" if is_head else "top"
        cell.alignment = Alignment(wrap_text=True, vertical=upright, horizontal=across, indent=indent)
        if is_head:
            cell.fill = PatternFill("solid", fgColor=SHADE)


def _paper(sheet: Any, heads: tuple[int, int]) -> None:
    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", A4, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{heads[0]}:{heads[1]}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = margins.bottom = MARGIN
    sheet.oddFooter.right.text = "&P/&N"


def saved(book: Any) -> bytes:
    """The workbook as a file."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
