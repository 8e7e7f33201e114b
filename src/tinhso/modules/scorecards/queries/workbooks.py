"""A published ranking as a spreadsheet, as people hand it on: a sheet for each group of comparable units."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.spreadsheets import inert, lay_out, number_format, saved
from tinhso.modules.scorecards.models import Round
from tinhso.modules.scorecards.queries import editions, rounds
from tinhso.modules.scorecards.rules.editions import Edition

HEADS = ("Hạng", "Hạng thấp nhất", "Hạng cao nhất", "Đơn vị", "Điểm", "Xếp loại", "So với kỳ trước")
WIDTHS = (7, 10, 10, 34, 10, 13, 11)
PART = 14  # the width of a part of the criteria set, in letters
HEAD_ROW = 3
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
    return saved(book)


def _title(name: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:LONGEST_TITLE]


def _fill(sheet: Any, round_: Round, edition: Edition, rows: list[rounds.Row]) -> None:
    from openpyxl.styles import Font

    decision = f" – Quyết định {round_.decision_number}" if round_.decision_number else ""
    for words in (round_.name, f"{sheet.title}{decision}"):
        sheet.append([inert(words)])
    sheet["A1"].font = Font(bold=True, size=14)
    parts = [name for name, *_ in rows[0].bars] if rows else []
    sheet.append([*HEADS, *(inert(one) for one in parts)])
    for row in rows:
        card = row.card
        sheet.append(
            [card.rank, card.rank_high, card.rank_low, card.unit.name, card.final_total, row.grade, row.move,
             *(points for _, points, _ in row.bars)]
        )  # fmt: skip
        for cell in (sheet.cell(sheet.max_row, 5), *sheet[sheet.max_row][len(HEADS) :]):
            cell.number_format = number_format(2)
    sheet.freeze_panes = f"E{HEAD_ROW + 1}"
    lay_out(sheet, heads=(HEAD_ROW, HEAD_ROW), widths=[*WIDTHS, *[PART] * len(parts)])
