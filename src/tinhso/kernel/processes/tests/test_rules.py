"""What is wrong with a process, in words, and where a step may be sent back to."""

from decimal import Decimal

import pytest

from tinhso.kernel.processes.rules import StepKind, StepPlan, earlier, problems


def step(key: str, hours: str = "8", role: str = "specialist") -> StepPlan:
    return StepPlan(key, f"Bước {key}", StepKind.APPRAISE, role, 1, Decimal(hours))


def test_a_sound_process_has_no_problems():
    assert problems([step("a"), step("b")], Decimal(16)) == []


def test_without_a_limit_any_time_will_do():
    assert problems([step("a", "9999")], None) == []


def test_a_process_needs_steps():
    assert problems([], Decimal(8)) == ["Quy trình chưa có bước nào."]


def test_each_problem_is_named_once():
    assert problems([step("a"), step("a"), step("a", role="")], Decimal(16)) == [
        "Mã bước “a” bị lặp.",
        "Bước “Bước a” chưa có vai trò thực hiện.",
        "Tổng thời gian các bước (24 giờ) vượt thời hạn giải quyết (16 giờ).",
    ]


@pytest.mark.parametrize(
    ("current", "found"), [("a", []), ("b", ["a"]), ("c", ["a", "b"]), ("gone", [])]
)  # fmt: skip
def test_back_goes_only_to_earlier_steps(current, found):
    assert earlier(["a", "b", "c"], current) == found
