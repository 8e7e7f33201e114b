"""What people type into the look-up, made comparable."""

from __future__ import annotations

import re

_NOT_OF_A_CODE = re.compile(r"[^A-Z0-9.\-]")
_DASHES = re.compile(r"[‐-―−]")


def tidy_code(text: str) -> str:
    """A code as people type it: capitals, no blanks, any dash a hyphen; at most 40 characters."""
    return _NOT_OF_A_CODE.sub("", _DASHES.sub("-", text.upper()))[:40]


def tidy_digits(text: str) -> str:
    """The four digits, or empty when it is anything else."""
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) == 4 else ""
