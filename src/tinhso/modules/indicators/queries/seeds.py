"""What comes with the program: definitions, and figures that provinces and districts published."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _seed(name: str) -> Any:
    text = files("tinhso.modules.indicators").joinpath("seeds", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - the C form of the safe loader


@cache
def seeded() -> dict[str, Any]:
    """The seeded definitions."""
    content: dict[str, Any] = _seed("indicators.yaml")
    return content


@cache
def published() -> list[dict[str, Any]]:
    """Figures as provinces and districts published them, with their own words."""
    content: list[dict[str, Any]] = _seed("published-figures.yaml")
    return content
