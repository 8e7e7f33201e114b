"""The year's targets as a wall shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.indicators.queries import wall
from tinhso.modules.indicators.rules.words import Verdict

AT = datetime(2026, 6, 1, 5, tzinfo=UTC)


def _row(name: str, verdict: Verdict, value: int, target: int, measure: str = "percent") -> SimpleNamespace:
    return SimpleNamespace(
        definition=SimpleNamespace(name=name, measure=measure), verdict=verdict, verdict_name=verdict.value,
        value=Decimal(value), shown=SimpleNamespace(value=Decimal(value)), plan_shown=Decimal(70),
        target=SimpleNamespace(value=Decimal(target)), look=("bad", "clock"),
    )  # fmt: skip


def test_what_falls_short_comes_first_and_what_nobody_can_judge_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        _row("A", Verdict.MET, 91, 90),
        _row("B", Verdict.NO_VALUE, 0, 90),
        _row("C", Verdict.FAR_BEHIND, 40, 80),
        *(_row(f"D{number}", Verdict.NEARLY, 50, 100, "count") for number in range(9)),
    ]
    monkeypatch.setattr(wall.public, "board", lambda year, today: SimpleNamespace(rows=rows))
    shown = wall.targets(SYSTEM, AT)
    assert [one.title for one in shown["aims"]] == ["C", "D0", "D1", "D2", "D3", "D4"]
    first, second = shown["aims"][:2]
    assert (first.value, first.target, first.share, first.mark) == ("40%", "80%", 40.0, 80.0)
    assert (second.value, second.target, second.share, second.mark) == ("50", "100", 45.0, 90.0)


def test_without_targets_the_wall_keeps_its_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall.public, "board", lambda year, today: SimpleNamespace(rows=[]))
    assert wall.targets(SYSTEM, AT) == {"year": 2026, "aims": [], "is_empty": True}
