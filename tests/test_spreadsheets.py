"""Text in spreadsheets stays text."""

from __future__ import annotations

import pytest

from tinhso.kernel.spreadsheets import LINE, inert, lay_out


@pytest.mark.parametrize("text", ["=1+1", "+84", "-cmd", "@x", "\t=1", "\r=1", "-1+2"])
def test_what_would_be_a_formula_keeps_its_quote(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "-", "Phường Tân Ninh", "-12", "-1.5", "-1,5", "a=b", 7, -7.5, None])
def test_anything_else_stays_as_it_is(cell):
    assert inert(cell) == cell


def test_a_sheet_for_paper_is_as_wide_as_the_paper_and_repeats_its_headings():
    from openpyxl import Workbook

    sheet = Workbook().active
    for row in (["Sổ theo dõi"], ["STT", "Thủ tục"], ["(1)", "(2)"], [1, "Cấp giấy phép xây dựng " * 3], [2, "Ngắn"]):
        sheet.append(row)
    lay_out(sheet, heads=(2, 3), widths=[6, 20])
    setup = sheet.page_setup
    assert (setup.orientation, int(setup.paperSize), setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$2:$3", "A4")
    assert [sheet.row_dimensions[row].height for row in (4, 5)] == [LINE * 4, LINE]
    assert (sheet["A1"].border.left.style, sheet["B4"].border.left.style) == (None, "thin")


def test_letters_that_no_sheet_can_hold_do_not_cost_the_sheet():
    from openpyxl import Workbook

    sheet = Workbook().active
    sheet.append([inert("Trần\x0b Văn\x01 A"), inert("\x01=1+1")])
    assert [cell.value for cell in sheet[1]] == ["Trần Văn A", "'=1+1"]
