"""Identity providers for templates."""

from __future__ import annotations

from django import template

from tinhso.kernel.identity.providers import all_providers
from tinhso.kernel.identity.rules import Audience, Provider

register = template.Library()


@register.simple_tag
def identity_providers(audience: str = "") -> list[Provider]:
    """The providers set up for ``citizens`` or ``officials``, all of them without an audience."""
    return all_providers(Audience(audience) if audience else None)
