"""An inverted index of a few thousand documents, kept in the memory of one process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tinhso.kernel.search.rules.spelling import fold, marked_words, tokens
from tinhso.kernel.search.rules.spoken import commonly
from tinhso.kernel.search.rules.synonyms import Thesaurus
from tinhso.kernel.search.rules.vocabulary import MOST_FORMS, Vocabulary

# Everyday names rank above legal titles: people type the former.
NAME, TITLE, FIELD, BODY = 1.3, 1.0, 0.4, 0.3
MOST_WORDS = 16
LEAST_SHARE = 0.4
TOLERANCE = 0.25
PAIRS, MARKED = 0.8, 0.3  # how much neighbouring syllables and marks as typed add to a score
LOOK_CLOSELY_AT = 60
# Words of a question that say nothing about its object; kept when nothing else is left.
FILLERS = frozenset(
    {"toi", "muon", "can", "xin", "cho", "hoi", "lam", "the", "nao", "o", "dau", "gi", "thi", "la", "nhu", "ve", "va"}
    | {"cua", "de", "thu", "tuc", "ho", "so", "giay", "to", "co", "khong", "duoc", "online"}
)


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found: title, everyday names, field (sector, place …), code, and a body of which the words count
    least. ``boost`` multiplies the score."""

    key: Any
    title: str
    names: tuple[str, ...] = ()
    field: str = ""
    code: str = ""
    boost: float = 1.0
    body: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that answers: ``name`` is the everyday name by which it was found, if it was one."""

    key: Any
    score: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a question: its folded words, how much it counts (1.0 as typed), and what it asks for: rarities
    with the words that may be meant, rarest first."""

    words: tuple[str, ...]
    weight: float
    asked: list[tuple[float, dict[str, float]]]


@dataclass(slots=True)
class Prepared:
    """A document with its texts folded, each with what its words weigh: what is costly of it, done once."""

    key: Any
    code: str
    boost: float
    written: tuple[str, ...]
    title: str
    names: tuple[tuple[str, str], ...]
    length: int
    texts: tuple[tuple[float, str], ...]
    marked: frozenset[str] | None = None

    @property
    def marks(self) -> frozenset[str]:
        """The words of title and names that carry marks; read when they are first asked for."""
        if self.marked is None:
            self.marked = marked_words(" ".join(self.written))
        return self.marked

    def holds(self, pair: tuple[str, str]) -> bool:
        """Whether two words stand side by side anywhere in it."""
        wanted = f" {pair[0]} {pair[1]} "
        return any(wanted in text for _, text in self.texts)


def prepared(document: Document) -> Prepared:
    """The document ready for an index."""
    title, names = fold(document.title), tuple((fold(name), name) for name in document.names)
    weighed = ((TITLE, title), *((NAME, name) for name, _ in names), (FIELD, fold(document.field)))
    texts = tuple((weight, f" {text} ") for weight, text in (*weighed, (BODY, fold(document.body))) if text)
    written, length = (document.title, *document.names), len(title.split())
    return Prepared(document.key, document.code, document.boost, written, title, names, length, texts)


