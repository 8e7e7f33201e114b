"""The short reference a payer writes as transfer content: letters and digits only, so that no bank can spoil it.

``TS`` + year, month, day + five digits of the day + a check letter: ``TS26111700088K``, 14 characters. Banks drop ``.``
and ``-``, put their own words before and after, and cut at about 25 characters; matching looks for the pattern
anywhere in the letters and digits that are left.
"""

from __future__ import annotations

import re
from datetime import date

LETTERS = "ABCDEGHKLMNPQRSTUVXY"  # no I, O, J, F, W, Z: easily taken for digits or not on Vietnamese keyboards
PATTERN = re.compile(r"TS[0-9]{11}[A-Z]")
MOST_A_DAY = 99_999


def check_letter(digits: str) -> str:
    """One of 19 letters; any single wrong digit gives another one, and so do most swapped neighbours."""
    total = 0
    for digit in digits:
        total = (total * 3 + int(digit) + 1) % 19
    return LETTERS[total]


def reference(on: date, number: int) -> str:
    """The reference of the day's nth order. Raises ValueError beyond 99,999 a day."""
    if not 0 < number <= MOST_A_DAY:
        raise ValueError(f"no reference for order {number} of a day")
    digits = f"{on:%y%m%d}{number:05d}"
    return f"TS{digits}{check_letter(digits)}"


def normalised(text: str) -> str:
    """Capital ASCII letters and digits only, as matching compares them."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def found_in(content: str) -> str:
    """The reference in a transfer's content; empty when there is none that checks."""
    for match in PATTERN.finditer(normalised(content)):
        if check_letter(match[0][2:-1]) == match[0][-1]:
            return match[0]
    return ""


def spaced(text: str) -> str:
    """In groups, as people read it: ``TS 261117 00088 K``."""
    return f"{text[:2]} {text[2:8]} {text[8:13]} {text[13:]}" if PATTERN.fullmatch(text) else text
