"""Small charts drawn on the server: bars and lines as plain numbers that ``<c-chart>`` turns into SVG.

Units inside the picture are those of its view box, 420 by 220; the page scales it. Bars start at 0; a line may start
higher when ``low`` says so. Values must not be negative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 420, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 26, 28
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """One figure: its label on the axis, its value, and whether its period is still running."""

    label: str
    value: float
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A figure in its place: centre ``x``, top ``y``; for bars also the left edge, width and height."""

    point: Point
    x: float
    y: float
    left: float = 0
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the picture with its value."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All a template needs to draw: shapes, ticks, the target's height and the points again for the table."""

    kind: str
    shapes: list[Shape]
    ticks: list[Tick]
    unit: str = ""
    goal: Tick | None = None
    path: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM
    points: Sequence[Point] = field(default_factory=list)


def bars(points: Sequence[Point], *, goal: float | None = None, unit: str = "") -> Chart:
    """Bars from zero, one for each point."""
    scale = Scale(0, max([point.value for point in points] + [goal or 0]))
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    width = min(48, slot * 0.62)
    shapes = []
    for place, point in enumerate(points):
        centre, y = LEFT + slot * (place + 0.5), scale.y(point.value)
        shapes.append(
            Shape(
                point, round(centre, 1), y, round(centre - width / 2, 1), round(width, 1), round(HEIGHT - BOTTOM - y, 1)
            )
        )
    return Chart("bars", shapes, scale.ticks(), unit, _goal(scale, goal), points=points)


def line(points: Sequence[Point], *, goal: float | None = None, low: float = 0, unit: str = "") -> Chart:
    """A line through the points; the axis starts at ``low``."""
    scale = Scale(low, max([point.value for point in points] + [goal or 0]))
    step = (WIDTH - LEFT - RIGHT - 56) / max(1, len(points) - 1)
    shapes = [
        Shape(point, round(LEFT + 28 + step * place, 1), scale.y(point.value)) for place, point in enumerate(points)
    ]
    path = " ".join(f"{'L' if place else 'M'}{shape.x} {shape.y}" for place, shape in enumerate(shapes))
    return Chart("line", shapes, scale.ticks(), unit, _goal(scale, goal), path, points=points)


def _goal(scale: Scale, goal: float | None) -> Tick | None:
    return None if goal is None else Tick(scale.y(goal), goal)


class Scale:
    """Values to heights, with the top rounded up to a figure people read easily."""

    def __init__(self, low: float, high: float, *, height: int = HEIGHT, top: int = TOP, bottom: int = BOTTOM) -> None:
        self.low, self.base, self.room = low, height - bottom, height - top - bottom
        self.step = _readable((max(high, low + 1) - low) / 4)
        self.high = low + self.step * math.ceil((max(high, low + 1) - low) / self.step)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.base - share * self.room, 1)

    def ticks(self) -> list[Tick]:
        count = round((self.high - self.low) / self.step)
        values = [self.low + self.step * place for place in range(count + 1)]
        return [Tick(self.y(value), value) for value in values]


def _readable(rough: float) -> float:
    """The next step of the form 1, 2, 2,5 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(rough))
    return next(step * power for step in STEPS if step * power >= rough)
