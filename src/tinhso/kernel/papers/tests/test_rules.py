from datetime import date, datetime

import pytest

from tinhso.kernel.papers import rules


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 5), "ngày 05 tháng 3 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
        (date(2026, 1, 10), "ngày 10 tháng 01 năm 2026"),
    ],
)
def test_days_under_ten_and_the_first_two_months_take_a_zero(day, words):
    assert rules.date_words(day) == words


def test_a_moment_is_told_with_hours_and_minutes():
    assert rules.moment_words(datetime(2026, 3, 5, 9, 5)) == "09 giờ 05 phút, ngày 05 tháng 3 năm 2026"


def test_a_number_below_ten_has_two_digits():
    assert rules.document_number(5, "QĐ-UBND") == "05/QĐ-UBND"
    assert rules.document_number(123, "SNV-VP") == "123/SNV-VP"


def test_an_identity_shows_its_last_three_digits_only():
    assert rules.masked_identity("079123456789") == "•••••••••789"


def test_text_for_paper_has_no_control_characters_and_no_turned_direction():
    assert rules.printable("a\x00\x07b\u202egnp.exe") == "abgnp.exe"
    assert rules.printable("dòng 1\r\ndòng 2") == "dòng 1\ndòng 2"
    assert rules.printable("Nguye\u0302\u0303n") == "Nguyễn"


def test_a_run_without_spaces_may_be_broken():
    assert rules.printable({"a": ["x" * 130]}) == {"a": ["x" * 60 + "\u200b" + "x" * 60 + "\u200b" + "x" * 10]}


def test_numbers_and_truths_stay_what_they_are():
    assert rules.printable({"n": 3, "ok": True, "none": None}) == {"n": 3, "ok": True, "none": None}
