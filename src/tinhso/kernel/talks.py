"""Talking with the province in messages: what a person wrote somewhere, and what a module answers.

A module declares its talks in the manifest; whichever way the words came (Zalo, a social page, e-mail), the same talk
answers. It knows nothing of the way, and the way knows nothing of the talk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, WGS 84, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, without the word that called the talk.

    ``contact`` stands for the person on that way and never changes; ``account_id`` is set once they have shown that an
    account is theirs. ``kept`` is what the talk asked to keep from its last reply. ``pictures`` are ids of stored
    files. ``key`` is the message's own: the same message told twice must have one effect. ``unit_id`` is whose line it
    is, when a unit below the province has its own.
    """

    text: str
    at: datetime
    contact: str
    key: str
    way: str
    account_id: int | None = None
    unit_id: int | None = None
    pictures: tuple[int, ...] = ()
    place: Place | None = None
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. With ``keep`` the talk goes on: the next message comes to it again, with these values.

    ``case_id`` says which case the answer is about, ``url`` a path on this site that says more."""

    text: str
    keep: Mapping[str, str] | None = None
    case_id: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """One thing that can be done by message. ``words`` call it at the beginning of a message, compared without marks
    and capitals; ``example`` is shown in the list of what can be asked. A refusal raised by ``answer`` is told to the
    person, and what was kept before stays. ``is_resumed``: who leaves it half-way may go on with it later."""

    code: str
    title: str
    words: tuple[str, ...]
    example: str
    answer: Callable[[Said], Reply]
    order: int = 50
    is_resumed: bool = False
