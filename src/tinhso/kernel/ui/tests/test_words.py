"""Numbers, days and names as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tinhso.kernel.ui.charts import Point, bars, line
from tinhso.kernel.ui.templatetags import ui

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234.5, "1.234,5"), (2143, "2.143"), (0, "0"), ("98.20", "98,2"), (-3, "−3"), (None, "")],
)
def test_numbers_have_full_stops_and_a_decimal_comma(value, shown):
    assert ui.number(value) == shown


def test_money_does_not_break_before_its_sign():
    assert ui.dong(75000) == "75.000\u00a0đ"


def test_days_are_named():
    assert ui.day(date(2026, 11, 27)) == "thứ Sáu, 27/11/2026"
    assert ui.day(date(2026, 11, 22)) == "Chủ nhật, 22/11/2026"


@pytest.mark.parametrize(
    ("away", "shown"),
    [
        (timedelta(hours=4, minutes=30), "Hôm nay, 16:30"),
        (timedelta(days=1), "Mai, 12:00"),
        (timedelta(days=-1), "Hôm qua, 12:00"),
        (timedelta(days=-2), "20/11, 12:00"),
        (timedelta(days=-365), "22/11/2025, 12:00"),
    ],
)
def test_near_moments_are_said_as_people_say_them(away, shown):
    assert ui.moment(NOON + away, NOON) == shown


def test_identity_numbers_are_masked():
    assert ui.masked("072190004417") == "0721\u00a0••••\u00a04417"
    assert ui.masked("123") == "••••"


def test_file_sizes_have_units():
    assert ui.file_size(186_368) == "182\u00a0KB"
    assert ui.file_size(2_202_009) == "2,1\u00a0MB"


def test_initials_are_of_first_and_last_name():
    assert ui.initials("Mai Anh Mẫu") == "MM"
    assert ui.initials("Hạnh") == "H"


def test_status_speaks_by_icon_and_word():
    html = ui.status("late")
    assert "tag bad" in html
    assert "#circle-alert" in html
    assert "Quá hạn" in html


def test_a_qr_code_is_drawn_without_styles():
    assert "style=" not in ui.qr_svg("H53.08-261117-0088")


def test_bars_start_at_zero_and_end_on_a_round_figure():
    chart = bars([Point("07", 82), Point("09", 422)])
    assert [tick.value for tick in chart.ticks] == [0, 200, 400, 600]
    assert chart.shapes[0].y + chart.shapes[0].height == pytest.approx(chart.base)


def test_a_line_may_start_higher():
    chart = line([Point("5", 93.1), Point("6", 98.2)], goal=95, low=85)
    assert chart.ticks[0].value == 85
    assert chart.goal.value == 95


def test_an_empty_chart_is_still_a_chart():
    assert bars([]).shapes == []


def test_borrowed_sentences_are_said_in_vietnamese():
    assert ui.spoken("Password (again)") == "Nhập lại mật khẩu"
    assert ui.spoken("Email (optional)") == "Thư điện tử"
    assert ui.spoken("Số nhà") == "Số nhà"


def test_a_moment_within_a_sentence_begins_small() -> None:
    now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert ui.moment_within(now, now) == "hôm nay, 16:00"
    assert ui.moment_within(None) == ""
