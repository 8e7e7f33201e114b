"""Wide charts of a course over time, drawn on the server: actual values, the plan beside them, gaps where nobody knows.

Units inside the picture are those of its view box, 760 by 260; ``<c-course>`` turns it into SVG. Labels that would run
into each other are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinhso.kernel.ui.charts import Scale, Tick

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 28, 30
MOST_LABELS, MOST_DOTS = 12, 24


@dataclass(frozen=True, slots=True)
class Step:
    """A period: its label, its value and what was planned, each None where unknown; whether it is still running."""

    label: str
    value: float | None
    plan: float | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A value in its place."""

    x: float
    y: float
    step: Step


@dataclass(frozen=True, slots=True)
class Course:
    """All a template needs: paths of value and plan, dots, ticks, labels with their place."""

    actual: str
    planned: str
    dots: list[Dot]
    ticks: list[Tick]
    labels: list[tuple[float, str]]
    unit: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def course(steps: Sequence[Step], *, unit: str = "") -> Course:
    """The steps as a picture; the axis starts at 0."""
    steps = _from_the_first_known(steps)
    known = [each for step in steps for each in (step.value, step.plan) if each is not None]
    scale = Scale(0, max(known, default=1), height=HEIGHT, top=TOP, bottom=BOTTOM)
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(steps))
    centres = [round(LEFT + slot * (place + 0.5), 1) for place in range(len(steps))]
    dots = [Dot(x, scale.y(step.value), step) for x, step in zip(centres, steps, strict=True) if step.value is not None]
    plans = [
        None if step.plan is None else (x, scale.y(step.plan), step.plan)
        for x, step in zip(centres, steps, strict=True)
    ]
    values = [
        None if step.value is None else (x, scale.y(step.value), step.value)
        for x, step in zip(centres, steps, strict=True)
    ]
    every = -(-len(steps) // MOST_LABELS)
    labels = [(x, step.label) for place, (x, step) in enumerate(zip(centres, steps, strict=True)) if place % every == 0]
    return Course(
        _path(values), _path(plans), dots if len(dots) <= MOST_DOTS else dots[-1:], scale.ticks(), labels,
        unit,
    )  # fmt: skip


def _from_the_first_known(steps: Sequence[Step]) -> Sequence[Step]:
    first = next((place for place, one in enumerate(steps) if one.value is not None or one.plan is not None), 0)
    return steps[first:]


def _path(points: Sequence[tuple[float, float, float] | None]) -> str:
    """A line through the points that breaks where one is missing."""
    found, is_broken = [], True
    for point in points:
        if point is not None:
            found.append(f"{'M' if is_broken else 'L'}{point[0]} {point[1]}")
        is_broken = point is None
    return " ".join(found)
