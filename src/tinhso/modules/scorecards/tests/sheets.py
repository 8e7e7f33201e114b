"""Small criteria sets for tests: one with every kind of rule, one that people only judge."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from tinhso.kernel import seeds

SEEDS = files("tinhso.modules.scorecards").joinpath("seeds")


def criterion(code: str, points: str, rule: dict[str, Any], *inputs: str, **more: Any) -> dict[str, Any]:
    """A criterion whose inputs are named by letters; ``sources`` and ``shares`` go to them in order."""
    sources, shares = more.pop("sources", ()), more.pop("shares", ())
    rows: list[dict[str, Any]] = [{"code": one, "name": f"Số liệu {one}"} for one in inputs]
    for row, source in zip(rows, sources, strict=False):
        row["source"] = source
    for row, share in zip(rows, shares, strict=False):
        row["share"] = share
    return {"code": code, "name": f"Tiêu chí {code}", "points": points, "rule": rule, "inputs": rows, **more}


def content(**more: Any) -> dict[str, Any]:
    """Ten points in two indices: every kind of rule but formulas over other criteria."""
    first = [
        criterion("1.1", "2", {"kind": "ratio"}, "a", "b"),
        criterion("1.2", "1.5", {"kind": "threshold", "target": "0.8", "zero": "leave_out"}, "a", "b"),
        criterion("1.3", "1", {"kind": "yes_no"}, "a"),
        criterion("1.4", "0.5", {"kind": "judged"}, "points"),
    ]
    steps = [{"bound": "4", "share": "1"}, {"bound": "2", "share": "0.5"}]
    second = [
        criterion("2.1", "1", {"kind": "steps", "steps": steps}, "a"),
        criterion(
            "2.2",
            "1",
            {"kind": "options", "choices": [{"name": "Chính", "share": "1"}, {"name": "Phó", "share": "0.5"}]},
            "a",
        ),
        criterion("2.3", "1", {"kind": "parts"}, "a", "b", shares=("0.25", "0.75")),
        criterion("2.4", "1", {"kind": "inverse", "nothing_at": "30", "full_at": "5"}, "days"),
        criterion("2.5", "1", {"kind": "expression", "formula": "min(1, a / b) if a > c else 0"}, "a", "b", "c"),
    ]
    return {
        "code": "thu", "name": "Bộ thử", "points": "10", "decimals": 2, "composition": "sum",
        "pillars": [
            {"code": "I", "name": "Nền", "points": "5", "indices": ["1"]},
            {"code": "II", "name": "Hoạt động", "points": "5", "indices": ["2"]},
        ],
        "indices": [
            {"code": "1", "name": "Nền tảng", "points": "5", "criteria": first},
            {"code": "2", "name": "Hoạt động", "points": "5", "criteria": second},
        ],
        "grades": [{"code": "tot", "name": "Tốt", "from": "8"}, {"code": "kha", "name": "Khá", "from": "5"},
                   {"code": "yeu", "name": "Yếu", "from": "0"}],
        "groups": [{"code": "xa", "name": "Xã, phường", "kinds": ["commune"]}],
        **more,
    }  # fmt: skip


def judged(*points: str, **more: Any) -> dict[str, Any]:
    """One index of criteria that are given points directly."""
    rows = [
        criterion(f"1.{n}", each, {"kind": "judged"}, "points") for n, each in enumerate(points, 1)
    ]  # fmt: skip
    total = str(sum(int(each) for each in points))
    return {
        "code": "cham", "name": "Bộ chấm", "points": total, "decimals": 2, "composition": "sum",
        "indices": [{"code": "1", "name": "Một", "points": total, "criteria": rows}],
        "groups": [{"code": "xa", "name": "Xã, phường", "kinds": ["commune"]}],
        **more,
    }  # fmt: skip


FULL = {
    "1.1": {"a": "9", "b": "10"},
    "1.2": {"a": "80", "b": "100"},
    "1.3": {"a": "1"},
    "1.4": {"points": "0,5"},
    "2.1": {"a": "4"},
    "2.2": {"a": "1"},
    "2.3": {"a": "1", "b": "0"},
    "2.4": {"days": "5"},
    "2.5": {"a": "3", "b": "4", "c": "1"},
}
"""What a unit fills in: 1.8 + 1.5 + 1 + 0.5 + 1 + 0.5 + 0.25 + 1 + 0.75 = 8.3 points."""


def seed(name: str) -> dict[str, Any]:
    """A seeded edition as it is written."""
    content: dict[str, Any] = seeds.seed("tinhso.modules.scorecards", f"{name}.yaml")
    content.pop("valid_from")
    return content
