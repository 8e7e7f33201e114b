"""Whether somebody said a phrase, however they type, and what of a message officials may read.

Capitals, no marks at all and older places of tone marks are the same; but a word typed with marks must have those of
the phrase: “dung” and “dừng” say “dừng”, “đúng” and “dùng” do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from tinhso.kernel.search.rules import fold


def is_said(typed: str, phrase: str) -> bool:
    """Whether the words typed are this phrase and nothing more."""
    if fold(typed) != fold(phrase):
        return False
    pairs = zip(map(_marks, typed.split()), map(_marks, phrase.split()), strict=False)
    return all(not typed_marks or typed_marks == marks for typed_marks, marks in pairs)


def _marks(text: str) -> Counter[str]:
    """The marks of a text, the bar of đ among them."""
    spread = unicodedata.normalize("NFD", text.casefold())
    return Counter(one for one in spread if unicodedata.combining(one) or one == "đ")


_IN_ADDRESS = re.compile(r"/[\w:-]{16,}(?=/|\s|$)")
_AS_WORD = re.compile(r"(?<!\S)(?=[^\s]*[0-9_-])[A-Za-z0-9_-]{16}(?!\S)")


def without_keys(text: str) -> str:
    """A message as officials read it: without the keys by which whoever has them opens somebody's case."""
    return _AS_WORD.sub("…", _IN_ADDRESS.sub("/…", text))
