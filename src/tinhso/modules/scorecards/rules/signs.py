"""Signs that a figure was made to fit. They accuse nobody: a reviewer looks, and the unit can explain.

Heaping: numbers people make up end in 0 or 5 more often, and sit exactly on a bound more often, than counted ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

LEAST_NUMBERS = 15
ROUND_SHARE = Decimal("0.6")  # of counted numbers one in five ends in 0 or 5
BOUND_SHARE = Decimal("0.3")
LAST_MINUTES = timedelta(minutes=30)
LEAST_LATE_CELLS = 10
EDGE_SHARE = Decimal("0.2")
LEAST_EDGE = 5


class Kind(StrEnum):
    REUSED = "reused"
    HEAPING = "heaping"
    ON_BOUND = "on_bound"
    LAST_MINUTE = "last_minute"
    CLOSED_AT_EDGE = "closed_at_edge"
    PAUSED_AT_EDGE = "paused_at_edge"


NAMES = {
    Kind.REUSED: "Một tệp dùng nhiều nơi", Kind.HEAPING: "Nhiều số tròn", Kind.ON_BOUND: "Nhiều số đúng bằng mức",
    Kind.LAST_MINUTE: "Điền dồn phút cuối", Kind.CLOSED_AT_EDGE: "Đóng hồ sơ sát giờ hẹn",
    Kind.PAUSED_AT_EDGE: "Tạm dừng ngay trước giờ hẹn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look at. ``criteria``: where; empty: the unit as a whole."""

    kind: Kind
    words: str
    criteria: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return NAMES[self.kind]


def heaping(numbers: Sequence[Decimal]) -> Sign | None:
    """Whether too many typed counts end in 0 or 5. Numbers under 10 say nothing."""
    counted = [number for number in numbers if number >= 10 and number == number.to_integral_value()]
    if len(counted) < LEAST_NUMBERS:
        return None
    round_ones = sum(int(number) % 5 == 0 for number in counted)
    if Decimal(round_ones) / len(counted) < ROUND_SHARE:
        return None
    return Sign(Kind.HEAPING, f"{round_ones} trong {len(counted)} số tự nhập có tận cùng 0 hoặc 5 (thường khoảng 20%).")


def on_bound(pairs: Mapping[str, tuple[Decimal, Decimal]], targets: Mapping[str, Decimal]) -> Sign | None:
    """Whether many typed ratios meet their threshold to the very unit."""
    judged = {code: pair for code, pair in pairs.items() if code in targets and pair[1]}
    exact = tuple(
        code for code, (top, bottom) in judged.items()
        if top < bottom and top - 1 < targets[code] * bottom <= top
    )  # fmt: skip
    if len(judged) < LEAST_NUMBERS // 3 or Decimal(len(exact)) / len(judged) < BOUND_SHARE:
        return None
    return Sign(Kind.ON_BOUND, f"{len(exact)} trong {len(judged)} tỷ lệ tự nhập vừa đúng bằng mức được đủ điểm.", exact)


def last_minute(filled: Iterable[datetime], due: datetime) -> Sign | None:
    """Whether many cells were filled in the last half hour before the due moment."""
    late = [moment for moment in filled if due - LAST_MINUTES <= moment <= due]
    if len(late) < LEAST_LATE_CELLS:
        return None
    return Sign(Kind.LAST_MINUTE, f"{len(late)} ô được điền trong 30 phút cuối trước hạn.")


def reused(uses: Iterable[tuple[str, str, str]]) -> dict[str, list[Sign]]:
    """By unit: evidence whose content was used for another unit's cell or for several criteria.

    ``uses``: (fingerprint, unit, criterion).
    """
    places: dict[str, list[tuple[str, str]]] = {}
    for fingerprint, unit, code in uses:
        places.setdefault(fingerprint, []).append((unit, code))
    found: dict[str, list[Sign]] = {}
    for where in places.values():
        units = Counter(unit for unit, _ in where)
        for unit in units:
            own = tuple(sorted({code for one, code in where if one == unit}))
            if len(units) > 1:
                words = f"Cùng một tệp còn là minh chứng của {len(units) - 1} đơn vị khác."
            elif len(own) > 1:
                words = f"Cùng một tệp dùng cho {len(own)} tiêu chí."
            else:
                continue
            found.setdefault(unit, []).append(Sign(Kind.REUSED, words, own))
    return found


def at_edge(kind: Kind, number: int, all_: int) -> Sign | None:
    """Whether too many dossiers were closed, or paused, within the last half hour before they were due."""
    if number < LEAST_EDGE or Decimal(number) / max(1, all_) < EDGE_SHARE:
        return None
    did = "xong" if kind is Kind.CLOSED_AT_EDGE else "bị tạm dừng"
    return Sign(kind, f"{number} trong {all_} hồ sơ {did} trong 30 phút cuối trước giờ hẹn.")
