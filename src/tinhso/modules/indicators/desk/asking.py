"""What all pages begin with: which unit, which year, which indicator, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from tinhso.kernel.errors import NotFound
from tinhso.kernel.people.middleware import acting
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Node
from tinhso.modules.indicators import forms
from tinhso.modules.indicators.models import IndicatorVersion
from tinhso.modules.indicators.queries import definitions
from tinhso.modules.indicators.rules.definitions import Definition


@dataclass(frozen=True)
class Asked:
    """Who asks about which unit and year."""

    actor: Actor
    node: Node
    year: int
    today: date

    @property
    def is_whole(self) -> bool:
        return self.node.id in tree().root_ids

    def said(self, **more: str) -> str:
        """The same question as a query string, with other words where given; empty ones are left out."""
        words = {
            "don-vi": self.node.code,
            "nam": str(self.year),
            **{key.replace("_", "-"): one for key, one in more.items()},
        }
        return "?" + urlencode({key: one for key, one in words.items() if one})


def asked(request: HttpRequest) -> Asked:
    """Without words: the whole deployment's unit and this year."""
    today = timezone.localdate()
    roots = tree().root_ids
    node = forms.node_from(request.GET.get("don-vi", ""), roots[0] if roots else None)
    return Asked(acting(request), node, forms.year_from(request.GET.get("nam", ""), today), today)


def indicator(code: str, said: Asked) -> tuple[IndicatorVersion, Definition]:
    """The definition that held in that year (today in this year)."""
    day = said.today if said.year >= said.today.year else date(said.year, 12, 31)
    found = definitions.one(code, day)
    if found is None:
        raise NotFound
    return found


def own_body(actor: Actor) -> Node | None:
    """The unit with legal standing in which somebody works."""
    known = tree()
    return known.body_of(actor.unit_id) if actor.unit_id is not None and actor.unit_id in known.nodes else None
