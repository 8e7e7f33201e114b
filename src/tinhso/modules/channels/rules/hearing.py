"""What came in, whichever operator brought it."""

from __future__ import annotations

from collections.abc import Mapping
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


def part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What stands under a name, when it is a dictionary; else an empty one."""
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def word(value: Any, most: int = 120) -> str:
    """A text or a whole number as text, without what a database does not take; empty for anything else."""
    is_word = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).replace("\0", "")[:most] if is_word else ""


def place_of(latitude: Any, longitude: Any) -> Place | None:
    """A point on the earth; None for anything else."""
    try:
        found = Place(float(latitude), float(longitude))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found.latitude) <= 90 and abs(found.longitude) <= 180 else None


class NotSigned(Exception):
    """A delivery that does not come from whom it says; its text is the reason, for the history."""


class NotRead(Exception):
    """A signed delivery that is not of the shape we know."""
