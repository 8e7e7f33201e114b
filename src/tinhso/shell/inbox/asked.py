"""What the reader of a worklist asked for, between the page's address and plain values; how time left is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tinhso.kernel.cases.queries import Urgency, Wanted, Whose, read_key

OPINIONS = "y-kien"
LISTS: tuple[tuple[str, str, str], ...] = (  # code, title, icon; the first is where one begins
    (Whose.MINE, "Của tôi", "inbox"),
    (OPINIONS, "Xin ý kiến phối hợp", "message-square-text"),
    (Whose.UNASSIGNED, "Chưa phân công", "users"),
    (Whose.TO_SIGN, "Chờ lãnh đạo ký", "signature"),
    (Whose.UNIT, "Cả đơn vị", "building-2"),
    (Whose.RECEIVED, "Đã tiếp nhận", "clipboard-check"),
    (Whose.ALL, "Mọi việc đang xử lý", "list"),
)
TITLES = {code: title for code, title, _ in LISTS}
QUICK = (  # urgency, title, colour of the number
    (Urgency.ALL, "Tất cả", ""),
    (Urgency.LATE, "Quá hạn", "bad"),
    (Urgency.SOON, "Đến hạn hôm nay, mai", "warn"),
    (Urgency.NEWS, "Có cập nhật chưa xem", "info"),
    (Urgency.PAUSED, "Tạm dừng", "wait"),
)
LONGEST_TEXT = 120
SHORT_OF_TIME = 960  # working minutes: two days, from here on a bar is shown
NO_TIME = 60


@dataclass(frozen=True)
class Asked:
    """A worklist as its address says it. ``opinions`` marks the list that the kernel's cases do not know."""

    wanted: Wanted
    opinions: bool = False
    said: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def list_code(self) -> str:
        return OPINIONS if self.opinions else str(self.wanted.whose)

    def address(self, **changes: str) -> str:
        """The query of the same list with some of it changed; always from the first page."""
        said = {**self.said, **changes}
        said = {name: value for name, value in said.items() if value and (name != "sau" or "sau" in changes)}
        return "?" + urlencode(said)

    def first_page(self) -> Asked:
        return replace(self, wanted=replace(self.wanted, after=None))


_NAMES = ("danh-sach", "loc", "loai", "trang-thai", "don-vi", "q", "sau")


def _readable(text: str) -> str:
    """What was typed, without characters that no text has."""
    return "".join(one for one in text if one.isprintable()).strip()[:LONGEST_TEXT]


def read(query: Mapping[str, Any]) -> Asked:
    """From an address; what it does not understand it takes as not said."""
    said = {name: _readable(str(query.get(name) or "")) for name in _NAMES}
    if said["danh-sach"] not in TITLES:
        said["danh-sach"] = ""
    if said["loc"] not in {urgency.value for urgency in Urgency}:
        said["loc"] = ""
    opinions = said["danh-sach"] == OPINIONS
    whose = Whose.ALL if opinions else Whose(said["danh-sach"] or Whose.MINE)
    unit = said["don-vi"]
    wanted = Wanted(
        whose=whose,
        urgency=Urgency(said["loc"]),
        kind=said["loai"],
        state=said["trang-thai"],
        unit_id=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None,
        text=said["q"],
        after=read_key(said["sau"]) if said["sau"] else None,
    )
    return Asked(wanted, opinions, said)


@dataclass(frozen=True, slots=True)
class Left:
    """Time left as shown: ``kind`` is a colour, ``share`` the part of the last two working days gone (0–100)."""

    kind: str
    icon: str
    words: str
    share: int | None = None
    at: datetime | None = None


def shown_left(minutes: int | None, words: str, at: datetime | None) -> Left:
    """How a running clock is shown: calm, then a bar in the last two working days, then red."""
    if minutes is None:
        return Left("", "clock", words)
    if minutes < NO_TIME:
        return Left("bad", "circle-alert", words, min(100, 100 - minutes * 100 // SHORT_OF_TIME), at)
    if minutes <= SHORT_OF_TIME:
        return Left("warn", "clock-alert", words, 100 - minutes * 100 // SHORT_OF_TIME, at)
    return Left("", "clock", words, None, at)
