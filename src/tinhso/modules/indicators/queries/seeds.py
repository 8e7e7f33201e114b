"""What comes with the program: definitions, and figures that provinces and districts published."""

from __future__ import annotations

from functools import cache
from typing import Any

from tinhso.kernel.seeds import seed

PACKAGE = "tinhso.modules.indicators"


@cache
def seeded() -> dict[str, Any]:
    """The seeded definitions."""
    content: dict[str, Any] = seed(PACKAGE, "indicators.yaml")
    return content


@cache
def published() -> list[dict[str, Any]]:
    """Figures as provinces and districts published them, with their own words."""
    content: list[dict[str, Any]] = seed(PACKAGE, "published-figures.yaml")
    return content
