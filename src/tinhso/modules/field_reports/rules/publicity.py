"""What of a report everybody may see: whether it is shown at all, and its words without anybody's numbers.

A name, a phone number or the exact address of a home is never shown; see ``queries.public`` for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.kernel.masking import DIGITS, LINK, MAIL, PHONE, PLATE, hidden
from tinhso.modules.field_reports.rules.catalogue import Publicity
from tinhso.modules.field_reports.rules.states import SHOWN


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without phone, identity and account numbers, plates, addresses of mail and links, and these names, a
    full one also where it is typed without diacritics."""
    return hidden(text, (MAIL, LINK, PLATE, DIGITS, PHONE), names)


def is_shown(*, state: str, publicity: Publicity, is_decided: bool, is_wanted: bool) -> bool:
    """Whether a report is public. ``is_decided``: an operator said so for a kind that is not open by itself;
    ``is_wanted``: the sender does not mind. Conduct of officials, crime, children and health never are."""
    if publicity is Publicity.NEVER or state not in SHOWN or not is_wanted:
        return False
    return publicity is Publicity.OPEN or is_decided
