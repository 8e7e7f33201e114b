"""What a module declares of the personal data it keeps: for how long, for whose sake, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What becomes of things whose time is over."""

    DESTROY = "destroy"
    ANONYMISE = "anonymise"
    HAND_OVER = "hand_over"  # to the archive: listed, and left as it is
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Spared:
    """What a legal hold keeps as it is: cases and people by their ids."""

    cases: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()

    def leave_out(self, rows: Any, *, case: str = "", person: str = "") -> Any:
        """The rows without those that are held; ``case`` and ``person`` name the columns that say whose they are."""
        for column, held in ((case, self.cases), (person, self.people)):
            if column and held:
                rows = rows.exclude(**{f"{column}__in": held})
        return rows


@dataclass(frozen=True, slots=True)
class Retained:
    """A kind of thing that is kept for a time only. How long, and what then, is said by the province's schedule.

    ``after`` says in words from when its time runs. ``due(before, spared)`` selects what has waited since before that
    moment; ``end(ids, record=, at=)`` ends these rows by ``fate``, and they are not due any more: nothing of a person
    is left in them. ``record`` is the journal's chain that says so, such as ``disposal/7``. What can be handed over to
    an archive has ``pack(ids)``: these rows as they go into a package.
    """

    code: str
    title: str
    after: str
    fate: Fate
    due: Callable[[datetime, Spared], Any]
    end: Callable[..., Any]
    pack: Callable[[Sequence[int]], Iterable[Packed]] | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """One thing as an archive takes it: what describes it, what it says, its files as (what each is, attachment id).

    With ``case_id`` its history goes along."""

    row_id: int
    number: str
    title: str
    creator: str
    begun_on: date
    ended_on: date
    content: Mapping[str, Any]
    files: Sequence[tuple[str, int]] = ()
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data are meant: the account, and the person behind it."""

    account_id: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A part of what the platform holds of a person, for that person: why it is held, and what it is.

    ``rows(subject)`` selects it, ``tell(row)`` gives one row as plain values, ``files(row)`` its attachments. ``page``
    is the URL name where the person sees and changes it. ``erase(subject, record=, at=)`` ends what may go at the
    person's wish and returns how much; where it is None, ``law`` says why it stays.
    ``on_close(subject, by=, at=)`` ends at once, when the person closes the account, what would go on without them:
    consents, links, what is followed.
    """

    code: str
    title: str
    purpose: str
    basis: str
    rows: Callable[[Subject], Any]
    tell: Callable[[Any], Mapping[str, Any]]
    files: Callable[[Any], Iterable[Any]] = field(default=lambda row: ())
    page: str = ""
    erase: Callable[..., int] | None = None
    on_close: Callable[..., Any] | None = None
    law: str = ""
    order: int = 50
