"""Due dates explained, sentence by sentence."""

from datetime import date

from tinhso.kernel.clock.rules import Calendar, Extension, Limit, Pause, Unit, due, explain, limit_words
from tinhso.kernel.clock.tests.factories import CULTURE_DAY_ONLY, moment

RECEIVED = moment("18/11/2026 09:10")
FIVE = Limit(5, Unit.WORKING_DAY)


def test_five_working_days_are_told_day_by_day():
    assert explain(due(RECEIVED, FIVE, CULTURE_DAY_ONLY)) == [
        "Nhận hồ sơ lúc 09:10 thứ Tư 18/11/2026; thời hạn 5 ngày làm việc; ngày nhận không tính (Điều 147 khoản 2 Bộ "
        "luật Dân sự 2015).",
        "Ngày 1: thứ Năm 19/11/2026.",
        "Ngày 2: thứ Sáu 20/11/2026.",
        "Bỏ qua thứ Bảy 21/11/2026 và Chủ nhật 22/11/2026: nghỉ hằng tuần.",
        "Ngày 3: thứ Hai 23/11/2026.",
        "Bỏ qua thứ Ba 24/11/2026: Ngày Văn hóa Việt Nam.",
        "Ngày 4: thứ Tư 25/11/2026.",
        "Ngày 5: thứ Năm 26/11/2026.",
        "Hạn trả kết quả: 17:00 thứ Năm 26/11/2026.",
    ]


def test_the_same_in_english():
    assert explain(due(RECEIVED, Limit(1, Unit.WORKING_DAY), CULTURE_DAY_ONLY), "en") == [
        "Received at 09:10 Wednesday 18/11/2026; limit: 1 working day; the first day is not counted (Civil Code 2015, "
        "Art. 147.2).",
        "Day 1: Thursday 19/11/2026.",
        "Due: 17:00 Thursday 19/11/2026.",
    ]


def test_a_pause_says_why_how_long_and_what_it_cost():
    stop = Pause("supplement", moment("19/11/2026 14:00"), moment("23/11/2026 15:00"), "thiếu bản vẽ")
    assert explain(due(RECEIVED, FIVE, CULTURE_DAY_ONLY, [stop]))[1:3] == [
        "Ngày 1: thứ Năm 19/11/2026.",
        "Tạm dừng từ 14:00 thứ Năm 19/11/2026 đến 15:00 thứ Hai 23/11/2026 (chờ bổ sung hồ sơ; thiếu bản vẽ), không "
        "tính 2 ngày làm việc; ngày tạm dừng vẫn tính, đếm tiếp từ ngày sau ngày tiếp tục.",
    ]


def test_a_clock_that_stands_still_says_what_is_left():
    stop = Pause("financial_obligation", moment("19/11/2026 14:00"))
    assert explain(due(RECEIVED, FIVE, CULTURE_DAY_ONLY, [stop]))[-2:] == [
        "Tạm dừng từ 14:00 thứ Năm 19/11/2026 đến nay (chờ thực hiện nghĩa vụ tài chính).",
        "Đồng hồ đang dừng; khi tiếp tục còn 4 ngày làm việc.",
    ]


def test_calendar_days_tell_why_the_last_day_moved():
    assert explain(due(RECEIVED, Limit(6, Unit.DAY), CULTURE_DAY_ONLY))[1:] == [
        "Cộng 6 ngày, từ thứ Năm 19/11/2026 đến hết thứ Ba 24/11/2026.",
        "Thứ Ba 24/11/2026 là ngày nghỉ (Ngày Văn hóa Việt Nam) nên thời hạn kết thúc vào ngày làm việc tiếp theo, "
        "thứ Tư 25/11/2026 (Điều 148 khoản 5 Bộ luật Dân sự 2015).",
        "Hạn trả kết quả: 17:00 thứ Tư 25/11/2026.",
    ]


def test_long_limits_tell_days_in_a_row_together():
    told = explain(due(RECEIVED, Limit(12, Unit.WORKING_DAY), CULTURE_DAY_ONLY))
    assert told[1] == "Ngày 1 đến ngày 2: thứ Năm 19/11/2026 và thứ Sáu 20/11/2026."
    assert told[-4:-1] == [
        "Ngày 7 đến ngày 11: thứ Hai 30/11/2026 đến thứ Sáu 4/12/2026.",
        "Bỏ qua thứ Bảy 5/12/2026 và Chủ nhật 6/12/2026: nghỉ hằng tuần.",
        "Ngày 12: thứ Hai 7/12/2026.",
    ]


def test_a_year_without_decision_is_named():
    calendar = Calendar("x", provisional_years=frozenset({2027}))
    told = explain(due(moment("30/12/2026 09:00"), Limit(3, Unit.WORKING_DAY), calendar))
    assert told[-2] == (
        "Lịch nghỉ năm 2027 chưa có quyết định, tạm tính theo Bộ luật Lao động; ngày hẹn có thể thay đổi."
    )


def test_every_kind_of_limit_is_told_in_both_languages():
    stops = [
        Pause("verification", moment("18/11/2026 10:00"), moment("18/11/2026 11:00")),
        Pause("force_majeure", moment("19/11/2026 10:00"), moment("20/11/2026 15:30")),
    ]
    limits = [
        Limit.same_day(),
        Limit("2.5", Unit.WORKING_DAY),
        Limit(4, Unit.HOUR),
        Limit(3, Unit.DAY),
        Limit.unknown(),
    ]
    for limit in limits:
        for received in ("18/11/2026 09:10", "18/11/2026 16:00", "21/11/2026 09:00"):
            found = due(moment(received), limit, CULTURE_DAY_ONLY, stops, [Extension(1, Unit.DAY, "miền núi")])
            assert len(explain(found)) == len(explain(found, "en")) == len(found.steps)
    assert explain(due(moment("21/11/2026 09:00"), Limit.same_day(), CULTURE_DAY_ONLY))[1] == (
        "Thứ Bảy 21/11/2026 là ngày nghỉ (nghỉ hằng tuần): trả kết quả vào ngày làm việc tiếp theo, thứ Hai 23/11/2026."
    )


def test_limits_in_words():
    assert [
        limit_words(limit) for limit in (FIVE, Limit("0.5", Unit.WORKING_DAY), Limit.same_day(), Limit.unknown())
    ] == [
        "5 ngày làm việc",
        "0,5 ngày làm việc",
        "trong ngày (nhận trước 15:00)",
        "chưa xác định",
    ]
    assert limit_words(Limit(20, Unit.DAY), "en") == "20 calendar days"


def test_dates_of_days_off_are_named_as_entered():
    calendar = Calendar("storm", off={date(2026, 11, 19): "Nghỉ tránh bão"})
    assert explain(due(RECEIVED, Limit(1, Unit.WORKING_DAY), calendar))[1] == (
        "Bỏ qua thứ Năm 19/11/2026: Nghỉ tránh bão."
    )
