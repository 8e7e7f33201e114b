"""What a search gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, ready to be shown: a link, a line under it, a few facts, and why it was found.

    ``note`` is e.g. “Thường gọi: sang tên sổ đỏ”; ``score`` compares only within one source.
    """

    title: str
    url: str
    subtitle: str = ""
    facts: tuple[str, ...] = ()
    note: str = ""
    score: float = 0.0
    code: str = ""
