"""Addresses as people write them, taken apart and put together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from tinhso.kernel.numerals import is_whole
from tinhso.kernel.search.rules import fold

# Beginnings of a part of an address, folded; what they stand for, and of which tier they are.
_TIERS = (
    ("commune", {"phuong": "phường", "xa": "xã", "thi tran": "thị trấn", "dac khu": "đặc khu"}),
    ("district", {"quan": "quận", "huyen": "huyện", "thi xa": "thị xã"}),
    ("province", {"tinh": "tỉnh"}),
)
_SHORT = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "dk": "dac khu",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "tp": "thanh pho",
    "t": "tinh",
}
_COUNTRY = frozenset({"viet nam", "vietnam", "vn"})
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; empty where not written. ``district`` is only in addresses before 1 July 2025."""

    line: str = ""
    commune: str = ""
    district: str = ""
    province: str = ""


def spell_out(text: str) -> str:
    """Folded words with the usual abbreviations spelled out: ``P.1, TX Hòa Thành`` → ``phuong 1 thi xa hoa thanh``."""
    words: list[str] = []
    for word in fold(re.sub(r"(?<=[^\W\d])(?=[0-9])", " ", text)).split():
        before = words[-1] if words else ""
        if before == "phuong" and word in _ROMAN:
            words.append(_ROMAN[word])
        else:
            words += _SHORT.get(word, word).split()
    return " ".join(str(int(word)) if is_whole(word) and len(word) < 4 else word for word in words)


def _tier(part: str) -> str:
    spelled = spell_out(part)
    for tier, kinds in _TIERS:
        if any(spelled.startswith(kind + " ") for kind in kinds):
            return tier
    return ""


def parse(text: str) -> Address:
    """Take an address apart at its commas; kinds (``xã``, ``P.``, ``TP`` …) tell the tiers, else the order does.

    ``thành phố`` is a province when it stands last, a district otherwise. Nothing is looked up: names stay as written.
    """
    parts = [part for raw in normalize("NFC", text).split(",") if (part := " ".join(raw.split()))]
    if parts and fold(parts[-1]) in _COUNTRY:
        parts.pop()
    found: dict[str, str] = {}
    line: list[str] = []
    for position, part in enumerate(parts):
        tier = _tier(part)
        if not tier and spell_out(part).startswith("thanh pho "):
            tier = "province" if position == len(parts) - 1 else "district"
        if not tier and position == len(parts) - 1 and found:
            tier = "province"
        if tier and tier not in found and (tier != "commune" or "district" not in found):
            found[tier] = part
        else:
            line.append(part)
    return Address(line=", ".join(line), **found)


def write(parts: Iterable[str]) -> str:
    """One line from its parts, the empty ones left out: ``12 Nguyễn Trãi, phường Tân Ninh, tỉnh Tây Ninh``.

    The first part keeps its capital; later kinds of unit are written small, as in official papers.
    """
    kept = [" ".join(part.split()) for part in parts if part and part.strip()]
    return ", ".join([*kept[:1], *(_small_kind(part) for part in kept[1:])])


def _small_kind(part: str) -> str:
    folded = fold(part)
    kinds = ("phuong", "xa", "thi tran", "dac khu", "quan", "huyen", "thi xa", "thanh pho", "tinh")
    return part[0].lower() + part[1:] if any(folded.startswith(kind + " ") for kind in kinds) else part


def formerly(names: Iterable[str]) -> str:
    """“trước 01/7/2025 là Phường 1, thành phố Tây Ninh”: the line under a commune found by its old name."""
    listed = "; ".join(names)
    return f"trước 01/7/2025 là {listed}" if listed else ""
