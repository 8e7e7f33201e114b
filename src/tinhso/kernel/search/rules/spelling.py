"""Vietnamese text reduced to what people have in common when they type it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_APOSTROPHES = "'’‘ʼ`´"


def _plain(character: str) -> str:
    """The unmarked lower-case form of one character; a space for everything that is neither letter nor digit."""
    if character in _APOSTROPHES:
        return ""
    bare = character
    for _ in range(3):  # until folding changes nothing more: some letters decompose only once they are small
        bare = "".join(
            part for part in unicodedata.normalize("NFKD", bare).casefold() if unicodedata.category(part)[0] != "M"
        )
    bare = bare.replace("đ", "d")
    kept = "".join(part if part.isalnum() else " " for part in bare)
    return kept if kept or unicodedata.category(character)[0] == "M" else " "


def _written(character: str) -> str:
    """A letter, digit or mark as it is; a space for everything else."""
    return character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "


class _Table(dict[int, str]):
    """Filled as characters are met: a page of Vietnamese needs about two hundred of them."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read

    def __missing__(self, code: int) -> str:
        found = self._read(chr(code))
        if len(self) < 5000:
            self[code] = found
        return found


_TABLE, _WRITTEN = _Table(_plain), _Table(_written)


def fold(text: str) -> str:
    """Lower case without marks, đ as d, one space between words: “Sổ đỏ (bản sao)” → ``so do ban sao``.

    Both placements of tone marks give the same (hoà, hòa → hoa); apostrophes inside names vanish (Ea H'leo → ea hleo).
    Folding twice changes nothing.
    """
    return " ".join(text.translate(_TABLE).split())


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()


@lru_cache(maxsize=20_000)
def mark(word: str) -> str:
    """A word with its marks but its tone put last, so that hoà and hòa are one and hoa is another."""
    parts = unicodedata.normalize("NFD", word.casefold())
    tone = "".join(part for part in parts if part in _TONES)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)) + tone


def marked_words(text: str) -> frozenset[str]:
    """The words of a text that carry marks, in the form of ``mark``."""
    return frozenset(mark(word) for word in text.translate(_WRITTEN).split() if not word.isascii())
