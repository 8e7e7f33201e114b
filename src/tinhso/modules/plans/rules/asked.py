"""What people ask for with plans, tasks and documents: plain values on their way from a form to an action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tinhso.modules.plans.rules import PlanKind, Target


@dataclass(frozen=True, slots=True)
class Document:
    """The paper itself: number, day, who issued it, what it says in short, and its file."""

    number: str
    issued_on: date
    issuer: str
    summary: str = ""
    stream: Any = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What a plan is drafted with; days are both inclusive."""

    code: str
    name: str
    kind: PlanKind
    unit_id: int
    since: date
    until: date
    document: Document
    targets: tuple[Target, ...] = ()
    parent_id: int | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A unit's own document: its number and day, and its file when there is one."""

    number: str
    issued_on: date
    stream: Any = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task: what, by whom, until when; the owner works in that unit."""

    title: str
    unit_id: int
    due_on: date
    words: str = ""
    owner_id: int | None = None