class Index:
    """Built once from documents, asked often. Knows nothing of where documents come from or who may see them.

    ``fillers`` are folded words that count only when nothing else is left; give none when names are searched.
    Documents that are a few of many bring the ``vocabulary`` of all, so that rare means rare among all. Those that are
    looked at for one question are taken in by the words of ``only``.
    """

    def __init__(
        self,
        documents: Iterable[Document | Prepared],
        synonyms: Mapping[str, Iterable[str]] | Thesaurus | None = None,
        fillers: frozenset[str] = FILLERS,
        vocabulary: Vocabulary | None = None,
        least_share: float = LEAST_SHARE,
        only: frozenset[str] | None = None,
    ) -> None:
        self._fillers, self._least_share, self._only = fillers, least_share, only
        self._thesaurus = synonyms if isinstance(synonyms, Thesaurus) else Thesaurus(synonyms)
        self._entries: list[Prepared] = []
        self._postings: dict[str, dict[int, float]] = {}
        self._codes: dict[str, int] = {}
        for document in documents:
            self._take_in(document if isinstance(document, Prepared) else prepared(document))
        if vocabulary is None:
            vocabulary = Vocabulary({word: len(w) for word, w in self._postings.items()}, len(self._entries))
        self._vocabulary = vocabulary

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, limit: int = 20) -> list[Found]:
        """The documents that answer best, best first; an exact code comes before everything.

        The last word may be unfinished. Words nobody wrote are taken as typing mistakes. Documents with most of the
        words answer when none has all.
        """
        return self.rank(text, readings(text, self._thesaurus, self._vocabulary, self._fillers), limit)

    def rank(self, text: str, read: Sequence[Reading], limit: int = 20) -> list[Found]:
        """The same for a question that was read already; nothing answers one without words."""
        if not read:
            return []
        scores: dict[int, float] = {}
        for one in read:
            for number, score in self._score(one.asked).items():
                scores[number] = max(scores.get(number, 0.0), score * one.weight)
        found = self._look_closely(text, read, scores)
        found = self._put_codes_first(text, found)
        return found[:limit]

    def _take_in(self, entry: Prepared) -> None:
        number = len(self._entries)
        self._entries.append(entry)
        for weight, text in entry.texts:
            words = text.split()
            for word in words if self._only is None else self._only.intersection(words):
                where = self._postings.setdefault(word, {})
                where[number] = max(weight, where.get(number, 0.0))
        if entry.code:
            self._codes.setdefault(_code(entry.code), number)

    def _score(self, asked: Sequence[tuple[float, Mapping[str, float]]]) -> dict[int, float]:
        """Document → sum of its words' rarity, squared by the share of the query it covers; few words score nothing."""
        whole = sum(rarity for rarity, _ in asked)
        covered: dict[int, float] = {}
        weighed: dict[int, float] = {}
        left = whole
        for rarity, forms in asked:
            # Who has none of the rarer words cannot reach the least share any more: only known candidates count now.
            closed = left < whole * self._least_share
            left -= rarity
            for number, weight in self._gather(forms, covered if closed else None).items():
                covered[number] = covered.get(number, 0.0) + rarity * min(weight / TITLE, 1.0) ** 0.5
                weighed[number] = weighed.get(number, 0.0) + rarity * weight
        best = max(covered.values(), default=0.0)
        least = max(whole * self._least_share, best - whole * TOLERANCE)
        return {
            number: weighed[number] * (share / whole) ** 2 * self._entries[number].boost
            for number, share in covered.items()
            if share >= least
        }

    def _gather(self, forms: Mapping[str, float], among: Mapping[int, float] | None) -> dict[int, float]:
        gathered: dict[int, float] = {}
        for form, sure in forms.items():
            where = self._postings.get(form, {})
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

    def _look_closely(self, text: str, read: Sequence[Reading], scores: Mapping[int, float]) -> list[Found]:
        """Among the best: whole phrases, the marks as typed, and short titles count for more."""
        phrases = [" ".join(one.words) for one in read]
        marks = marked_words(text)
        pairs = _pairs(read[0].words)
        best = sorted(scores, key=lambda number: -scores[number])
        found = []
        for number in best[:LOOK_CLOSELY_AT]:
            entry = self._entries[number]
            agreement, name = max((_agreement(entry, phrase) for phrase in phrases), key=lambda one: one[0])
            marked = len(marks & entry.marks) / len(marks) if marks else 0.0
            beside = sum(map(entry.holds, pairs)) / len(pairs) if pairs else 0.0
            score = scores[number] * agreement * (1 + MARKED * marked) * (1 + PAIRS * beside)
            score /= 1 + 0.01 * entry.length
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


def readings(
    text: str, thesaurus: Thesaurus, vocabulary: Vocabulary, fillers: frozenset[str] = FILLERS
) -> list[Reading]:
    """The ways to read a question, as typed first; none when it has no words."""
    words = tokens(commonly(text))[:MOST_WORDS]
    return [
        Reading(one.words, one.weight, asked_words(list(one.words), words[-1], vocabulary, fillers))
        for one in (thesaurus.read(words) if words else ())
    ]


def asked_words(
    words: list[str], last: str, vocabulary: Vocabulary, fillers: frozenset[str] = FILLERS
) -> list[tuple[float, dict[str, float]]]:
    """The words of a query that tell something, rarest first: each with its rarity and what it may stand for.

    ``last`` is the word last typed, which may be unfinished."""
    telling = [word for word in vocabulary.apart(words) if word not in fillers] or words
    asked = []
    for word in dict.fromkeys(telling):
        forms = vocabulary.forms(word, unfinished=word == telling[-1] == last)
        asked.append((vocabulary.rarity(forms), forms))
    return sorted(asked, key=lambda one: -one[0])


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Neighbours in the query: most words of Vietnamese are two syllables."""
    return list(dict.fromkeys(pairwise(words)))


def _code(text: str) -> str:
    return "".join(text.split()).upper()


def _agreement(entry: Prepared, phrase: str) -> tuple[float, str]:
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
