"""What all pages of officials begin with."""

from __future__ import annotations

from django.http import HttpRequest

from tinhso.kernel.errors import NotAllowed
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.modules.scorecards.rules.words import Permission


def official(request: HttpRequest, *rights: Permission) -> Actor:
    """The official who asks; refused without any of the rights (none named: any of the module's)."""
    actor = acting(request)
    if not actor.is_official or not any(actor.may(right) for right in rights or tuple(Permission)):
        raise NotAllowed
    return actor
