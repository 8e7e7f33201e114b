"""How each kind of declared rows is counted, moved, moved back and looked through for what was left behind."""

from __future__ import annotations

from typing import Any, Protocol

from tinhso.kernel.manifest import registry
from tinhso.kernel.reorganisation.context import Batch, Context
from tinhso.kernel.reorganisation.declarations import Dated, OfCase, Rows, Sorts, Stays
from tinhso.kernel.reorganisation.models import Moved
from tinhso.kernel.reorganisation.movers.cases import CasesMover
from tinhso.kernel.reorganisation.movers.dated import DatedMover
from tinhso.kernel.reorganisation.movers.rows import RowsMover

Pairs = dict[tuple[str, str], int]


class Mover(Protocol):
    """One stage of a reorganisation."""

    code: str
    title: str

    def count(self, context: Context) -> Pairs:
        """How many rows would move, by the codes of the units from which and to which. Changes nothing."""

    def move(self, context: Context, after: int, size: int) -> Batch:
        """Move the next rows, in the caller's transaction."""

    def undo(self, context: Context, lines: list[Moved]) -> int:
        """Put back what the lines of the ledger say. Raises Refusal when a row has changed since."""

    def changed_since(self, context: Context) -> int:
        """How many moved rows are no longer as the plan left them."""

    def left_behind(self) -> Any:
        """Active rows that name a unit which has ended: a queryset."""


def declared(*kinds: type) -> list[Any]:
    """What the kernel and the modules declared, in the order of modules."""
    return [one for module in registry.modules.values() for one in module.movers if isinstance(one, kinds)]


def movers() -> list[Mover]:
    """The stages in their order: people first, so that somebody may work on what comes; cases with all that hangs on
    them; then everything else."""
    sorts = {one.kind: one.traits for one in declared(Sorts)}
    return [
        *(DatedMover(one) for one in declared(Dated)),
        CasesMover(sorts, declared(OfCase)),
        *(RowsMover(one) for one in declared(Rows)),
    ]


__all__ = ["Batch", "Dated", "Mover", "OfCase", "Pairs", "Rows", "Stays", "declared", "movers"]
