"""What of a report everybody may see: whether it is shown at all, and its words without anybody's numbers.

A name, a phone number or the exact address of a home is never shown; see ``queries.public`` for the whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tinhso.modules.field_reports.rules.catalogue import Publicity
from tinhso.modules.field_reports.rules.states import SHOWN

MASK = "•••"
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Plates of cars (51A-123.45) and motorcycles (70-B1 234.56), with the blanks and dashes people put between.
_PLATE = re.compile(r"(?<![\w.])\d{2}\s?[-–.]?\s?[A-ZĐ]{1,2}\d?\s?[-–.]?\s?\d{3}[.\s]?\d{1,2}(?!\d)", re.IGNORECASE)
# Any run of nine digits or more, whatever stands between: phone, identity and account numbers.
_DIGITS = re.compile(r"(?<!\d)\+?\d(?:[\s.\-–()]{0,2}\d){8,}(?!\d)")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without phone, identity and account numbers, plates, addresses of mail and links, and these names."""
    found = unicodedata.normalize("NFC", text)
    for pattern in (_MAIL, _LINK, _PLATE, _DIGITS):
        found = pattern.sub(MASK, found)
    for name in names:
        said = unicodedata.normalize("NFC", " ".join(name.split()))
        if len(said) > 3:
            found = re.sub(re.escape(said), MASK, found, flags=re.IGNORECASE)
    return found


def is_shown(*, state: str, publicity: Publicity, is_decided: bool, is_wanted: bool) -> bool:
    """Whether a report is public. ``is_decided``: an operator said so for a kind that is not open by itself;
    ``is_wanted``: the sender does not mind. Conduct of officials, crime, children and health never are."""
    if publicity is Publicity.NEVER or state not in SHOWN or not is_wanted:
        return False
    return publicity is Publicity.OPEN or is_decided
