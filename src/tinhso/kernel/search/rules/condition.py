"""What a document of a large collection must hold to be looked at, as a formula of the database's word index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinhso.kernel.search.rules.index import Document
from tinhso.kernel.search.rules.spelling import fold
from tinhso.kernel.search.rules.vocabulary import Vocabulary

MOST_ASKED = 6  # the rarest words decide who is looked at; ranking reads all
IN_TITLE = "^"  # marks a word of the title or of an everyday name
_SLACK = 1e-9


def lexemes(document: Document) -> list[str]:
    """The words under which a document is filed: all of them once, those of title and names with a mark as well."""
    titled = {word for text in (document.title, *document.names) for word in fold(text).split()}
    others = {word for text in (document.field, document.body) for word in fold(text).split()}
    return sorted({*titled, *others, *(IN_TITLE + word for word in titled)})


def condition(asked: Sequence[tuple[float, Iterable[str]]], share: float, mark: str = "") -> str:
    """A ``tsquery``: holds words that weigh at least ``share`` (0…1) of what is asked; empty when nothing can be found.

    ``asked`` are rarities with the words that may be meant, rarest first. With ``mark`` only words filed with it count.
    """
    known = [(rarity, words) for rarity, forms in asked if (words := sorted(forms))][:MOST_ASKED]
    if not known:
        return ""
    whole = sum(rarity for rarity, _ in known)
    return _needing(known, whole * share, whole, mark) or ""


def _needing(asked: Sequence[tuple[float, Sequence[str]]], left: float, rest: float, mark: str) -> str | None:
    """A formula for ``left`` of the ``rest`` that these words weigh; None when they cannot."""
    if rest < left - _SLACK:
        return None
    rarity, forms = asked[0]
    word = "|".join(f"'{mark}{form}'" for form in forms)
    word = f"({word})" if len(forms) > 1 else word
    ways = [word]
    if left - rarity > _SLACK:
        further = _needing(asked[1:], left - rarity, rest - rarity, mark)
        ways = [f"{word}&{further}"] if further else []
    without = _needing(asked[1:], left, rest - rarity, mark) if len(asked) > 1 else None
    ways += [without] if without else []
    return None if not ways else ways[0] if len(ways) == 1 else f"({'|'.join(ways)})"


def known_words(counts: Iterable[tuple[str, int]], documents: int) -> Vocabulary:
    """The vocabulary of a collection from the counts of its lexemes; marked ones are left out."""
    return Vocabulary({word: count for word, count in counts if count > 0 and word[0] != IN_TITLE}, documents)
