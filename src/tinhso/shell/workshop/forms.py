"""What the workshop's forms say, as plain values; and one way to answer them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tinhso.kernel.errors import Refusal
from tinhso.kernel.ui import typed

LONGEST = 300


def text(request: HttpRequest, name: str) -> str:
    """A line of text as posted, without characters that no text has."""
    return "".join(one for one in request.POST.get(name, "") if one.isprintable()).strip()[:LONGEST]


def day(request: HttpRequest, name: str) -> date:
    return typed.day(text(request, name), name)


def number(request: HttpRequest, name: str) -> int:
    """An id as posted; 0 for anything else, which no row has."""
    said = text(request, name)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def attempt(
    request: HttpRequest,
    act: Callable[[], object],
    *,
    done: str,
    back: str,
    again: Callable[[Refusal], HttpResponse],
) -> HttpResponse:
    """Do it and go back with a word; when the rules say no, show the page again with why and what was typed."""
    try:
        act()
    except Refusal as refused:
        if refused.status != Refusal.status:
            raise
        response = again(refused)
        response.status_code = refused.status
        return response
    messages.success(request, done)
    return HttpResponseRedirect(back)
