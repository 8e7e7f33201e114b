"""Shapes of what is asked of these pages, never their meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import QueryDict

from tinhso.modules.questions.rules.library import MOST_REFERENCES

BLANK_LINES = 2


def plain(said: QueryDict, name: str, longest: int = 8000) -> str:
    return said.get(name, "").replace("\x00", "")[:longest]


def number(said: QueryDict, name: str) -> int | None:
    """A whole number that fits the database, or None."""
    text = said.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def numbers(said: QueryDict, name: str) -> list[int]:
    found = (one for one in said.getlist(name)[:50] if one.isascii() and one.isdigit() and len(one) < 18)
    return [int(one) for one in found]


def day(text: str) -> date | None:
    """``23/11/2026`` or ``2026-11-23``; None for anything else."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def references(said: QueryDict) -> list[dict[str, Any]]:
    """The numbered lines of a form: number of the document and the place in it."""
    lines = range(1, MOST_REFERENCES + 1)
    return [{"number": plain(said, f"reference-{n}", 100), "place": plain(said, f"place-{n}", 200)} for n in lines]


def reference_lines(kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines a form shows: those that are filled in and two more."""
    shown = min(len(kept) + BLANK_LINES, MOST_REFERENCES)
    rows = [*kept, *({"number": "", "place": ""} for _ in range(shown))][:shown]
    return [{**one, "n": n} for n, one in enumerate(rows, 1)]
