"""Pages that are also asked for as a part of one that is open."""

from __future__ import annotations

from django.http import HttpRequest


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, to be put into one that is open."""
    return bool(getattr(request, "htmx", False))
