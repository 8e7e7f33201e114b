"""A published ranking as a spreadsheet, as people hand it on: a sheet for each group of comparable units."""

from __future__ import annotations

import io
from typing import Any

from tinhso.modules.scorecards.models import Round
from tinhso.modules.scorecards.queries import editions, rounds
from tinhso.modules.scorecards.rules.editions import Edition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = ("Hạng", "Hạng thấp nhất", "Hạng cao nhất", "Đơn vị", "Điểm", "Xếp loại", "So với kỳ trước")
WIDTHS = (8, 16, 16, 40, 10, 14, 16)
LONGEST_TITLE = 31  # what spreadsheet programs take


def ranking(round_: Round) -> bytes:
    """Rank with its interval, unit, total, grade, move since the round before, and points of each part."""
    from openpyxl import Workbook  # heavy, and seldom needed

    edition = editions.of(round_.edition)
    book = Workbook()
    book.remove(book.worksheets[0])
    for code, name in rounds.groups_in(round_):
        sheet: Any = book.create_sheet(_title(name))
        _fill(sheet, round_, edition, rounds.ranking(round_, code))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(name: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:LONGEST_TITLE]


def _fill(sheet: Any, round_: Round, edition: Edition, rows: list[rounds.Row]) -> None:
    from openpyxl.styles import Font

    sheet.append([round_.name])
    sheet.append([f"Quyết định {round_.decision_number}" if round_.decision_number else ""])
    parts = [name for name, *_ in rows[0].bars] if rows else []
    sheet.append([*HEADS, *parts])
    for cell in (*sheet[1], *sheet[3]):
        cell.font = Font(bold=True)
    for row in rows:
        card = row.card
        sheet.append(
            [card.rank, card.rank_high, card.rank_low, card.unit.name, card.final_total, row.grade, row.move,
             *(points for _, points, _ in row.bars)]
        )  # fmt: skip
    for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "E4"
