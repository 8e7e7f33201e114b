"""What the pages about mandates are sent, as plain values."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from tinhso.kernel.ui import typed

LONGEST = 300


def line(request: HttpRequest, name: str) -> str:
    """A line of text as posted, without characters that no text has."""
    return "".join(one for one in request.POST.get(name, "") if one.isprintable()).strip()[:LONGEST]


def day(request: HttpRequest, name: str) -> date:
    """A day as dd/mm/yyyy or as browsers send it."""
    return typed.day(line(request, name), name)
