"""What the desk's pages share."""

from __future__ import annotations

from django.http import HttpRequest

from tinhso.kernel.people.access import officials_who
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.modules.reporting.rules.words import Permission

reporting = officials_who(*Permission)
receiving = officials_who(Permission.RECEIVE, Permission.DESIGN)
designing = officials_who(Permission.DESIGN)


def who(request: HttpRequest) -> Actor:
    return acting(request)
