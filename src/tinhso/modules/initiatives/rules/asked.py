"""What an official proposes: plain values from a form to an action."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """Texts of an initiative; ``others``: usernames of further authors with their share in percent (1–99)."""

    title: str
    field: str
    problem: str
    solution: str
    effect: str
    others: Mapping[str, int] = dataclasses.field(default_factory=dict)
    stream: Any = None
    name: str = ""
    is_aware: bool = False  # has seen what is nearly the same and sends it all the same
