"""Shares, verdicts, standings and reminders, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tinhso.kernel.errors import Refusal
from tinhso.modules.plans import rules
from tinhso.modules.plans.rules import Direction, Reminder, Standing, Target, TaskState, Verdict

DUE = datetime(2026, 3, 20, 10, tzinfo=UTC)
BEFORE, AFTER = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("have", "must", "share"),
    [
        (21, 38, "55.3"),  # as published of 38 communes
        (38, 38, "100.0"),
        (0, 38, "0.0"),
        (3320, 3321, "99.9"),  # never 100 while one is missing
        (1, 3321, "0.1"),  # never 0 when there is one
    ],
)
def test_a_share_never_claims_more_than_there_is(have, must, share):
    assert rules.share(have, must) == Decimal(share)


def test_a_share_of_nothing_is_no_number():
    assert rules.share(0, 0) is None


@pytest.mark.parametrize(
    ("goal", "value", "direction", "verdict"),
    [
        ("60", "63", "at_least", Verdict.EXCEEDED),
        ("60", "60", "at_least", Verdict.MET),
        ("60", "57", "at_least", Verdict.NEAR),  # five per cent of the goal
        ("60", "56.99", "at_least", Verdict.BEHIND),
        ("10", "9", "at_most", Verdict.EXCEEDED),
        ("10", "10.5", "at_most", Verdict.NEAR),
        ("10", "11", "at_most", Verdict.BEHIND),
        ("0", "1", "at_most", Verdict.BEHIND),
        ("60", None, "at_least", Verdict.UNKNOWN),
    ],
)
def test_verdicts(goal, value, direction, verdict):
    target = Target("CT1", "x", Decimal(goal), direction=Direction(direction))
    assert rules.verdict(target, None if value is None else Decimal(value)) is verdict


@pytest.mark.parametrize(
    ("goal", "value", "direction", "filled"),
    [
        ("80", "40", "at_least", "50.0"), ("80", "79.99", "at_least", "99.9"), ("80", "90", "at_least", "100.0"),
        ("10", "20", "at_most", "50.0"), ("10", "5", "at_most", "100.0"), ("0", "5", "at_least", "0"),
        ("80", "-5", "at_least", "0"),
    ],
)  # fmt: skip
def test_bars_are_cut_down_and_never_up(goal, value, direction, filled):
    target = Target("CT1", "x", Decimal(goal), direction=Direction(direction))
    assert rules.filled(target, Decimal(value)) == Decimal(filled)


@pytest.mark.parametrize(
    ("state", "done", "now", "left", "standing"),
    [
        (TaskState.WAITING, None, BEFORE, 1441, Standing.RUNNING),
        (TaskState.WAITING, None, BEFORE, 1440, Standing.SOON),
        (TaskState.DOING, None, DUE, 0, Standing.SOON),
        (TaskState.DOING, None, AFTER, -5, Standing.LATE),
        (TaskState.DONE, DUE, AFTER, None, Standing.DONE_IN_TIME),
        (TaskState.DONE, AFTER, AFTER, None, Standing.DONE_LATE),
        (TaskState.CANCELLED, None, AFTER, None, Standing.CANCELLED),
    ],
)
def test_standings(state, done, now, left, standing):
    assert rules.standing(state, DUE, done, now, left) is standing


@pytest.mark.parametrize(
    ("now", "left", "due"),
    [
        (BEFORE, 1441, Reminder.NONE),
        (BEFORE, 1440, Reminder.SOON),
        (AFTER, -1, Reminder.LATE),
        (AFTER, -2400, Reminder.LONG_LATE),
    ],
)
def test_reminders_come_before_when_late_and_when_late_for_long(now, left, due):
    assert rules.reminder(now, DUE, left) is due


def test_targets_survive_their_content_and_codes_are_not_used_twice():
    first = Target(
        "CT1", "Hồ sơ trực tuyến", Decimal("80.5"), "%", "plans.tasks_in_time", Direction.AT_MOST, Decimal(2)
    )
    content = rules.with_target({"summary": "x"}, first)
    assert rules.targets_of(content) == (first,)
    assert content["summary"] == "x"
    assert rules.next_code(rules.targets_of(content)) == "CT2"
    assert rules.next_code([Target("CT9", "y", Decimal(1)), first]) == "CT10"


def test_a_document_has_a_bounded_number_of_targets():
    content: dict = {}
    for n in range(rules.MOST_TARGETS):
        content = rules.with_target(content, Target(f"CT{n}", "x", Decimal(1)))
    with pytest.raises(Refusal) as no:
        rules.with_target(content, Target("CTX", "x", Decimal(1)))
    assert no.value.code == "plans.too_many_targets"
