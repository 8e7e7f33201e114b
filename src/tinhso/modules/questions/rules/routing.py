"""Who answers what: fields with the units responsible, and the deadlines, read from a dated version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tinhso.kernel.clock.rules import Limit, Unit
from tinhso.kernel.errors import Refusal

LEVELS = {"plain": "Thông thường", "complex": "Phức tạp", "several": "Nhiều đơn vị"}


@dataclass(frozen=True, slots=True)
class Field:
    """``unit`` is a department's code within the province (``stp``); ``is_local``: a commune that is named answers."""

    code: str
    name: str
    unit: str
    is_local: bool


@dataclass(frozen=True, slots=True)
class Routing:
    """Days are working days; ``screening`` is the department that looks at questions first."""

    fields: tuple[Field, ...]
    screening: str
    acknowledge: int
    days: Mapping[str, int]
    review_months: int

    def field(self, code: str) -> Field | None:
        return next((one for one in self.fields if one.code == code), None)

    def limit(self, level: str) -> Limit:
        return Limit(Decimal(self.days[level]), Unit.WORKING_DAY)

    @property
    def first_look(self) -> Limit:
        """The time until somebody has looked at a new question."""
        return Limit(Decimal(self.acknowledge), Unit.WORKING_DAY)


def routing_from(content: Mapping[str, Any]) -> Routing:
    """Read the content of a version. Raises Refusal ``questions.routing`` naming what is wrong."""
    try:
        fields = tuple(
            Field(str(one["code"]), str(one["name"]), str(one["unit"]), bool(one.get("local")))
            for one in content["fields"]
        )
        days = {level: int(content["days"][level]) for level in LEVELS}
        found = Routing(
            fields, str(content["screening"]), int(content["acknowledge"]), days, int(content["review_months"])
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise _wrong(f"thiếu hoặc sai phần {wrong}") from wrong
    codes = [one.code for one in fields]
    if not codes or len(set(codes)) != len(codes) or any(not one.name or not one.unit for one in fields):
        raise _wrong("mỗi lĩnh vực cần mã riêng, tên và đơn vị")
    if min(found.acknowledge, found.review_months, *days.values()) < 1:
        raise _wrong("số ngày và số tháng phải từ 1")
    return found


def _wrong(what: str) -> Refusal:
    return Refusal("questions.routing", f"Bảng phân luồng chưa dùng được: {what}. Sửa rồi công bố lại.")
