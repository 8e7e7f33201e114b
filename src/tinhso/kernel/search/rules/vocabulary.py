"""The words of a collection with how rare they are, and which of them a typed word may stand for."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

PREFIX, NEAR, NEARLY = 0.85, 0.6, 0.45
MOST_FORMS = 24


class Vocabulary:
    """Word → in how many of ``documents`` it stands. Small even for large collections: Vietnamese has few syllables."""

    def __init__(self, counts: Mapping[str, int], documents: int) -> None:
        self.documents = documents
        self._counts = counts
        self._rarity = {word: math.log(1 + documents / count) for word, count in counts.items()}
        self._words = sorted(counts)
        self._spelled = [word for word in self._words if word.isalpha()]  # numbers are not mistyped for words
        # A word nobody wrote says little about which document is meant: half an average word.
        self.unknown_rarity = sum(self._rarity.values()) / (2 * len(self._rarity)) if self._rarity else 1.0

    def __len__(self) -> int:
        return len(self._words)

    def rarity(self, forms: Mapping[str, float]) -> float:
        """That of the rarest form; half an average word's when there is none."""
        return max((self._rarity[form] for form in forms), default=self.unknown_rarity)

    def together(self, asked: Iterable[tuple[float, Iterable[str]]]) -> int:
        """In how many documents at most these words can stand together, each in one of its forms."""
        return min((sum(self._counts.get(form, 0) for form in forms) for _rarity, forms in asked), default=0)

    def forms(self, word: str, *, unfinished: bool) -> dict[str, float]:
        """Words of the collection that the typed word may stand for, each with how sure that is (0…1)."""
        forms = {word: 1.0} if word in self._counts else {}
        if (unfinished and len(word) > 1) or (unfinished and not forms):
            start = bisect_left(self._words, word)
            for other in self._words[start : start + MOST_FORMS]:
                if not other.startswith(word):
                    break
                forms.setdefault(other, PREFIX if not forms else PREFIX * 0.6)
        if forms or word.isdigit() or len(word) < 3:
            return forms
        cutoff = 1 if len(word) < 7 else 2
        near = extract(word, self._spelled, scorer=OSA.distance, score_cutoff=cutoff, limit=6)
        return {other: (NEAR if distance == 1 else NEARLY) for other, distance, _ in near}

    def apart(self, words: list[str]) -> list[str]:
        """Words run together are taken apart when both halves are known: ``khaisinh`` → ``khai sinh``."""
        found: list[str] = []
        for word in words:
            halves = None
            if word not in self._counts and len(word) >= 5 and word.isalpha():
                pairs = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
                known = [pair for pair in pairs if pair[0] in self._counts and pair[1] in self._counts]
                halves = max(known, key=self._commonness, default=None)
            found += halves or (word,)
        return found

    def _commonness(self, pair: tuple[str, str]) -> int:
        return min(self._counts[half] for half in pair)
