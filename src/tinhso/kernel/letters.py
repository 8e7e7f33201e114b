"""Letters that nobody sees but that fool readers: they turn the direction of what follows, hide within a number, or
heap marks upon one letter until it covers the lines around. And those that no XML and no spreadsheet can hold, so that
one of them would spoil a whole feed or register. Pure."""

from __future__ import annotations

import re

TURNING = "\u202a-\u202e\u2066-\u2069"  # "photo‹202e›gpj.exe" reads as photoexe.jpg
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff"  # all but tab and the ends of lines
UNSEEN = f"{CONTROL}\u00ad\u200b\u200e\u200f{TURNING}\u2060-\u2064\u206a-\u206f\ufeff"
MOST_MARKS = 4  # upon one letter; Vietnamese written apart has two

_UNSEEN = re.compile(f"[{UNSEEN}]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HEAP = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")


def plain(text: str) -> str:
    """The text as a reader sees it. Joiners, which emoji and other scripts are spelt with, stay."""
    return _HEAP.sub(r"\1", _UNSEEN.sub("", text))


def is_plain(text: str) -> bool:
    return not (_UNSEEN.search(text) or _HEAP.search(text))
