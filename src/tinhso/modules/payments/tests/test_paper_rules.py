"""Numbers and words of receipts, and statements of banks as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.modules.payments.rules import receipts, statements

DAY = date(2026, 11, 16)


@pytest.mark.parametrize("symbol", ["26TAA", "27TXY", "30TGH"])
def test_symbols_of_the_annex_are_known(symbol):
    assert receipts.is_symbol(symbol)


@pytest.mark.parametrize("symbol", ["26TIO", "26taa", "2026TA", "26KAA", "26TA", "26TAAA", "26TFJ"])
def test_other_symbols_are_not(symbol):
    assert not receipts.is_symbol(symbol)


def test_there_are_four_hundred_pairs_of_letters_each_once():
    pairs = [receipts.letters_of(number) for number in range(400)]
    assert len(set(pairs)) == 400
    assert all(receipts.is_symbol(receipts.symbol(2026, pair)) for pair in pairs)
    with pytest.raises(ValueError, match="400"):
        receipts.letters_of(400)


def test_amounts_are_written_out_as_receipts_demand():
    assert receipts.amount_words(75_000) == "Bảy mươi lăm nghìn đồng"
    assert receipts.amount_words(18_450_000) == "Mười tám triệu bốn trăm năm mươi nghìn đồng"


def test_the_summary_keeps_the_lines_of_cancelled_receipts():
    lines = [
        receipts.SummaryLine("EBL01", "26TAA", 1, DAY, "Lệ phí", 75_000, "replaced", note="Sai tên"),
        receipts.SummaryLine("EBL01", "26TAA", 2, DAY, "Lệ phí", 75_000, "issued", related="EBL01 26TAA 00000001"),
    ]
    rows = receipts.summary_rows(lines)
    assert len(rows[0]) == len(receipts.SUMMARY_COLUMNS)
    assert [row[8] for row in rows] == ["Thay thế", "Mới"]
    assert [row[3] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (75000, 75_000), (75000.0, 75_000), ("75.000", 75_000), ("1,250,000.00", 1_250_000), ("1.250.000", 1_250_000),
        ("+75000", 75_000), ("75000 VND", 75_000), ("75.000 đ", 75_000), ("", None), (None, None), ("abc", None),
        (0.5, None), (True, None), ("-75000", None), ("75.00.0", None),
    ],
)  # fmt: skip
def test_amounts_of_banks_are_read_as_whole_dong(cell, amount):
    assert statements.read_amount(cell) == amount


@pytest.mark.parametrize(
    "cell", ["17/11/2026 09:30:15", "2026-11-17 09:30:15", datetime(2026, 11, 17, 9, 30, 15)],
)  # fmt: skip
def test_moments_of_banks_are_vietnams(cell):
    found = statements.read_moment(cell, statements.FORMATS["general"].dates)
    assert found == datetime(2026, 11, 17, 2, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["31/02/2026", "hôm qua", "", None])
def test_a_day_that_does_not_exist_is_none(cell):
    assert statements.read_moment(cell, statements.FORMATS["general"].dates) is None


def test_the_table_is_found_below_a_banks_own_lines():
    rows = [("NGÂN HÀNG X",), (), ("STT", "Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Nội dung"), (1,)]
    number, columns = statements.find_columns(rows, statements.FORMATS["general"])
    assert (number, columns) == (2, {"booked_at": 1, "reference": 2, "amount": 4, "content": 5})


def test_a_statement_of_another_bank_is_refused_with_the_column_that_is_missing():
    rows = [("Ngày giao dịch", "Số tham chiếu", "Nội dung")]
    with pytest.raises(Refusal) as refused:
        statements.find_columns(rows, statements.FORMATS["general"])
    assert refused.value.code == "payments.statement_columns"
    assert "số tiền ghi có (“Ghi có”)" in refused.value.message
    assert "ngày giao dịch" not in refused.value.message


def test_debits_are_skipped_and_broken_rows_named():
    layout = statements.FORMATS["demo"]
    columns = {"booked_at": 0, "reference": 1, "amount": 2, "content": 3}
    rows = [
        ("17/11/2026 09:30", "FT1", "75.000", "TS26111700088K"), ("17/11/2026", "FT2", "", "rút tiền"),
        ("hôm qua", "FT3", "1", ""), ("17/11/2026", "", "5", ""), ("ngắn",),
    ]  # fmt: skip
    reading = statements.Reading()
    lines = list(statements.read_lines(rows, columns, layout, reading, 2))
    assert [line.reference for line in lines] == ["FT1"]
    assert reading.skipped == 2
    assert reading.faults == [
        "Dòng 4: không đọc được ngày giao dịch.", "Dòng 5: không đọc được số tham chiếu.",
    ]  # fmt: skip
