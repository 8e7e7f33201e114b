"""What came in, whichever operator brought it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tinhso.kernel.talks import Place

STORED = "stored:"  # a picture that is kept already, by the id of its file


class What(StrEnum):
    """What happened. ``other`` is known or unknown news that asks nothing of us, such as “seen”."""

    SAID = "said"
    FOLLOWED = "followed"
    LEFT = "left"
    DELIVERED = "delivered"  # a notice of ours reached the telephone; the key is our tracking id
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Heard:
    """One piece of news. ``key`` is the same however often it is delivered; ``person`` is the operator's id of whoever
    did it, by account of ours; ``pictures`` are addresses at the operator that soon cease to work, or files kept
    already. ``is_proven``: that it comes from whom it says; a mail may come from anybody. ``skipped`` attachments were
    not taken."""

    what: What
    key: str
    person: str = ""
    text: str = ""
    pictures: tuple[str, ...] = ()
    place: Place | None = None
    name: str = ""
    subject: str = ""
    references: str = ""
    is_proven: bool = True
    skipped: int = 0


def dictionaries(said: Any, most: int = 50) -> list[dict[str, Any]]:
    """Those of a list that are what we expect; none when it is no list."""
    return [one for one in said[:most] if isinstance(one, dict)] if isinstance(said, list) else []


class NotSigned(Exception):
    """A delivery that does not come from whom it says; its text is the reason, for the history."""


class NotRead(Exception):
    """A signed delivery that is not of the shape we know."""
