"""What of people's words everybody may read: without numbers by which somebody is reached or known, and without names.

Pure. What is a number of a person depends on what is written: a report of a pothole holds no sums of money, a question
does; so each module says which patterns it hides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tinhso.kernel.letters import UNSEEN

MASK = "•••"
MAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+")
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Plates of cars (51A-123.45) and motorcycles (70-B1 234.56), with the blanks and dashes people put between.
PLATE = re.compile(r"(?<![\w.])\d{2}\s?[-–.]?\s?[A-ZĐ]{1,2}\d?\s?[-–.]?\s?\d{3}[.\s]?\d{1,2}(?!\d)", re.IGNORECASE)
# Between digits people put blanks, dots, all kinds of dashes, and letters that nobody sees.
_BETWEEN = r"\s.\-()_·\u2010-\u2015\u2212\u200c\u200d" + UNSEEN
# Any run of nine digits or more: phone, identity and account numbers.
DIGITS = re.compile(rf"(?<!\d)\+?\d(?:[{_BETWEEN}]{{0,2}}\d){{8,}}(?!\d)")
# A phone number also written as 0912 - 345 - 678, but not 01.11.2026 to 02.11.2026 or the end of 150.000.000.000.
PHONE = re.compile(
    rf"(?<!\d)(?<!\d[./])(?!\d{{1,2}}[./\-]\d{{1,2}}[./\-]\d{{4}}(?!\d))(?:\+?84|0)(?:[{_BETWEEN}]{{0,4}}\d){{8,10}}(?!\d)"
)


def hidden(text: str, patterns: Iterable[re.Pattern[str]], names: Iterable[str] = ()) -> str:
    """The text without what these patterns find, in turn, and without these names, a full one also where it is typed
    without diacritics. Done again it changes nothing more."""
    found = unicodedata.normalize("NFC", text)
    for pattern in patterns:
        found = pattern.sub(MASK, found)
    for name in names:
        words = unicodedata.normalize("NFC", name).split()
        if len(" ".join(words)) > 3:
            found = re.sub(r"\s+".join(map(re.escape, words)), MASK, found, flags=re.IGNORECASE)
        if len(words) > 1:  # one word alone means too much: "Dương" is also "đường", a road
            found = _without_bare(found, words)
    return found


def _without_bare(text: str, words: list[str]) -> str:
    """The text without this name, whatever diacritics either has."""
    wanted = re.compile(r"\b" + r"\s+".join(re.escape(_bare(word)) for word in words) + r"\b")
    parts, done = [], 0
    for one in wanted.finditer(_bare(text)):
        parts += [text[done : one.start()], MASK]
        done = one.end()
    return "".join([*parts, text[done:]])


def _bare(text: str) -> str:
    """As many letters as the text has, small and without diacritics."""
    return "".join(map(_bare_letter, text))


@lru_cache(maxsize=4096)
def _bare_letter(letter: str) -> str:
    small = unicodedata.normalize("NFD", letter)[0].lower()
    return "d" if small == "đ" else small[0]
