"""Where the declarations of modules are kept.

A module offers all it has to others in one value, ``MODULE = Module(...)`` in its ``module.py``. The shell and the
kernel ask the registry, never the module. Declarations are checked when the program starts; a wrong one stops it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tinhso.kernel.declarations import (
    Audience,
    Command,
    Entry,
    Fact,
    Family,
    Import,
    KeptPaper,
    Measure,
    Measured,
    MeasureSource,
    Menu,
    Message,
    Module,
    Panel,
    PaperSource,
    Readers,
    Role,
    Search,
    Shortcut,
    Sums,
    TakenPaper,
    Tile,
)
from tinhso.kernel.personal_data import Fate, Holding, Packed, Retained, Spared, Subject

if TYPE_CHECKING:
    from tinhso.kernel.cases.rules import CaseKind, PublicStory

__all__ = [
    "Audience",
    "Command",
    "Entry",
    "Fact",
    "Family",
    "Fate",
    "Holding",
    "Import",
    "KeptPaper",
    "ManifestError",
    "Measure",
    "MeasureSource",
    "Measured",
    "Menu",
    "Message",
    "Module",
    "Packed",
    "Panel",
    "PaperSource",
    "Readers",
    "Registry",
    "Retained",
    "Role",
    "Search",
    "Shortcut",
    "Spared",
    "Subject",
    "Sums",
    "TakenPaper",
    "Tile",
    "load",
    "registry",
]


class ManifestError(Exception):
    """A module declares something twice, or something that does not exist."""


class Registry:
    """All modules' declarations, by code. Filled once at start-up."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.case_kinds: dict[str, CaseKind] = {}
        self.entries: dict[str, Entry] = {}
        self.roles: dict[str, Role] = {}
        self.permissions: dict[str, str] = {}
        self.followers: dict[str, tuple[Callable[..., Any], ...]] = {}
        self.facts: dict[str, Fact] = {}
        self.sums: dict[str, Sums] = {}
        self.imports: dict[str, Import] = {}
        self.messages: dict[str, Message] = {}
        self.papers: dict[str, PaperSource] = {}
        self.carriers: dict[str, Callable[..., None]] = {}
        self.measures: dict[str, MeasureSource] = {}
        self.commands: dict[str, Command] = {}
        self.retained: dict[str, Retained] = {}
        self.holdings: dict[str, Holding] = {}
        self.stories: dict[str, Callable[[int], PublicStory | None]] = {}
        self.takes: dict[str, Callable[..., Any]] = {}
        self.prices: dict[str, Callable[..., int | None]] = {}

    def add(self, module: Module) -> None:
        """Take in one module.

        Raises ManifestError when a code is taken. Followers may wait for verbs of modules that come later: see check.
        """
        self._put(self.modules, module.code, module)
        for kind in module.case_kinds:
            self._put(self.case_kinds, kind.code, kind)
        for entry in module.entries:
            self._put(self.entries, entry.verb, entry)
        for permission in module.permissions or ():
            self._put(self.permissions, permission.value, module.code)
        for role in module.roles:
            unknown = role.permissions - self.permissions.keys()
            if unknown:
                raise ManifestError(f"role {role.code} names unknown permissions: {sorted(unknown)}")
            self._put(self.roles, role.code, role)
        for verb, jobs in module.followers.items():
            self.followers[verb] = (*self.followers.get(verb, ()), *jobs)
        for fact in module.facts:
            if fact.verb not in self.entries:
                raise ManifestError(f"fact {fact.name} is counted from {fact.verb!r}, which no module declares")
            self._put(self.facts, fact.name, fact)
        for kept_sums in module.sums:
            self._put(self.sums, kept_sums.code, kept_sums)
        for source in module.imports:
            self._put(self.imports, source.code, source)
        for kept in module.papers:
            self._put(self.papers, kept.code, kept)
        for prefix, carry in module.carriers.items():
            self._put(self.carriers, prefix, carry)
        for measure in module.measures:
            self._put(self.measures, measure.code, measure)
        for command in module.commands:
            self._put(self.commands, f"{command.group} {command.name}", command)
        for thing in module.retained:
            self._put(self.retained, thing.code, thing)
        for holding in module.holdings:
            if holding.erase is None and not holding.law:
                raise ManifestError(f"{holding.code} neither can be erased nor says why it stays")
            self._put(self.holdings, holding.code, holding)
        if module.price is not None:
            self._put(self.prices, "price", module.price)
        for message in module.messages:
            self._put(self.messages, message.kind, message)
        for shelf, offered in ((self.stories, module.stories), (self.takes, module.takes)):
            for kind_code, function in offered.items():
                if kind_code not in self.case_kinds:
                    raise ManifestError(f"{module.code} speaks for the kind of case {kind_code!r}, which is unknown")
                self._put(shelf, kind_code, function)

    def price(self, **about: Any) -> int | None:
        """What something costs by the tariffs in force, in whole đồng; None where no tariff says it."""
        asked = self.prices.get("price")
        return asked(**about) if asked else None

    def panels(self, where: str) -> list[Panel]:
        """The parts that modules add to one place, in their order."""
        return [one for one in self.collect("panels") if one.where == where]

    def check(self) -> None:
        """Called once all modules are in.

        Raises ManifestError when a follower waits for a verb that no module declares."""
        for module in self.modules.values():
            for verb in module.followers:
                if verb not in self.entries:
                    raise ManifestError(f"{module.code} follows {verb!r}, which no module declares")

    @staticmethod
    def _put(shelf: dict[str, Any], code: str, thing: Any) -> None:
        if code in shelf:
            raise ManifestError(f"{code!r} is declared twice")
        shelf[code] = thing

    def collect(self, slot: str, audience: Audience | None = None) -> list[Any]:
        """All declarations of one slot (``tiles``, ``menu``, ``search``, ``panels``, ``shortcuts``), in their order."""
        found = [thing for module in self.modules.values() for thing in getattr(module, slot)]
        if audience is not None:
            found = [thing for thing in found if thing.audience == audience]
        return sorted(found, key=lambda thing: thing.order)


registry = Registry()


def load(paths: Iterable[str]) -> None:
    """Register what the kernel itself declares, then import ``<path>.module`` of each and register its ``MODULE``."""
    registry.add(importlib.import_module("tinhso.kernel.core").MODULE)
    for path in paths:
        registry.add(importlib.import_module(f"{path}.module").MODULE)
    registry.check()
