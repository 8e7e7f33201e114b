"""Whether two texts are about the same, for showing beside a call only what helps: pure."""

from __future__ import annotations

import re
import unicodedata

from tinhso.kernel.search.rules import fold

SHARED = 2  # words that both must have (our choice)
_WORD = re.compile(r"[^\W_]{2,}")
# Words that say nothing of what a text is about.
COMMON = frozenset(
    {
        "bao", "bị", "cho", "có", "của", "các", "không", "khi", "là", "lại", "mà", "mấy", "một", "ngay", "ngày",
        "nhiêu", "nhiều", "như", "những", "này", "nào", "ra", "rồi", "sao", "thì", "thế", "trong", "tôi", "từ", "và",
        "vào", "về", "vậy", "với", "xin", "được", "đến",
    }
)  # fmt: skip


def is_about(said: str, title: str) -> bool:
    """Whether two words of weight stand in both: as written, or without diacritics where none were typed."""
    is_plain = said.isascii()
    return len(_words(said, is_plain) & _words(title, is_plain)) >= SHARED


def _words(text: str, is_plain: bool) -> set[str]:
    found = {one for one in _WORD.findall(unicodedata.normalize("NFC", text).lower()) if one not in COMMON}
    return {fold(one) for one in found} if is_plain else found
