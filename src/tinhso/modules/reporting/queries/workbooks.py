"""Sheets as Excel files: the empty form that goes out, and the official sum.

A form's column A and its row of codes are hidden: they tell the program which cell is which when the file comes back.
"""

from __future__ import annotations

from typing import Any

from tinhso.kernel.spreadsheets import inert, lay_out, number_format, saved
from tinhso.modules.reporting.models import Sheet
from tinhso.modules.reporting.queries.boards import Summed
from tinhso.modules.reporting.queries.sheets import Filled
from tinhso.modules.reporting.rules.sheets import Cell, Column, Kind, Row, key

SHEET = "Báo cáo"
LEAD = 3  # columns before the numbers: code, number in front, name
MARK_ROW, HEAD_ROW, CODE_ROW = 4, 5, 6
WIDE, NUMBER, WORDS = 44, 14, 30  # widths of columns, in letters


def mark_of(sheet: Sheet) -> str:
    """What tells that a file belongs to this sheet."""
    return f"{sheet.period.assignment.template.code}/{sheet.period.code}/{sheet.unit.code}/{sheet.pk}"


def form_of(sheet: Sheet, found: Filled) -> bytes:
    """The sheet as a form to fill in: typed cells are open, all others are locked and grey."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    columns, book = found.template.columns, Workbook()
    page: Any = book.active
    page.title = SHEET
    _form_head(page, sheet, found)
    for row in found.template.rows:
        _form_row(page, row, found)
    widths = [12, 6, WIDE, *(_width(one) for one in columns), 6]
    page.freeze_panes = page.cell(CODE_ROW + 1, LEAD + 1)
    lay_out(page, heads=(HEAD_ROW, CODE_ROW), widths=widths)
    for letter in ("A", get_column_letter(len(widths))):
        page.column_dimensions[letter].hidden = True
    page.row_dimensions[MARK_ROW].hidden = page.row_dimensions[CODE_ROW].hidden = True
    page.protection.sheet = True
    return saved(book)


def _form_head(page: Any, sheet: Sheet, found: Filled) -> None:
    from openpyxl.styles import Font

    columns, due = found.template.columns, sheet.period.due_at
    title = (found.template.name, f"{sheet.unit.name} – {sheet.period.name}", f"Hạn gửi: {due:%d/%m/%Y}")
    for words in title:
        page.append(["", inert(words)])
    page["B1"].font = Font(bold=True, size=14)
    page.append([f"Mã: {mark_of(sheet)}"])
    page.append(["Mã dòng", "STT", "Nội dung", *(inert(one.name) for one in columns), "Bản"])
    page.append(["", "", "", *(one.code for one in columns), "revision"])


def _form_row(page: Any, row: Row, found: Filled) -> None:
    from openpyxl.styles import Font, PatternFill, Protection

    columns, own, kept = found.template.columns, found.template.by_row[row.code], found.rows.get(row.code)
    cells = ["" if row.is_heading else _out(found, own.get(column.code)) for column in columns]
    page.append([row.code, inert(row.number), inert(row.name), *cells, kept.revision if kept else 0])
    grey, open_, bold = PatternFill("solid", fgColor="EDEDED"), Protection(locked=False), Font(bold=row.is_heading)
    for cell in page[page.max_row]:
        cell.font = bold
    for place, column in enumerate(columns, LEAD + 1):
        cell, declared = page.cell(page.max_row, place), own.get(column.code)
        if declared is not None and declared.is_input:
            cell.protection = open_
        else:
            cell.fill = grey
        _shown(cell, column)


def _shown(cell: Any, column: Column) -> None:
    from openpyxl.styles import Alignment

    if column.kind is Kind.NUMBER:
        cell.number_format = number_format(column.places)
        cell.alignment = Alignment(horizontal="right")


def _width(column: Column) -> int:
    return NUMBER if column.kind is Kind.NUMBER else WORDS


def _out(found: Filled, cell: Cell | None) -> Any:
    if cell is None:
        return "x"
    if cell.column.kind is Kind.TEXT:
        return inert(found.text(cell))
    value = found.computed.values.get(cell.key)
    return value if value is not None else found.computed.troubles.get(cell.key)


def sum_of(found: Summed) -> bytes:
    """The official sum: one sheet with it, one with every unit row by row."""
    from openpyxl import Workbook

    book = Workbook()
    _whole(book.active, found)
    _each(book.create_sheet("Từng đơn vị"), found)
    return saved(book)


def _whole(page: Any, found: Summed) -> None:
    from openpyxl.styles import Font

    page.title = "Tổng hợp"
    columns, due = found.numeric(), f"{found.period.since:%d/%m/%Y} – {found.period.until:%d/%m/%Y}"
    for words in (
        found.template.name, found.period.name if "(" in found.period.name else f"{found.period.name} ({due})",
        f"Tổng hợp {len(found.parts)}/{found.units} đơn vị{': ' + found.title if found.title else ''}",
        found.template.basis,
    ):  # fmt: skip
        page.append([inert(words)])
    page["A1"].font = Font(bold=True, size=14)
    page.append(["STT", "Nội dung", *(inert(one.name) for one in columns)])
    for row in found.template.rows:
        cells = [""] * len(columns) if row.is_heading else _sum_cells(found, row.code)
        page.append([inert(row.number), inert(row.name), *cells])
        for cell in page[page.max_row]:
            cell.font = Font(bold=row.is_heading)
        for place, column in enumerate(columns, LEAD):
            _shown(page.cell(page.max_row, place), column)
    page.freeze_panes = page.cell(HEAD_ROW + 1, LEAD)
    lay_out(page, heads=(HEAD_ROW, HEAD_ROW), widths=[6, WIDE, *[NUMBER] * len(columns)])


def _each(page: Any, found: Summed) -> None:
    columns, rows = found.numeric(), [one for one in found.template.rows if not one.is_heading]
    page.append(["Mã đơn vị", "Đơn vị", "Mã dòng", "Nội dung", *(inert(one.name) for one in columns)])
    for sheet, numbers in found.parts:
        for row in rows:
            values = (numbers.get(key(row.code, one.code)) for one in columns)
            page.append([sheet.unit.code, inert(sheet.unit.name), row.code, inert(row.name), *values])
            for place, column in enumerate(columns, LEAD + 2):
                _shown(page.cell(page.max_row, place), column)
    page.freeze_panes = "E2"
    lay_out(page, heads=(1, 1), widths=[12, 28, 12, WIDE, *[NUMBER] * len(columns)])


def _sum_cells(found: Summed, row: str) -> list[Any]:
    keys = [key(row, one.code) for one in found.numeric()]
    return [found.computed.values.get(own, found.computed.troubles.get(own)) for own in keys]
