from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tinhso.kernel.clock.rules.limits import Limit, Unit
from tinhso.modules.procedures.rules import sheets
from tinhso.modules.procedures.rules.checks import check_content
from tinhso.modules.procedures.rules.content import (
    Content,
    Discount,
    Fee,
    Malformed,
    content_from,
    content_to,
    sections_from,
)
from tinhso.modules.procedures.rules.imports import read_row
from tinhso.modules.procedures.rules.lines import from_lines, to_lines
from tinhso.modules.procedures.rules.rows import Background, content_of_row

SEEDS = Path(__file__).parents[1] / "seeds"
ROWS = {row["code"]: row for row in yaml.safe_load((SEEDS / "procedures.yaml").read_text())}
EXTRAS = yaml.safe_load((SEEDS / "extras.yaml").read_text())
BACKGROUND = Background(
    EXTRAS["procedures"],
    EXTRAS["groups"],
    yaml.safe_load((SEEDS / "processes.yaml").read_text()),
    {path.stem: sections_from(yaml.safe_load(path.read_text())) for path in (SEEDS / "forms").glob("*.yaml")},
)
DAY = date(2026, 11, 22)


def content(code: str) -> Content:
    return content_of_row(ROWS[code], BACKGROUND)


def changed(code: str = "1.004873", **parts) -> Content:
    return content_from(content_to(content(code)) | parts)


# The 109 sample procedures


@pytest.mark.parametrize("code", ROWS)
def test_each_sample_procedure_may_be_published_and_goes_from_receiving_to_returning(code):
    one = content(code)
    assert [finding for finding in check_content(one) if finding.blocks] == []
    kinds = [step.kind for step in one.process]
    assert kinds[0] == "receive"
    assert kinds[-3:] == ["sign", "issue", "return"]
    assert content_from(content_to(one)) == one


@pytest.mark.parametrize("code", ROWS)
def test_the_steps_of_each_sample_procedure_fill_its_limit_exactly(code):
    one = content(code)
    total = sum(step.working_days for step in one.process)
    budget = sheets.working_days_of(one.limit)
    assert budget is None or abs(total - budget) < Decimal("0.01")


def test_a_house_has_fifteen_days_and_other_works_twenty():
    permit = content("1.013225")
    assert sheets.limit_of(permit, "online", "nha_o_rieng_le") == Limit(15, Unit.DAY)
    assert sheets.limit_of(permit, "online", "cong_trinh") == Limit(20, Unit.DAY)
    assert sheets.limit_of(permit) == Limit(20, Unit.DAY)


def test_the_steps_of_a_shorter_case_fit_its_limit():
    steps = sheets.steps_of(content("1.013225"), "online", "nha_o_rieng_le")
    assert [str(step.amount) for step in steps] == ["0.25", "0.5", "8.75", "0.25", "0.25", "0.25", "0.25"]
    assert sum(step.working_days for step in steps) == sheets.working_days_of(content("1.013225").branches[0].limit)


def test_the_linked_procedures_of_a_birth_are_known():
    assert content("2.000986").linked == ("1.001193", "1.004222")


def test_limits_differ_by_channel():
    exchange = content("1.012783")
    assert [sheets.limit_words(sheets.limit_spec(exchange, code)) for code in ("direct", "online", "post")] == [
        "5 ngày làm việc",
        "15 ngày làm việc",
        "20 ngày làm việc",
    ]


def test_same_day_carries_its_cutoff():
    assert sheets.limit_of(content("2.000815")) == Limit.same_day(time(15))


def test_an_unknown_limit_stays_unknown():
    assert sheets.limit_of(content("1.005136")).unit is Unit.UNKNOWN


def test_papers_of_other_cases_are_left_out():
    permit = content("1.013225")
    assert len(sheets.components_of(permit)) == 4
    assert len(sheets.components_of(permit, "nha_o_rieng_le")) == 3


def test_the_form_of_a_house_has_seven_parts_and_asks_nothing_about_works():
    form = sheets.form_of(content("1.013225"), "nha_o_rieng_le")
    assert len(form) == 7
    codes = {field.code for section in form for field in section.fields}
    assert "dien_tich_tang_1" in codes
    assert not codes & {"loai_cong_trinh", "to_chuc"}
    assert form[0].fields[1].prefill == "person.identity_number"


def test_land_procedures_have_a_step_that_stops_the_clock():
    (step,) = [step for step in content("1.013831").process if step.kind == "finance"]
    assert (step.amount, step.stops_clock) == (0, True)


# Fees


@pytest.mark.parametrize(
    ("channel", "on", "amount"),
    [
        ("online", date(2026, 12, 31), 25000),
        ("online", date(2027, 1, 1), 50000),
        ("direct", date(2026, 12, 31), 50000),
    ],
)
def test_a_reduction_holds_for_its_channel_until_its_last_day(channel, on, amount):
    cut = Discount(percent=50, ends_on=date(2026, 12, 31), channel="online")
    assert Fee(kind="le_phi", amount=50000, discount=cut).amount_on(on, channel) == amount


def test_half_dong_are_rounded_up():
    assert Fee(kind="phi", amount=15, discount=Discount(percent=50, ends_on=DAY)).amount_on(DAY) == 8


def test_fees_of_a_channel_come_with_the_general_ones():
    company = content("2.001583")
    assert [fee.amount for fee in sheets.fees_of(company, "online")] == [0, 100000]
    assert [fee.amount for fee in sheets.fees_of(company, "direct")] == [50000, 100000]
    assert [fee.amount for fee in sheets.fees_of(company, "post")] == [50000, 100000]


