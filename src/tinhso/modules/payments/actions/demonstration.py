"""A little of everything for a showing, marked as demonstration."""

from __future__ import annotations

from typing import Any


def fill(**_more: Any) -> None:
    """Filled in once the parts stand."""
