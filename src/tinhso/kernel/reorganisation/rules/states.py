"""The life of a plan, and the words of the engine."""

from __future__ import annotations

from enum import StrEnum

MOVED = "case.reorganise"  # entries in the histories of cases
MOVED_BACK = "case.reorganise_back"


class Permission(StrEnum):
    """Rights about reorganisations; the whole province is touched, so it holds on the province or not at all."""

    MANAGE = "reorganisation.manage"


class State(StrEnum):
    DRAFT = "draft"
    REHEARSED = "rehearsed"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    DONE = "done"
    VERIFIED = "verified"
    UNDOING = "undoing"
    UNDONE = "undone"


class Act(StrEnum):
    EDIT = "edit"
    REHEARSE = "rehearse"
    SCHEDULE = "schedule"
    CALL_OFF = "call_off"
    START = "start"
    VERIFY = "verify"
    UNDO = "undo"


_BEFORE = frozenset({State.DRAFT, State.REHEARSED})
_AFTER = frozenset({State.DONE, State.VERIFIED})
_FROM = {
    Act.EDIT: _BEFORE,
    Act.REHEARSE: _BEFORE,
    Act.SCHEDULE: frozenset({State.REHEARSED}),
    Act.CALL_OFF: frozenset({State.SCHEDULED}),
    Act.START: frozenset({State.SCHEDULED, State.RUNNING, State.UNDOING}) | _AFTER,
    Act.VERIFY: _AFTER,
    Act.UNDO: _AFTER,
}


def may_follow(state: str, act: Act) -> bool:
    """Whether the act is open in this state. Starting again a plan that is done moves what came in meanwhile."""
    return State(state) in _FROM[act]
