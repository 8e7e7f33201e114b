"""In which language words are written."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language


def readers_language() -> str:
    """The language of whoever reads the page that is being written; Vietnamese where there is no page, as in jobs."""
    return get_language() or str(settings.LANGUAGE_CODE)
