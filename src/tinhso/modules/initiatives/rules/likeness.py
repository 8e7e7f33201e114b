"""How alike two initiatives are, by their folded words."""

from __future__ import annotations

from itertools import pairwise

from tinhso.kernel.search.rules import fold

ALIKE, NEARLY_SAME = 30, 60  # percent: worth showing; worth a second thought before sending
_SMALL = frozenset(
    fold(
        "và của cho các trong tại đến để là một những được khi từ với theo nâng cao giải pháp sáng kiến ứng dụng"
        " sử dụng thực hiện công tác hiệu quả trên địa bàn qua việc về ở năm"
    ).split()
)


def telling_words(text: str) -> frozenset[str]:
    """Pairs of neighbouring syllables, in folded form, apart from those of words that every initiative has.

    Vietnamese words are mostly of two syllables, so pairs tell more than syllables."""
    syllables = fold(text).split()
    pairs = pairwise(syllables)
    return frozenset(f"{one} {two}" for one, two in pairs if one not in _SMALL or two not in _SMALL)


def likeness(one: str, other: str) -> int:
    """0 to 100: the share of pairs of the shorter text that the longer one has too, cut down."""
    first, second = telling_words(one), telling_words(other)
    shorter = min(len(first), len(second))
    return 100 * len(first & second) // shorter if shorter >= 3 else 0
