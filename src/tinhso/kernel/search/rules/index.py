"""An inverted index of a few thousand documents, kept in the memory of one process."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from tinhso.kernel.search.rules.spelling import fold, marked_words, tokens
from tinhso.kernel.search.rules.synonyms import Thesaurus

# Everyday names rank above legal titles: people type the former.
NAME, TITLE, FIELD = 1.3, 1.0, 0.4
PREFIX, JOINED, NEAR, NEARLY = 0.85, 0.9, 0.6, 0.45
MOST_WORDS = 16
MOST_FORMS = 24
LEAST_SHARE = 0.4
TOLERANCE = 0.25
LOOK_CLOSELY_AT = 60
# Words of a question that say nothing about its object; kept when nothing else is left.
FILLERS = frozenset(
    {"toi", "muon", "can", "xin", "cho", "hoi", "lam", "the", "nao", "o", "dau", "gi", "thi", "la", "nhu", "ve", "va"}
    | {"cua", "de", "thu", "tuc", "ho", "so", "giay", "to", "co", "khong", "duoc", "online"}
)


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found: title, everyday names, field (sector, place …), code. ``boost`` multiplies the score."""

    key: Any
    title: str
    names: tuple[str, ...] = ()
    field: str = ""
    code: str = ""
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A document that answers: ``name`` is the everyday name by which it was found, if it was one."""

    key: Any
    score: float
    name: str = ""


@dataclass(slots=True)
class _Entry:
    """A document prepared for a closer look."""

    key: Any
    title: str
    names: tuple[tuple[str, str], ...]
    boost: float
    length: int
    marks: frozenset[str]
    seen: dict[str, float] = field(default_factory=dict)


class Index:
    """Built once from documents, asked often. Knows nothing of where documents come from or who may see them.

    ``fillers`` are folded words that count only when nothing else is left; give none when names are searched.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        synonyms: Mapping[str, Iterable[str]] | None = None,
        fillers: frozenset[str] = FILLERS,
    ) -> None:
        self._fillers = fillers
        self._thesaurus = Thesaurus(synonyms)
        self._entries: list[_Entry] = []
        self._postings: dict[str, dict[int, float]] = {}
        self._codes: dict[str, int] = {}
        for document in documents:
            self._take_in(document)
        count = len(self._entries)
        self._rarity = {word: math.log(1 + count / len(where)) for word, where in self._postings.items()}
        self._words = sorted(self._postings)
        # A word nobody wrote says little about which document is meant: half an average word.
        self._unknown_rarity = sum(self._rarity.values()) / (2 * len(self._rarity)) if self._rarity else 1.0

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, limit: int = 20) -> list[Found]:
        """The documents that answer best, best first; an exact code comes before everything.

        The last word may be unfinished. Words nobody wrote are taken as typing mistakes. Documents with most of the
        words answer when none has all.
        """
        words = tokens(text)[:MOST_WORDS]
        if not words:
            return []
        scores: dict[int, float] = {}
        for variant in self._thesaurus.read(words):
            for number, score in self._score(list(variant.words), words[-1]).items():
                scores[number] = max(scores.get(number, 0.0), score * variant.weight)
        found = self._look_closely(text, words, scores)
        found = self._put_codes_first(text, found)
        return found[:limit]

    def _take_in(self, document: Document) -> None:
        number = len(self._entries)
        title = fold(document.title)
        names = tuple((fold(name), name) for name in document.names)
        marks = marked_words(" ".join((document.title, *document.names)))
        self._entries.append(_Entry(document.key, title, names, document.boost, len(title.split()), marks))
        for weight, text in ((FIELD, fold(document.field)), (TITLE, title), *((NAME, name) for name, _ in names)):
            for word in text.split():
                where = self._postings.setdefault(word, {})
                where[number] = max(weight, where.get(number, 0.0))
        if document.code:
            self._codes.setdefault(_code(document.code), number)

    def _forms(self, word: str, *, unfinished: bool) -> dict[str, float]:
        """Words of the index that the typed word may stand for, each with how sure that is (0…1)."""
        forms = {word: 1.0} if word in self._postings else {}
        if (unfinished and len(word) > 1) or (unfinished and not forms):
            start = bisect_left(self._words, word)
            for other in self._words[start : start + MOST_FORMS]:
                if not other.startswith(word):
                    break
                forms.setdefault(other, PREFIX if not forms else PREFIX * 0.6)
        if forms or word.isdigit() or len(word) < 3:
            return forms
        cutoff = 1 if len(word) < 7 else 2
        near = extract(word, self._words, scorer=OSA.distance, score_cutoff=cutoff, limit=6)
        return {other: (NEAR if distance == 1 else NEARLY) for other, distance, _ in near}

    def _apart(self, words: list[str]) -> list[str]:
        """Words run together are taken apart when both halves are known: ``khaisinh`` → ``khai sinh``."""
        found: list[str] = []
        for word in words:
            halves = None
            if word not in self._postings and len(word) >= 5 and word.isalpha():
                cuts = range(2, len(word) - 1)
                pairs = [(word[:at], word[at:]) for at in cuts]
                known = [pair for pair in pairs if pair[0] in self._postings and pair[1] in self._postings]
                halves = max(known, key=self._commonness, default=None)
            found += halves or (word,)
        return found

    def _commonness(self, pair: tuple[str, str]) -> int:
        return min(len(self._postings[half]) for half in pair)

    def _score(self, words: list[str], last: str) -> dict[int, float]:
        """Document → sum of its words' rarity, squared by the share of the query it covers; few words score nothing."""
        telling = [word for word in self._apart(words) if word not in self._fillers] or words
        asked = []
        for word in dict.fromkeys(telling):
            forms = self._forms(word, unfinished=word == telling[-1] == last)
            rarity = max((self._rarity[form] for form in forms), default=self._unknown_rarity)
            asked.append((rarity, forms))
        asked.sort(key=lambda one: -one[0])
        whole = sum(rarity for rarity, _ in asked)
        covered: dict[int, float] = {}
        weighed: dict[int, float] = {}
        left = whole
        for rarity, forms in asked:
            # Who has none of the rarer words cannot reach the least share any more: only known candidates count now.
            closed = left < whole * LEAST_SHARE
            left -= rarity
            for number, weight in self._gather(forms, covered if closed else None).items():
                covered[number] = covered.get(number, 0.0) + rarity * min(weight / TITLE, 1.0) ** 0.5
                weighed[number] = weighed.get(number, 0.0) + rarity * weight
        best = max(covered.values(), default=0.0)
        least = max(whole * LEAST_SHARE, best - whole * TOLERANCE)
        return {
            number: weighed[number] * (share / whole) ** 2 * self._entries[number].boost
            for number, share in covered.items()
            if share >= least
        }

    def _gather(self, forms: Mapping[str, float], among: Mapping[int, float] | None) -> dict[int, float]:
        gathered: dict[int, float] = {}
        for form, sure in forms.items():
            where = self._postings[form]
            if among is not None and len(among) < len(where):
                where = {number: where[number] for number in among if number in where}
            elif among is not None:
                where = {number: weight for number, weight in where.items() if number in among}
            if not gathered and sure == 1.0:
                gathered = dict(where)
                continue
            for number, weight in where.items():
                if weight * sure > gathered.get(number, 0.0):
                    gathered[number] = weight * sure
        return gathered

    def _look_closely(self, text: str, words: list[str], scores: Mapping[int, float]) -> list[Found]:
        """Among the best: whole phrases, the marks as typed, and short titles count for more."""
        phrases = [" ".join(variant.words) for variant in self._thesaurus.read(words)]
        marks = marked_words(text)
        best = sorted(scores, key=lambda number: -scores[number])
        found = []
        for number in best[:LOOK_CLOSELY_AT]:
            entry = self._entries[number]
            agreement, name = max((_agreement(entry, phrase) for phrase in phrases), key=lambda one: one[0])
            marked = len(marks & entry.marks) / len(marks) if marks else 0.0
            score = scores[number] * agreement * (1 + 0.3 * marked) / (1 + 0.01 * entry.length)
            found.append(Found(entry.key, score, name))
        found.sort(key=lambda one: -one.score)
        return found + [Found(self._entries[n].key, 0.0) for n in best[LOOK_CLOSELY_AT:]]

    def _put_codes_first(self, text: str, found: list[Found]) -> list[Found]:
        number = self._codes.get(_code(text))
        if number is not None:
            exact = Found(self._entries[number].key, math.inf)
            return [exact, *(one for one in found if one.key != exact.key)]
        wanted = _code(text)
        if len(wanted) < 4 or not any(one.isdigit() for one in wanted):
            return found
        begun = [self._entries[at].key for code, at in self._codes.items() if code.startswith(wanted)]
        first = [Found(key, 1e6) for key in begun[:MOST_FORMS]]
        return [*first, *(one for one in found if one.key not in begun)]


def _code(text: str) -> str:
    return "".join(text.split()).upper()


def _agreement(entry: _Entry, phrase: str) -> tuple[float, str]:
    """How far a title or an everyday name says the very phrase: 3 the same, 2 begins with it, 1.5 holds it, else 1."""
    best, by = _likeness(entry.title, phrase), ""
    for folded, name in entry.names:
        likeness = _likeness(folded, phrase)
        if likeness > 1 and likeness >= best:
            best, by = likeness, name
    return best, by


def _likeness(text: str, phrase: str) -> float:
    if text == phrase:
        return 3.0
    if text.startswith(phrase):
        return 2.0
    if f" {phrase}" in text:
        return 1.5
    return 1.0
