"""The kinds of paper, as the seed tells them; read once a process."""

from __future__ import annotations

from functools import cache

from tinhso.kernel.seeds import seed
from tinhso.modules.vault import rules
from tinhso.modules.vault.rules import PaperKind


@cache
def kinds() -> tuple[PaperKind, ...]:
    """All kinds, in the order in which they are tried."""
    rows = seed("tinhso.modules.vault", "kinds.yaml")
    return tuple(
        PaperKind(
            code=row["code"],
            name=row["name"],
            words=tuple(row.get("words", ())),
            unless=tuple(row.get("not", ())),
            procedures=frozenset(row.get("procedures", ())),
            months=row.get("months"),
        )
        for row in rows
    )


@cache
def kind_called(name: str) -> str:
    """The code of the kind that a paper's name speaks of; empty when none is known."""
    return rules.kind_of(name, kinds())


def kind_from(procedure_code: str) -> PaperKind | None:
    """The kind of paper that a procedure gives."""
    return next((one for one in kinds() if procedure_code in one.procedures), None)


def kind(code: str) -> PaperKind | None:
    return next((one for one in kinds() if one.code == code), None)
