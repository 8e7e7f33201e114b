"""Cells on their way into a spreadsheet or a CSV file, where text must not become a formula."""

from __future__ import annotations

import re
from typing import TypeVar

_NEGATIVE = re.compile(r"-([0-9]+([.,][0-9]+)?)?")  # a lone dash is none either
_Cell = TypeVar("_Cell")


def inert(cell: _Cell) -> _Cell | str:
    """The cell; text that a spreadsheet would take for a formula gets a quote before it, a negative number does not."""
    if not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or _NEGATIVE.fullmatch(cell):
        return cell
    return f"'{cell}"
