# ruff: noqa: E501 - tables read better with a row on a line
"""The colours are measured, not believed: contrast of text on fills, and distance between colours of charts."""

from __future__ import annotations

import math
import re
from itertools import combinations
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[5] / "frontend/src/css/tokens.css"
PAIR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9A-Fa-f]{6}),\s*(#[0-9A-Fa-f]{6})\)")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS.read_text())}

TEXT_ON = {
    "bg": ["text", "text-2", "text-3", "primary", "danger", "warn-ink", "ok", "info", "wait", "sen"],
    "surface": ["text", "text-2", "text-3", "primary", "primary-hover", "danger", "danger-ink", "warn-ink", "ok", "info", "wait", "sen"],
    "surface-2": ["text", "text-2", "text-3", "primary"],
    "surface-sunk": ["text", "text-2", "primary"],
    "primary": ["on-primary"],
    "primary-hover": ["on-primary"],
    "primary-tint": ["primary", "text", "text-2", "danger", "warn-ink", "info"],
    "accent": ["on-accent"],
    "bar": ["on-bar", "on-bar-2", "accent-strong"],
    "bar-raised": ["on-bar", "on-bar-2"],
    "danger": ["on-danger"],
    "danger-tint": ["danger-ink", "text"],
    "warn-tint": ["warn-ink", "text"],
    "ok-tint": ["ok", "text"],
    "info-tint": ["info", "text"],
    "wait-tint": ["wait", "text"],
    "sen-tint": ["sen", "text"],
    "neutral-tint": ["neutral-ink"],
}  # fmt: skip
EDGES_ON = {"surface": ["line-control", "focus"], "bg": ["line-control", "focus"]}


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SEEN_AS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranope": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}  # fmt: skip


def _lab(colour: str, eye: str) -> tuple[float, float, float]:
    linear = [_linear(value) for value in _channels(colour)]
    red, green, blue = (min(1, max(0, sum(k * v for k, v in zip(row, linear, strict=True)))) for row in SEEN_AS[eye])
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(first: str, second: str, eye: str) -> float:
    """CIELAB distance (1976) as an eye of that kind sees it."""
    return math.dist(_lab(first, eye), _lab(second, eye))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_is_readable_on_every_fill_it_stands_on(theme):
    weak = {
        f"{ink} on {fill}": round(contrast(COLOURS[ink][theme], COLOURS[fill][theme]), 2)
        for fill, inks in TEXT_ON.items()
        for ink in inks
        if contrast(COLOURS[ink][theme], COLOURS[fill][theme]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_control_borders_and_focus_rings_stand_out_by_three_to_one(theme):
    weak = [
        (edge, fill)
        for fill, edges in EDGES_ON.items()
        for edge in edges
        if contrast(COLOURS[edge][theme], COLOURS[fill][theme]) < 3
    ]
    assert weak == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["chart", "class"])
@pytest.mark.parametrize("eye", SEEN_AS)
def test_chart_colours_stay_apart_for_every_eye(theme, palette, eye):
    colours = [COLOURS[f"{palette}-{place}"][theme] for place in range(1, 6)]
    assert min(distance(first, second, eye) for first, second in combinations(colours, 2)) >= 14.5


def test_every_colour_of_the_pairs_is_declared():
    used = {*TEXT_ON, *EDGES_ON, *(ink for inks in [*TEXT_ON.values(), *EDGES_ON.values()] for ink in inks)}
    assert used - COLOURS.keys() == set()
