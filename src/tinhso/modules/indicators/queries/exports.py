"""Tables that leave: a unit's board, an indicator's course, and the empty table for figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.numerals import plain
from tinhso.kernel.spreadsheets import inert, lay_out, saved
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.modules.indicators.models import IndicatorVersion
from tinhso.modules.indicators.queries import boards, pages
from tinhso.modules.indicators.rules.definitions import Definition
from tinhso.modules.indicators.rules.words import DOMAIN_NAMES, MEASURES

IMPORT_TITLES = (
    ("Mã chỉ tiêu", "dossiers_online"), ("Mã đơn vị", "xa-25459"), ("Kỳ", "2026, 2026-Q3 hoặc 2026-11"),
    ("Tử số", "1.234"), ("Mẫu số", "2.000"), ("Giá trị", "chỉ khi không có tử số, mẫu số"), ("Nguồn", "Báo cáo số …"),
)  # fmt: skip
WIDEST = 34  # of a column, in letters: longer words go on in the next line
Rows = Iterator[list[Any]]


def board(node: Node, year: int, today: date) -> Rows:
    """A unit's board: one line an indicator."""
    yield ["Mã", "Chỉ tiêu", "Lĩnh vực", "Đơn vị tính", "Kỳ", "Tử số", "Mẫu số", "Giá trị", "Cách công bố",
           "Kế hoạch đến kỳ", "Mục tiêu năm", "Đánh giá", "Văn bản"]  # fmt: skip
    for row in boards.board(node, year, today, everything=True).rows:
        one = row.definition
        yield [
            one.code, one.name, DOMAIN_NAMES[one.domain], MEASURES[one.measure][0],
            row.period.name if row.period else "", row.point.numerator, row.point.denominator,
            row.shown.value if row.shown else None, row.shown.words if row.shown else "", row.plan_shown,
            row.target.value if row.target else None,
            row.verdict_name, row.target.document if row.target else "",
        ]  # fmt: skip


def page(version: IndicatorVersion, one: Definition, node: Node, year: int, today: date) -> Rows:
    """An indicator's course of five years: one line a period, the newest first."""
    yield ["Mã", "Đơn vị", "Kỳ", "Tử số", "Mẫu số", "Giá trị", "Đơn vị tính", "Cách công bố", "Kế hoạch đến kỳ",
           "Đánh giá", "Số đơn vị cộng lại"]  # fmt: skip
    for row in pages.page(version, one, node, year, today).rows:
        yield [
            one.code, node.name, row.period.code if row.period else "", row.point.numerator, row.point.denominator,
            row.shown.value if row.shown else None, MEASURES[one.measure][0], row.shown.words if row.shown else "",
            row.plan_shown, row.verdict_name, row.point.units,
        ]  # fmt: skip


def template(today: date) -> Rows:
    """The first line of a file for figures."""
    yield [title for title, _example in IMPORT_TITLES]


def line_of(line: Any) -> dict[str, Any]:
    """A line of a file as it would be written."""
    said = line.said
    return {
        "number": line.number, "series": said.series, "unit": tree().nodes[said.unit_id].name,
        "period": said.period.name, "point": said.point,
    }  # fmt: skip


def text_of(cell: Any) -> str:
    """A cell as text that reads the same again."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m}"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = Decimal(repr(cell))
        return plain(value).replace(".", ",") if value.is_finite() else str(cell)
    return str(cell)[:400]


def written(cell: Any) -> Any:
    """A cell of a file as text: a number as it is, nothing for none."""
    return plain(cell) if isinstance(cell, Decimal) else "" if cell is None else inert(cell)


def workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet whose first line stays in sight."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Chỉ tiêu"
    for row in rows:
        sheet.append([cell if isinstance(cell, Decimal) else written(cell) for cell in row])
    longest = [max(len(str(cell.value or "")) for cell in column) for column in sheet.columns]
    lay_out(sheet, heads=(1, 1), widths=[min(WIDEST, max(9, one + 2)) for one in longest])
    return saved(book)
