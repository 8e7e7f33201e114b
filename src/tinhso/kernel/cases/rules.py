"""Lifecycles as tables: the few states of a kind of case, and the moves between them.

The kernel knows five phases and no state. Which buttons a page offers and what an action accepts come from the same
function, ``open_moves``, so a page never offers what the action refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from tinhso.kernel.people.rules import Actor, ActorKind

LATER = datetime(9999, 1, 1, tzinfo=UTC)  # sorts cases without a running clock behind all others


class Phase(IntEnum):
    """The only thing that the kernel knows of a state."""

    DRAFT = 0
    OPEN = 1
    PAUSED = 2
    SETTLED = 3
    CLOSED = 4


class Clock(StrEnum):
    """What a move does to the statutory clock."""

    KEEP = "keep"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class Party(StrEnum):
    """Rights that come from what one is to the case, not from a role."""

    OWNER = "owner"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class State:
    """``name`` is the fixed status word; ``national`` the code used between provincial systems and the portal."""

    code: str
    name: str
    phase: Phase
    national: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A condition of a move, asked of a frozen standing; ``code`` and ``message`` say why not."""

    code: str
    message: str
    met: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the lifecycle: from any of ``sources`` to ``target``; a target of None stays where it is."""

    verb: str
    name: str
    sources: frozenset[str]
    target: str | None
    right: str
    clock: Clock = Clock.KEEP
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    _states: dict[str, State] = field(init=False, repr=False)
    _moves: dict[str, Move] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_states", {state.code: state for state in self.states})
        object.__setattr__(self, "_moves", {move.verb: move for move in self.moves})
        if len(self._states) != len(self.states) or len(self._moves) != len(self.moves):
            raise ValueError("a state or a move is declared twice")
        for move in self.moves:
            unknown = (move.sources | ({move.target} if move.target else frozenset())) - self._states.keys()
            if unknown:
                raise ValueError(f"move {move.verb} names unknown states {sorted(unknown)}")

    def state(self, code: str) -> State:
        return self._states[code]

    def move(self, verb: str) -> Move:
        return self._moves[verb]


@dataclass(frozen=True)
class CaseKind:
    """A kind of case that a module declares. ``page`` is the URL name of its desk page and takes the case's number.

    ``see`` is the permission to see cases of the kind, ``work`` the one to handle them. ``public_page`` is the page of
    who filed it and takes the number too; ``secret_page`` is that of whoever holds its number and look-up key.
    ``resolvers`` are rights that count only at the unit that resolves the case, not at the one that received it.
    """

    code: str
    name: str
    page: str
    lifecycle: Lifecycle
    see: str
    work: str
    public_page: str = ""
    secret_page: str = ""
    icon: str = "file-text"
    resolvers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PublicStory:
    """What the look-up without an account may tell of a case: how far it is, never whose it is.

    ``phone_tail`` is the last four digits of the applicant's phone, only ever compared and never shown; empty when
    none is known, and then only the printed code with its key opens the case.
    """

    steps_done: int = 0
    steps_total: int = 0
    step: str = ""
    phone_tail: str = ""


@dataclass(frozen=True, slots=True)
class Whom:
    """What decides rights on one case: where it is worked on, whose it is."""

    unit_id: int
    received_unit_id: int
    owner_id: int | None
    assignee_id: int | None = None
    resolvers: frozenset[str] = frozenset()


def holds(right: str, whom: Whom, actor: Actor) -> bool:
    """Whether the actor has the right on the case: by role on its units, or by what they are to it.

    The rights of those who resolve it hold where it is resolved; where it was only received they count for nothing."""
    if right == Party.OWNER:
        return actor.kind is ActorKind.SYSTEM or (actor.account_id is not None and actor.account_id == whom.owner_id)
    if right == Party.SYSTEM:
        return actor.kind is ActorKind.SYSTEM
    if actor.may(right, whom.unit_id):
        return True
    return right not in whom.resolvers and actor.may(right, whom.received_unit_id)


def open_moves(lifecycle: Lifecycle, state: str, whom: Whom, actor: Actor, standing: Any = None) -> list[Move]:
    """The moves that the actor may make now. With a standing, those whose needs are unmet are left out."""
    return [
        move
        for move in lifecycle.moves
        if state in move.sources and holds(move.right, whom, actor) and not (standing and unmet(move, standing))
    ]


def unmet(move: Move, standing: Any) -> list[Need]:
    return [need for need in move.needs if not need.met(standing)]


def urgent_at(phase: Phase, due_at: datetime | None, step_due_at: datetime | None) -> datetime:
    """By what the inbox orders: the nearest due time while the clock runs, far behind otherwise."""
    dues = [due for due in (due_at, step_due_at) if due is not None]
    return min(dues) if phase is Phase.OPEN and dues else LATER