def test_nothing_is_called_free_while_the_council_decides():
    assert sheets.fee_words(content("1.001193"), DAY) == "0 đ"
    assert sheets.fee_words(content("1.000894"), DAY) == "Không thu"
    assert sheets.fee_words(content("1.004873"), DAY) == "Theo nghị quyết của tỉnh"
    assert sheets.fee_words(content("1.004222"), DAY, "online") == "10.000 đ"


def test_limits_and_fees_are_said_in_english_too():
    specs = [sheets.limit_spec(content(code), "online") for code in ("1.013225", "1.000894")]
    assert [sheets.limit_words(one, "en") for one in specs] == [
        "20 calendar days",
        "Same day (if received before 15:00)",
    ]
    assert sheets.fee_words(content("1.000894"), DAY, language="en") == "Free"
    assert sheets.fee_words(content("1.004873"), DAY, language="en") == "By the province's resolution"


# Checks before publishing


def codes(one: Content) -> dict[str, bool]:
    return {finding.code: finding.blocks for finding in check_content(one)}


STEP = {"key": "receive", "name": "Nhận", "role": "clerk", "kind": "receive"}


@pytest.mark.parametrize(
    ("parts", "code", "blocks"),
    [
        ({"limit": {"amount": "5", "unit": "unknown"}}, "limit_without_unit", False),
        ({"limit": {}}, "limit_unknown", False),
        ({"fees": [{"kind": "le_phi", "amount": 700}], "fee_set_by": "central"}, "fee_too_small", False),
        ({"fees": [{"kind": "le_phi", "amount": 0}]}, "free_by_flag", False),
        ({"fees": [{"kind": "le_phi", "amount": 5000}], "fee_set_by": "none"}, "fee_setter", True),
        ({"fees": [{"kind": "phi", "amount": -1}]}, "fee_negative", True),
        ({"agencies": {"executing": "UBND xã, phường, thị trấn"}}, "former_level", False),
        (
            {"component_groups": [{"components": [{"code": "a", "name": "Mục", "originals": 0}]}]},
            "heading_as_component",
            False,
        ),
        ({"component_groups": []}, "missing_part", True),
        ({"channels": []}, "missing_part", True),
        ({"subjects": []}, "missing_part", True),
        ({"agencies": {}}, "missing_part", True),
        ({"process": [STEP]}, "step_missing", True),
        ({"process": [{**STEP, "role": "ai đó"}]}, "step_role", True),
        ({"process": [{**STEP, "amount": "9"}]}, "steps_exceed_limit", True),
        ({"process": []}, "no_process", True),
        ({"service_level": "partial"}, "partial_reason", True),
        (
            {
                "form": [
                    {
                        "code": "s",
                        "title": "S",
                        "fields": [{"code": "a", "label": "A", "when": {"field": "b", "is": 1}}],
                    }
                ]
            },
            "field_condition",
            True,
        ),
        ({"dossier_sets": 0}, "dossier_sets", True),
    ],
)
def test_traps_are_found(parts, code, blocks):
    assert codes(changed(**parts))[code] is blocks


def test_different_limits_are_asked_about():
    assert "limits_differ" in codes(content("1.012783"))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({}, "Nội dung thiếu “Tên thủ tục”."),
        (
            {"names": {"legal": "x"}, "fees": [{"kind": "thuế"}]},
            "Phí, lệ phí › dòng 1 › Loại: giá trị “thuế” không có trong danh sách cho phép.",
        ),
        ({"names": {"legal": "x", "short": "y"}}, "Tên thủ tục: có phần không biết “short”."),
    ],
)
def test_a_wrong_shape_is_told_in_words(value, sentence):
    with pytest.raises(Malformed) as wrong:
        content_from(value)
    assert str(wrong.value) == sentence


# Lines


def test_lines_are_read_back_and_keep_what_they_do_not_show():
    rows = [{"code": "a", "name": "Đơn", "originals": 2, "form_file": "don.pdf"}]
    text = to_lines("components", rows)
    assert text == "a | Đơn | 2 | 0 | nộp"
    (row,) = from_lines("components", text.replace("2", "3"), rows)
    assert (row["originals"], row["form_file"]) == (3, "don.pdf")


@pytest.mark.parametrize(
    ("part", "text", "sentence"),
    [
        ("fees", "thuế | | 5", "Phí, lệ phí, dòng 1, cột phí/lệ phí: “thuế” không có. Dùng: phí, lệ phí."),
        ("results", "a | b | c", "Kết quả, dòng 1: thừa cột. Các cột: Tên kết quả | Mã giấy tờ."),
        ("legal_basis", "a | b\n | c", "Căn cứ pháp lý, dòng 2: ghi “Số, ký hiệu”."),
    ],
)
def test_a_line_that_cannot_be_read_is_named(part, text, sentence):
    with pytest.raises(Malformed) as wrong:
        from_lines(part, text, [])
    assert str(wrong.value) == sentence


# Import rows


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"code": None},
        {"code": "1.00119"},
        {"code": "1.001193", "time_limit": {"unit": []}},
        {"code": "1.001193", "time_limit": {}, "fees": 5},
        {"code": "1.001193", "name": "x" * 5000},
    ],
)
def test_no_row_breaks_the_import(row):
    line, taken = read_row(7, row, BACKGROUND, {}, seen=set(), publish_on=None)
    assert (line.number, line.outcome, taken) == (7, "failed", None)
    assert str(line).startswith("Dòng 7\t")
