"""What of a report everybody may see: whether it is shown at all, and its words without anybody's numbers.

A name, a phone number or the exact address of a home is never shown; see ``queries.public`` for the whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tinhso.kernel.letters import UNSEEN
from tinhso.modules.field_reports.rules.catalogue import Publicity
from tinhso.modules.field_reports.rules.states import SHOWN

MASK = "•••"
_MAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Plates of cars (51A-123.45) and motorcycles (70-B1 234.56), with the blanks and dashes people put between.
_PLATE = re.compile(r"(?<![\w.])\d{2}\s?[-–.]?\s?[A-ZĐ]{1,2}\d?\s?[-–.]?\s?\d{3}[.\s]?\d{1,2}(?!\d)", re.IGNORECASE)
# Between digits people put blanks, dots, all kinds of dashes, and letters that nobody sees.
_BETWEEN = r"\s.\-()_·\u2010-\u2015\u2212\u200c\u200d" + UNSEEN
# Any run of nine digits or more: phone, identity and account numbers.
_DIGITS = re.compile(rf"(?<!\d)\+?\d(?:[{_BETWEEN}]{{0,2}}\d){{8,}}(?!\d)")
# A phone number also written as 0912 - 345 - 678, but not from 01.11.2026 to 02.11.2026.
_PHONE = re.compile(
    rf"(?<!\d)(?!\d{{1,2}}[./\-]\d{{1,2}}[./\-]\d{{4}}(?!\d))(?:\+?84|0)(?:[{_BETWEEN}]{{0,4}}\d){{8,10}}(?!\d)"
)


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without phone, identity and account numbers, plates, addresses of mail and links, and these names, a
    full one also where it is typed without diacritics."""
    found = unicodedata.normalize("NFC", text)
    for pattern in (_MAIL, _LINK, _PLATE, _DIGITS, _PHONE):
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


def is_shown(*, state: str, publicity: Publicity, is_decided: bool, is_wanted: bool) -> bool:
    """Whether a report is public. ``is_decided``: an operator said so for a kind that is not open by itself;
    ``is_wanted``: the sender does not mind. Conduct of officials, crime, children and health never are."""
    if publicity is Publicity.NEVER or state not in SHOWN or not is_wanted:
        return False
    return publicity is Publicity.OPEN or is_decided
