"""What things cost: tiers, cuts, exemptions, and the sentences of how a sum came about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.modules.payments.rules import fees
from tinhso.modules.payments.rules.fees import Count, Cut, Line, Relief, Tariff, Tier

DAY = date(2026, 11, 16)
COPIES = Line(
    code="ban-sao", procedure="2.000815", name="Phí chứng thực bản sao", kind="phi", how="tiered", unit="bản",
    size_unit="trang", tiers=(Tier(2000, 2), Tier(1000)), cap=200_000,
)  # fmt: skip
PERMIT = Line(
    code="gpxd", procedure="1.013225", name="Lệ phí cấp giấy phép xây dựng", amount=150_000,
    cuts=(Cut(50, "TT 64/2025/TT-BTC", "online", date(2025, 7, 1), date(2026, 12, 31)),),
    reliefs=(Relief("ho_ngheo"), Relief("khuyet_tat", 50)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "copies", "amount"),
    [(1, 1, 2000), (2, 1, 4000), (3, 1, 5000), (12, 3, 42_000), (198, 1, 200_000), (500, 2, 400_000), (0, 1, 0)],
)
def test_certified_copies_cost_two_thousand_for_the_first_two_pages_and_never_above_the_cap(pages, copies, amount):
    assert fees.price(COPIES, Count(copies, pages)) == amount


@given(st.integers(0, 5000), st.integers(0, 200))
def test_the_tiers_are_the_formula_of_the_circular(pages, copies):
    formula = min(200_000, 2000 * min(pages, 2) + 1000 * max(pages - 2, 0))
    assert fees.price(COPIES, Count(copies, pages)) == formula * copies


@pytest.mark.parametrize(
    ("on", "channel", "relief", "amount"),
    [
        (date(2026, 12, 31), "online", "", 75_000),
        (date(2027, 1, 1), "online", "", 150_000),  # the national cut has ended
        (date(2026, 11, 16), "direct", "", 150_000),
        (date(2026, 11, 16), "online", "ho_ngheo", 0),
        (date(2026, 11, 16), "direct", "khuyet_tat", 75_000),
        (date(2026, 11, 16), "online", "khuyet_tat", 75_000),  # not added up
        (date(2026, 11, 16), "online", "tre_em", 75_000),  # the line exempts no children
    ],
)
def test_a_cut_holds_until_its_last_day_and_is_not_added_to_an_exemption(on, channel, relief, amount):
    assert fees.quote([PERMIT], on=on, channel=channel, relief=relief).total == amount


def test_the_words_say_how_the_sum_came_about():
    assert fees.quote([COPIES], on=DAY, counts={"ban-sao": Count(3, 12)}).words == [
        "Phí chứng thực bản sao: 3 bản × 12 trang, mỗi bản 14.000\u00a0đ, thành 42.000\u00a0đ."
    ]
    assert fees.quote([PERMIT], on=DAY, channel="online").words == [
        "Lệ phí cấp giấy phép xây dựng: 150.000\u00a0đ.",
        "Giảm 50%: nộp trực tuyến đến hết 31/12/2026 (TT 64/2025/TT-BTC). Còn 75.000\u00a0đ.",
    ]
    both = fees.quote([COPIES, PERMIT], on=DAY)
    assert both.words[-1] == "Cộng: 152.000\u00a0đ."


def test_a_line_that_another_body_computes_is_not_in_the_sum():
    other = Line(code="thue", procedure="1.013225", name="Lệ phí trước bạ", how="external")
    found = fees.quote([PERMIT, other], on=DAY)
    assert (found.total, found.is_external) == (150_000, True)


def test_the_provinces_own_tariff_comes_first_and_the_more_exact_line_wins():
    general = Line(code="a", procedure="1.013225", name="Lệ phí", amount=100)
    online = Line(code="b", procedure="1.013225", name="Lệ phí", amount=60, channel="online")
    case = Line(code="c", procedure="1.013225", name="Lệ phí", amount=30, branch="nha_o")
    nation = Tariff(lines=(Line(code="n", procedure="1.013225", name="Lệ phí", amount=999),))
    own = Tariff(lines=(general, online, case))

    def amount(channel: str, branch: str) -> int:
        return fees.quote(fees.choose([own, nation], "1.013225", channel, branch, DAY), on=DAY).total

    assert [amount("direct", ""), amount("online", ""), amount("online", "nha_o")] == [100, 60, 30]
    assert fees.quote(fees.choose([Tariff(), nation], "1.013225", "", "", DAY), on=DAY).total == 999
    assert fees.choose([own, nation], "9.999999", "", "", DAY) == ()


def test_a_line_out_of_its_days_does_not_hold():
    old = Line(code="a", procedure="1.013225", name="Lệ phí", amount=9, ends_on=date(2026, 6, 30))
    assert fees.choose([Tariff(lines=(old,))], "1.013225", "", "", DAY) == ()


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_reduction_gives_whole_dong_between_nothing_and_all(amount, percent):
    less = fees.reduced(amount, percent)
    assert 0 <= less <= amount
    assert less * 100 >= amount * (100 - percent)
    assert less * 100 < amount * (100 - percent) + 100


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Line(code="a", procedure="1", name="x", amount=-1), "số tiền âm."),
        (Line(code="a", procedure="1", name="x", how="tiered"), "bậc cuối"),
        (Line(code="a", procedure="1", name="x", tiers=(Tier(1, 5), Tier(1, 5))), "tăng dần"),
        (Line(code="a", procedure="1", name="x", cuts=(Cut(50),)), "ngày kết thúc"),
        (Line(code="a", procedure="1", name="x", cuts=(Cut(0, ends_on=DAY),)), "1 đến 100"),
        (Line(code="a", procedure="1", name="x", reliefs=(Relief("vua"),)), "“vua”"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words(line, why):
    assert why in fees.fault_of(line)
