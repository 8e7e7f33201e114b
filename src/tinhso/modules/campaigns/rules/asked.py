"""What a campaign is begun with: plain values from a form to an action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tinhso.modules.campaigns.rules.places import Rules


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a campaign begins with; days both inclusive; units with the group each is compared in."""

    code: str
    name: str
    unit_id: int
    since: date
    until: date
    rules: Rules
    entrants: Sequence[tuple[int, str]]
    document_number: str = ""
    summary: str = ""
    is_demonstration: bool = False
