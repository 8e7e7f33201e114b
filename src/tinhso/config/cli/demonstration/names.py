"""Invented people: names put together by chance, phones that cannot ring. Every name carries its mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

MARK = "(minh họa)"
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Phan", "Trương", "Bùi", "Đặng", "Đỗ", "Ngô", "Hồ", "Dương",
             "Đinh", "Cao", "Lâm", "Mai", "Tô", "Châu")  # fmt: skip
_WOMEN = ("Thị Lan", "Thị Hoa", "Ngọc Mai", "Thị Thu", "Kim Ngân", "Thanh Trúc", "Thị Cúc", "Mỹ Linh", "Thu Hà",
          "Ngọc Bích", "Thị Sáu", "Hồng Nhung", "Bảo Trân", "Thị Út", "Phương Thảo", "Thùy Dung")  # fmt: skip
_MEN = ("Văn Minh", "Văn Tâm", "Quốc Bảo", "Thanh Sơn", "Hữu Phước", "Văn Hùng", "Minh Khang", "Đức Thịnh", "Văn Lợi",
        "Công Danh", "Gia Huy", "Trọng Nghĩa", "Văn Tư", "Anh Tuấn", "Hoàng Long", "Thành Đạt")  # fmt: skip
_WAYS = ("Đường số {n}", "Hẻm {n}, khu phố {k}", "Ấp {k}, tổ {n}", "Khu phố {k}, tổ {n}")
_PROVINCES = ("072", "080")  # Tây Ninh, Long An


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist."""

    name: str
    is_female: bool
    born_on: date
    identity_number: str
    phone: str
    address: str


def somebody(rng: Random, number: int) -> Invented:
    """The ``number``-th invented person; numbers differ, so identity numbers do too (below a million people)."""
    is_female = rng.random() < 0.5
    name = f"{rng.choice(_FAMILIES)} {rng.choice(_WOMEN if is_female else _MEN)} {MARK}"
    born_on = date(1955, 1, 1) + timedelta(days=rng.randrange(18_000))
    century = (2 if born_on.year >= 2000 else 0) + is_female
    return Invented(
        name=name,
        is_female=is_female,
        born_on=born_on,
        identity_number=f"{rng.choice(_PROVINCES)}{century}{born_on:%y}{number % 1_000_000:06d}",
        phone=f"+84900{number % 1_000_000:06d}",  # 0900 is given to nobody
        address=rng.choice(_WAYS).format(n=rng.randrange(1, 90), k=rng.randrange(1, 12)),
    )


def official_name(rng: Random) -> str:
    return f"{rng.choice(_FAMILIES)} {rng.choice(_WOMEN + _MEN)} {MARK}"
