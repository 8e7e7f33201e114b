"""An edition of the index: groups, components, weights, thresholds, grades, each with its source.

It is data (``seeds/q766.yaml``); a successor decision is a further edition, not a change of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from tinhso.kernel.errors import Refusal
from tinhso.modules.service_quality.rules.inputs import TITLES


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an edition; unknown keys are refused, so that a misspelt one is noticed."""


class Component(Part, frozen=True, kw_only=True):
    """One component: ``most`` points times top over bottom.

    ``full_at``: the ratio from which on all points are given. ``empty``: what an empty bottom gives. Levels in
    ``inherit`` take the province's ratio, those in ``skip`` are not asked (``procedure`` for a single procedure).
    ``times``: the code of another component whose ratio (at most 1) this one's is multiplied by, as the calculation
    note of Decision 766 does with the share of dossiers that reached the national portal (1.4).
    """

    code: str
    name: str
    most: Decimal
    top: str
    bottom: str
    metric: str = ""
    full_at: Decimal = Decimal(1)
    times: str = ""
    empty: Literal["none", "full"] = "none"
    inherit: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    source: str = ""
    confirmed: bool = True
    note: str = ""


class Group(Part, frozen=True, kw_only=True):
    code: str
    name: str
    most: Decimal
    components: tuple[Component, ...]


class Grade(Part, frozen=True, kw_only=True):
    """A grade, given from so many points of 100 on."""

    name: str
    least: Decimal


class Edition(Part, frozen=True, kw_only=True):
    """``supplements_allowed``: who asks for more papers oftener is late. ``closes_after_days``: after a month's end."""

    code: str
    name: str
    decision: str
    variant: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()
    supplements_allowed: int = 1
    closes_after_days: int = 5
    petition_categories: tuple[str, ...] = ()
    ties: str = ""
    grades: tuple[Grade, ...] = ()
    grades_confirmed: bool = True
    groups: tuple[Group, ...]

    @property
    def components(self) -> tuple[Component, ...]:
        return tuple(one for group in self.groups for one in group.components)

    @property
    def most(self) -> Decimal:
        return sum((group.most for group in self.groups), Decimal(0))

    @property
    def unconfirmed(self) -> int:
        return sum(not one.confirmed for one in self.components)

    def component(self, code: str) -> Component | None:
        return next((one for one in self.components if one.code == code), None)

    def grade_of(self, share: Decimal) -> str:
        """The grade for so many points of 100; empty where the edition has none."""
        ordered = sorted(self.grades, key=lambda one: -one.least)
        return next((one.name for one in ordered if share >= one.least), "")


def read(content: Mapping[str, Any]) -> Edition:
    """The typed edition behind its data. Raises Refusal ``service_quality.edition`` with what is wrong, in words."""
    try:
        edition = msgspec.convert(dict(content), Edition, strict=False)
    except msgspec.ValidationError as wrong:
        raise Refusal("service_quality.edition", f"Không đọc được cách tính: {wrong}") from None
    found = problems(edition)
    if found:
        raise Refusal("service_quality.edition", "Cách tính chưa đúng: " + "; ".join(found))
    return edition


def problems(edition: Edition) -> list[str]:
    """What is wrong with an edition, in words: sums, codes, inputs nobody knows, thresholds out of range."""
    found = []
    codes = [one.code for one in edition.components]
    found += [f"mã {code} dùng hai lần" for code in sorted({code for code in codes if codes.count(code) > 1})]
    for group in edition.groups:
        total = sum((one.most for one in group.components), Decimal(0))
        if total != group.most:
            found.append(f"nhóm {group.code} ghi {group.most} điểm nhưng các thành phần cộng lại {total}")
    for one in edition.components:
        found += [f"{one.code}: không có số liệu “{name}”" for name in (one.top, one.bottom) if name not in TITLES]
        other = edition.component(one.times) if one.times else None
        if one.times and (other is None or other.times or other is one):
            found.append(f"{one.code}: chỉ nhân được với một thành phần khác, thành phần đó không nhân tiếp")
        if not 0 < one.full_at <= 1:
            found.append(f"{one.code}: ngưỡng đạt điểm tối đa phải trên 0 và không quá 1")
        if one.most <= 0:
            found.append(f"{one.code}: điểm tối đa phải lớn hơn 0")
    if not edition.components:
        found.append("chưa có thành phần nào")
    if not 0 <= edition.closes_after_days <= 28:
        found.append("số ngày chờ trước khi chốt từ 0 đến 28")
    return found
