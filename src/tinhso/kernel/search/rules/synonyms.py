"""Everyday expressions and the official words behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tinhso.kernel.search.rules.spelling import tokens
from tinhso.kernel.search.rules.spoken import commonly

MOST_VARIANTS = 6


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to read a query: its folded words, and how much it counts (1.0 as typed, less when replaced)."""

    words: tuple[str, ...]
    weight: float


class Thesaurus:
    """Expression → other expressions. Looked up longest first, by whole words, in any position of the query."""

    def __init__(self, entries: Mapping[str, Iterable[str]] | None = None) -> None:
        self._known: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for phrase, others in (entries or {}).items():
            self.add(phrase, others)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, phrase: str, others: Iterable[str]) -> None:
        key = tuple(tokens(commonly(phrase)))
        if key:
            shelf = self._known.setdefault(key, [])
            shelf += [found for other in others if (found := tuple(tokens(other))) and found not in (key, *shelf)]

    @property
    def longest(self) -> int:
        return max(map(len, self._known), default=0)

    def read(self, words: list[str]) -> list[Variant]:
        """The query as typed, then with the longest known expression in it replaced, six ways in all at most."""
        variants = [Variant(tuple(words), 1.0)]
        for length in range(min(self.longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                others = self._known.get(tuple(words[start : start + length]), ())
                for other in others:
                    replaced = (*words[:start], *other, *words[start + length :])
                    variants.append(Variant(tuple(dict.fromkeys(replaced)), 0.95))
            if len(variants) > 1:
                break
        return variants[:MOST_VARIANTS]
