"""The figures as a table, each beside what is wanted of it."""

from __future__ import annotations

from math import inf
from typing import Any

from bench.operations import MOST_STATEMENTS, MOST_TIMES_RAW

MOST_GROWTH = 1.3  # cost at the largest size beside the cost at the smallest
MOST_US = {"single": 5.0, "together": 0.3}
MOST_MEMORY_MIB = 200
HEAD = (
    f"{'operation':<18}{'SQL':>5}{'web ms':>8}{'db ms':>7}{'sum':>7}{'raw':>7}{'× raw':>7}{'growth':>8}"
    f"{'p50':>8}{'p95':>7}{'p99':>7} | {'p50':>6}{'p95':>7}{'p99':>7}{'req/s':>7}  not as wanted"
)


def table(found: list[dict[str, Any]]) -> tuple[str, bool]:
    """The text, and whether everything is as wanted."""
    lines, wrong = [], 0
    for size in found:
        lines += [
            f"\n{size['title']}; CPU per request in ms; latency in ms at 1 client | at 8 clients",
            HEAD,
        ]
        for name, one in size["operations"].items():
            growth = _growth(found[0], size, name)
            misses = _misses(one, growth)
            wrong += bool(misses)
            lines.append(_line(name, one, growth) + "  " + ", ".join(misses))
        wrong += _rest(size, lines)
    return "\n".join(lines), not wrong


def _growth(first: dict[str, Any], size: dict[str, Any], name: str) -> float:
    before = first["operations"].get(name)
    return size["operations"][name]["ours"]["cpu_ms"] / before["ours"]["cpu_ms"] if before else 1.0


def _misses(one: dict[str, Any], growth: float) -> list[str]:
    times = one["ours"]["cpu_ms"] / one["raw"]["cpu_ms"]
    return [
        f"{what} > {most:g}"
        for what, value, most in (
            ("SQL", one["statements"], one.get("most_statements") or MOST_STATEMENTS[one["kind"]]),
            ("× raw", times, MOST_TIMES_RAW.get(one["kind"], inf)),
            ("growth", growth, MOST_GROWTH),
        )
        if round(value, 2) > most
    ]


def _line(name: str, one: dict[str, Any], growth: float) -> str:
    ours, raw = one["ours"], one["raw"]
    alone, many = ours["clients_1"], ours["clients_8"]
    return (
        f"{name:<18}{one['statements']:>5}{ours['web_ms']:>8.2f}{ours['database_ms']:>7.2f}{ours['cpu_ms']:>7.2f}"
        f"{raw['cpu_ms']:>7.2f}{ours['cpu_ms'] / raw['cpu_ms']:>7.1f}{growth:>8.2f}"
        f"{alone['p50_ms']:>8.1f}{alone['p95_ms']:>7.1f}{alone['p99_ms']:>7.1f} |"
        f"{many['p50_ms']:>7.1f}{many['p95_ms']:>7.1f}{many['p99_ms']:>7.1f}{many['per_second']:>7.0f}"
    )


def _rest(size: dict[str, Any], lines: list[str]) -> int:
    clock, memory = size.get("clock_us", {}), max(size["web_memory_mib"])
    most = size.get("most_memory_mib", MOST_MEMORY_MIB)
    dates = (
        f"due date: {clock['single']:.2f} µs alone (wanted ≤ {MOST_US['single']:g}), {clock['together']:.3f} µs among a"
        f" million (≤ {MOST_US['together']:g}); "
    ) if clock else ""  # fmt: skip
    lines.append(f"{dates}web process: {memory:.0f} MiB (≤ {most})")
    return sum((*(one > MOST_US[name] for name, one in clock.items()), memory > most))
