"""Data that come with the program: files in the folder ``seeds`` of the package that needs them."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast. What people write is read by ``ui.typed``: this one's stack ends on deeply nested text."""


def seed_text(package: str, name: str) -> str:
    """A seed as it is written, e.g. ``seed_text("tinhso.modules.scorecards", "dti-results.csv")``."""
    return files(package).joinpath("seeds", name).read_text(encoding="utf-8")


def seed(package: str, name: str) -> Any:
    """The plain values of a seed in YAML, new for each caller."""
    return yaml.load(seed_text(package, name), Loader=_LOADER)  # noqa: S506 - the C form of the safe loader
