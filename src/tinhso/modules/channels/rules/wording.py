"""Whether somebody said a phrase, however they type: capitals, no marks at all, older places of tone marks.

A word typed with marks must have those of the phrase: “dung” and “dừng” say “dừng”, “đúng” and “dùng” do not.
"""

from __future__ import annotations

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
