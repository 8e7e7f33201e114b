"""Doing what a page asks: done, or what is wrong, for the summary above the form."""

from __future__ import annotations

from collections.abc import Callable

from tinhso.kernel.errors import Refusal

Errors = list[tuple[str, str]]


def tried(act: Callable[[], object], *, field: str) -> Errors:
    """Do it; nothing when it was done, else the field that is wrong (``field`` where the rule names none) and why.

    Who may not do it, or asks for what is not there, gets that answer and not the page again."""
    try:
        act()
    except Refusal as no:
        if no.status in (403, 404):
            raise
        return [(no.field or field, no.message)]
    return []
