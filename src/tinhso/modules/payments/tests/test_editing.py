"""A tariff's line as typed and as kept."""

from __future__ import annotations

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.modules.payments.rules import editing, fees

TYPED = {"code": "a", "procedure": "2.000815", "name": "Phí chứng thực"}
WHOLE = {
    **TYPED, "kind": "phi", "how": "tiered", "unit": "bản", "size_unit": "trang", "channel": "", "branch": "",
    "basis": "TT 226/2016", "collector": "receiving", "budget_item": "", "ask_at": "acceptance", "amount": "",
    "cap": "200000", "begins_on": "01/07/2025", "ends_on": "", "tiers": "2000 đến 2; 1000",
    "cuts": "50% online 01/07/2025-31/12/2026 TT 64/2025\n10%", "reliefs": "ho_ngheo; khuyet_tat 50",
}  # fmt: skip


def line(said: dict[str, str]) -> fees.Line:
    return fees.tariff_from({"lines": [editing.content_from(said)]}).lines[0]


def test_a_line_comes_back_as_it_was_typed() -> None:
    assert editing.typed_from(line(WHOLE)) == WHOLE


def test_steps_cuts_and_reliefs_are_read() -> None:
    found = line(WHOLE)
    assert [(one.price, one.upto) for one in found.tiers] == [(2000, 2), (1000, None)]
    assert [(one.percent, one.channel, one.basis) for one in found.cuts] == [(50, "online", "TT 64/2025"), (10, "", "")]
    assert [(one.code, one.percent) for one in found.reliefs] == [("ho_ngheo", 100), ("khuyet_tat", 50)]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("code", ""), ("amount", "nhiều"), ("cap", "-1"), ("begins_on", "1/7"), ("tiers", "rẻ"),
        ("tiers", "2000 đến x"),
        ("cuts", "giảm một nửa"), ("cuts", "0%"), ("cuts", "101%"), ("reliefs", "ban_be"), ("reliefs", "ho_ngheo 200"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_field(field: str, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        editing.content_from({**TYPED, field: text})
    assert refused.value.field == field
