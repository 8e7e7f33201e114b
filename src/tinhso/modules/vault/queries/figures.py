"""How much is digitised and used again: shares of a month's dossiers, from the same figures as everybody's boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tinhso.kernel.facts.queries import by_month
from tinhso.kernel.people.rules import Actor
from tinhso.modules.vault.rules import Permission

DIGITISED, REUSED = "vault.digitised", "vault.reused"
AT_COUNTER, ONLINE = "dossiers.received_at_counter", "dossiers.received"


@dataclass(frozen=True, slots=True)
class Shares:
    """Dossiers of a month: ``digitised`` of those received on paper, ``reused`` of all that were received."""

    month: date
    digitised: int
    on_paper: int
    reused: int
    received: int

    @property
    def digitised_share(self) -> float | None:
        """In percent; None when there was nothing to digitise."""
        return 100 * self.digitised / self.on_paper if self.on_paper else None

    @property
    def reused_share(self) -> float | None:
        return 100 * self.reused / self.received if self.received else None


def shares(actor: Actor, on: date) -> Shares:
    """This month's shares in the units where the actor digitises; one statement."""
    scope = actor.scope(Permission.DIGITISE)
    names = [DIGITISED, REUSED, AT_COUNTER, ONLINE]
    month = on.replace(day=1)
    number = dict.fromkeys(names, 0)
    for row in by_month(names, month, on, None if scope.everywhere else scope.units):
        number[row.name] += row.number
    return Shares(month, number[DIGITISED], number[AT_COUNTER], number[REUSED], number[AT_COUNTER] + number[ONLINE])
