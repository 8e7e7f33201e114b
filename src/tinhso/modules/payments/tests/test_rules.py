"""Amounts, references, codes, verdicts, statements and receipts by tables and by chance; no database."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import numpy
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.papers.typesetting import picture
from tinhso.kernel.ui.templatetags.ui import qr_svg
from tinhso.modules.payments.rules import fees, receipts, references, signatures, statements, states, vietqr
from tinhso.modules.payments.rules.fees import Count, Cut, Line, Relief, Tariff, Tier
from tinhso.modules.payments.rules.matching import Money, Verdict, judge
from tinhso.modules.payments.rules.states import State

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


# ---- fees


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


# ---- references


def test_a_reference_is_short_ascii_and_found_whatever_banks_put_around_it():
    made = references.reference(date(2026, 11, 17), 88)
    assert made == "TS26111700088" + made[-1]
    assert (len(made), made.isascii()) == (14, True)
    for content in (
        made, made.lower(), references.spaced(made), f"MBVCB.8812.{made}.CT tu 0123 toi 456", f"thanh toan-{made}-phi",
        f"QR {made[:6]}.{made[6:10]}-{made[10:]}", f"NGUYEN THI LAN chuyen tien{made}",
    ):  # fmt: skip
        assert references.found_in(content) == made, content


@pytest.mark.parametrize("content", ["", "nop tien ho so", "TS2611170008", "TS26111700088", "H53.08-261117-0088"])
def test_other_contents_name_no_order(content):
    assert references.found_in(content) == ""


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 99_999), st.integers(2, 12), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken_for_another_order(on, number, place, step):
    made = references.reference(on, number)
    wrong = made[:place] + str((int(made[place]) + step) % 10) + made[place + 1 :]
    assert references.found_in(wrong) == ""


@given(st.text(max_size=60))
def test_any_text_can_be_looked_through(text):
    found = references.found_in(text)
    assert found == "" or references.PATTERN.fullmatch(found)


def test_a_day_has_no_hundred_thousandth_order():
    with pytest.raises(ValueError, match="100000"):
        references.reference(DAY, 100_000)


# ---- VietQR

WORKED = (
    "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA530370454061500005802VN62230819"
    "H19.132-261118-00426304152A"
)
ORDER_QR = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS6869"
    "0819thanh toan don hang6304"
)
STATIC_QR = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN6304"


def test_the_checksum_has_its_published_check_value():
    assert vietqr.crc("123456789") == "29B1"


def test_the_worked_example_is_made_letter_by_letter():
    transfer = vietqr.Transfer("970415", "113366668888", 150_000, "H19.132-261118-0042")
    assert vietqr.text(transfer) == WORKED
    assert vietqr.read(WORKED) == transfer


@pytest.mark.parametrize(("body", "sum_"), [(ORDER_QR, "2E2E"), (STATIC_QR, "9E6F")])
def test_public_vectors_check(body, sum_):
    assert vietqr.crc(body) == sum_
    assert vietqr.read(body + sum_).account == "0011012345678"


def test_a_static_code_has_no_amount():
    assert vietqr.text(vietqr.Transfer("970403", "0011012345678")) == STATIC_QR + "9E6F"


@pytest.mark.parametrize(
    "transfer",
    [
        vietqr.Transfer("97041", "1", 1), vietqr.Transfer("970415", "", 1), vietqr.Transfer("970415", "1", 0),
        vietqr.Transfer("970415", "1", 1, "học phí"), vietqr.Transfer("970415", "1" * 20, 1),
    ],
)  # fmt: skip
def test_what_banks_could_not_read_is_not_made(transfer):
    with pytest.raises(vietqr.BadCode):
        vietqr.text(transfer)


@pytest.mark.parametrize("code", ["", "6304", WORKED[:-1] + "B", WORKED.replace("150000", "950000"), "học"])
def test_a_changed_code_is_not_read(code):
    with pytest.raises(vietqr.BadCode):
        vietqr.read(code)


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9]{1,19}", fullmatch=True),
    st.integers(1, 10**12),
    st.from_regex(r"[A-Z0-9]{1,25}", fullmatch=True),
)
def test_every_code_reads_back_as_it_was_made(bank, account, amount, purpose):
    transfer = vietqr.Transfer(bank, account, amount, purpose)
    assert vietqr.read(vietqr.text(transfer)) == transfer


def test_a_decoder_that_is_not_ours_reads_the_code_that_the_page_shows():
    code = vietqr.text(vietqr.Transfer("970999", "9990000000001", 75_000, "TS26111700088K"))
    svg = qr_svg(code, "Mã VietQR")
    drawn = (
        "#set page(width: 90mm, height: 90mm, margin: 10mm)\n"
        '#image(bytes(json(bytes(sys.inputs.data)).svg), format: "svg", width: 70mm)'
    )
    png = picture(drawn, {"svg": str(svg)}, dots_per_inch=144)[0]
    seen = zxingcpp.read_barcodes(numpy.array(Image.open(io.BytesIO(png)).convert("L")))
    assert [one.text for one in seen] == [code]


# ---- states and verdicts

AT = datetime(2026, 11, 16, 3, tzinfo=UTC)
WEEK = AT + timedelta(days=7)


def judged(*amounts: int, state: State = State.REQUESTED, kept: tuple[int, ...] = (), start: datetime = AT):
    moneys = [Money(n, amount, start + timedelta(hours=n)) for n, amount in enumerate(amounts, 1)]
    return judge(amount=75_000, state=state, expires_at=WEEK, kept=kept, moneys=moneys)


V = Verdict


@pytest.mark.parametrize(
    ("amounts", "verb", "received", "verdicts"),
    [
        ((), None, 0, []),
        ((75_000,), "pay", 75_000, [V.MATCHED]),
        ((70_000,), "differ", 70_000, [V.PARTIAL]),
        ((70_000, 5_000), "pay", 75_000, [V.MATCHED, V.MATCHED]),
        ((75_000, 75_000), "pay", 75_000, [V.MATCHED, V.DOUBLE]),
        ((80_000,), "differ", 80_000, [V.OVER]),
        ((70_000, 10_000), "differ", 80_000, [V.PARTIAL, V.OVER]),
        ((25_000, 25_000, 25_000, 1), "pay", 75_000, [V.MATCHED, V.MATCHED, V.MATCHED, V.DOUBLE]),
    ],
)
def test_parts_add_up_and_what_is_too_much_waits(amounts, verb, received, verdicts):
    found = judged(*amounts)
    assert (found.verb, found.received, list(found.verdicts.values())) == (verb, received, verdicts)


def test_money_for_a_paid_order_is_a_double_and_changes_nothing():
    found = judged(75_000, 75_000, state=State.PAID, kept=(1,))
    assert (found.verb, found.received, found.verdicts) == (None, 75_000, {1: V.MATCHED, 2: V.DOUBLE})


@pytest.mark.parametrize(
    ("state", "verb"), [(State.EXPIRED, None), (State.CANCELLED, None), (State.REQUESTED, "differ")]
)
def test_money_booked_after_the_code_ran_out_waits_for_a_person(state, verb):
    found = judged(75_000, state=state, start=WEEK)
    assert (found.verb, found.verdicts) == (verb, {1: V.LATE})


def test_money_booked_in_time_pays_although_the_notice_came_after_the_code_ran_out():
    assert judged(75_000, state=State.EXPIRED).verb == "pay"


@given(st.lists(st.integers(1, 90_000), max_size=5))
def test_the_verdicts_do_not_depend_on_the_order_in_which_notices_arrive(amounts):
    moneys = [Money(n, amount, AT + timedelta(hours=n)) for n, amount in enumerate(amounts, 1)]
    answers = set()
    for order in list(permutations(moneys))[:24]:
        found = judge(amount=75_000, state=State.REQUESTED, expires_at=WEEK, kept=(), moneys=order)
        answers.add((found.verb, found.received, tuple(sorted(found.verdicts.items()))))
    assert len(answers) == 1


def test_only_the_listed_moves_are_open():
    assert states.after("pay", "requested") == State.PAID
    for state in (State.CANCELLED, State.REFUNDED, State.NOT_REQUIRED, State.PAID, State.RECONCILED):
        with pytest.raises(Refusal) as refused:
            states.after("pay", state)
        assert refused.value.code == "payments.move_not_open"
    assert not states.can("ask_refund", "requested")
    assert {move.target for move in states.MOVES.values()} == set(State) - {State.REQUESTED}


def test_every_state_has_its_words():
    assert set(states.STATE_NAMES) == set(states.STATE_KINDS) == set(State)


# ---- signatures


def test_a_notice_is_taken_within_five_minutes_and_only_as_it_was_signed():
    stamp = str(int(AT.timestamp()))
    good = signatures.signature("bi-mat", stamp, b"{}")
    for moment in (AT, AT + timedelta(minutes=5), AT - timedelta(minutes=5)):
        assert signatures.check(secret="bi-mat", timestamp=stamp, body=b"{}", given=good, at=moment) == AT


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"body": b"{ }"}, "payments.signature"),
        ({"timestamp": str(int(AT.timestamp()) + 1)}, "payments.signature"),
        ({"given": "0" * 64}, "payments.signature"),
        ({"given": ""}, "payments.signature"),
        ({"given": "chữ ký"}, "payments.signature"),
        ({"secret": ""}, "payments.signature"),
        ({"secret": "khac"}, "payments.signature"),
        ({"at": AT + timedelta(minutes=5, seconds=1)}, "payments.time_window"),
        ({"at": AT - timedelta(minutes=6)}, "payments.time_window"),
    ],
)
def test_a_changed_or_old_notice_is_refused(changed, code):
    stamp = str(int(AT.timestamp()))
    asked = {"secret": "bi-mat", "timestamp": stamp, "body": b"{}", "at": AT}
    asked |= {"given": signatures.signature("bi-mat", stamp, b"{}")} | changed
    with pytest.raises(NotAllowed) as refused:
        signatures.check(**asked)
    assert refused.value.code == code


# ---- receipts


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


# ---- statements


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
