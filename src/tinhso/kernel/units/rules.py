"""What units are: kinds, levels, and the pure tree that answers "who stands under whom"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What a unit is. ``DISTRICT`` exists only in history, until 30 June 2025 (Law 72/2025/QH15)."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    VERTICAL = "vertical"
    DISTRICT = "district"
    COMMUNE = "commune"
    CENTRE = "centre"  # one-stop shop: Trung tâm Phục vụ hành chính công
    DIVISION = "division"  # phòng, ban within a unit


class CommuneKind(StrEnum):
    """The three kinds of commune since 1 July 2025; ``TOWNSHIP`` (thị trấn) only before."""

    WARD = "phuong"
    RURAL = "xa"
    SPECIAL_ZONE = "dac_khu"
    TOWNSHIP = "thi_tran"


class Level(StrEnum):
    """At which tier of government a unit decides."""

    PROVINCE = "tinh"
    DISTRICT = "huyen"
    COMMUNE = "xa"


DISTRICTS_END_ON = date(2025, 6, 30)


@dataclass(frozen=True, slots=True)
class Node:
    """A unit as the tree knows it."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: int | None
    national_id: str
    begins_on: date
    ends_on: date | None

    def lives_on(self, day: date) -> bool:
        """Whether the unit existed on that day; both its first and its last day count."""
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Tree:
    """All units of the deployment, in memory. ``version`` tells whether it is still the newest."""

    nodes: Mapping[int, Node]
    version: int = 0
    children: Mapping[int | None, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        children: dict[int | None, list[int]] = {}
        for node in self.nodes.values():
            children.setdefault(node.parent_id, []).append(node.id)
        object.__setattr__(self, "children", {key: tuple(ids) for key, ids in children.items()})

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        return {node.code: node for node in self.nodes.values()}

    @cached_property
    def root_ids(self) -> tuple[int, ...]:
        return self.children.get(None, ())

    def subtree(self, unit_id: int) -> frozenset[int]:
        """The unit and all below it, living or not: history stays visible to those above."""
        found, waiting = set(), [unit_id]
        while waiting:
            current = waiting.pop()
            if current in found:
                continue
            found.add(current)
            waiting.extend(self.children.get(current, ()))
        return frozenset(found)

    def subtrees(self, unit_ids: Iterable[int]) -> frozenset[int]:
        return frozenset().union(*(self.subtree(unit_id) for unit_id in unit_ids))

    def path(self, unit_id: int) -> tuple[Node, ...]:
        """From the unit up to the root, the unit first."""
        found: list[Node] = []
        current: int | None = unit_id
        while current is not None and current in self.nodes:
            node = self.nodes[current]
            found.append(node)
            current = node.parent_id
        return tuple(found)

    def body_of(self, unit_id: int) -> Node:
        """The unit with legal standing to which a division or a centre belongs; itself when it has standing."""
        for node in self.path(unit_id):
            if node.kind not in (Kind.DIVISION, Kind.CENTRE):
                return node
        return self.nodes[unit_id]


class Permission(StrEnum):
    """Rights about the tree itself."""

    MANAGE = "units.manage"


COMMUNES_BEGIN_ON = date(2025, 7, 1)
UNKNOWN_BEGIN = date(1945, 9, 2)  # first day of a former unit whose own first day nobody recorded
MERGER_SOURCE = "Luật 72/2025/QH15; NQ 202/2025/QH15; các nghị quyết của UBTVQH năm 2025"
COMMUNE_KIND_NAMES = {
    CommuneKind.WARD: ("Phường", "P."),
    CommuneKind.RURAL: ("Xã", "X."),
    CommuneKind.SPECIAL_ZONE: ("Đặc khu", "ĐK."),
    CommuneKind.TOWNSHIP: ("Thị trấn", "TT."),
}


def short_commune_name(name: str) -> str:
    """``Phường Tân Ninh`` → ``P. Tân Ninh``; what does not begin with a kind of commune stays."""
    for long, short in COMMUNE_KIND_NAMES.values():
        if name.startswith(long + " "):
            return short + name[len(long) :]
    return name


def within_sentence(name: str) -> str:
    """The name as it stands inside a sentence: ``Phường Tân Ninh`` → ``phường Tân Ninh``."""
    return name[:1].lower() + name[1:]


def people_committee(name: str) -> str:
    """The body that decides for an area: ``Tỉnh Tây Ninh`` → ``Ủy ban nhân dân tỉnh Tây Ninh``."""
    return f"Ủy ban nhân dân {within_sentence(name)}"
