"""Placing units: the rules of a campaign as a value, values to places, places to proposals. Pure and repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from tinhso.kernel.errors import Refusal


class Better(StrEnum):
    HIGH = "high"
    LOW = "low"


class Ties(StrEnum):
    """What decides when two units have the same value, to the places that the rules name."""

    SHARED = "shared"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Prize:
    """An award for the first places of each group: ``most`` places (1 to 50), no lower than the value ``least``."""

    code: str
    name: str
    most: int
    least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a campaign counts and how it places units. ``places``: digits after the comma that count, 0 to 4."""

    measure: str
    better: Better = Better.HIGH
    places: int = 1
    ties: Ties = Ties.SHARED
    second: str = ""
    second_better: Better = Better.HIGH
    prizes: tuple[Prize, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure, "better": self.better, "places": self.places, "ties": self.ties,
            "second": self.second, "second_better": self.second_better,
            "prizes": [
                {"code": one.code, "name": one.name, "most": one.most,
                 "least": None if one.least is None else str(one.least)}
                for one in self.prizes
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Rules:
        prizes = tuple(
            Prize(one["code"], one["name"], int(one["most"]), None if one["least"] is None else Decimal(one["least"]))
            for one in said["prizes"]
        )
        return cls(
            said["measure"], Better(said["better"]), int(said["places"]), Ties(said["ties"]), said["second"],
            Better(said["second_better"]), prizes,
        )  # fmt: skip


def check(rules: Rules, measures: Mapping[str, Any]) -> None:
    """Raises Refusal ``campaigns.rules`` with what to mend: rules that cannot be computed or give no award."""
    wrong = [
        (not 0 <= rules.places <= 4, "places", "Số chữ số sau dấu phẩy từ 0 đến 4."),
        (rules.measure not in measures, "measure", "Chọn một chỉ số trong danh sách."),
        (
            rules.ties is Ties.SECOND and (rules.second not in measures or rules.second == rules.measure),
            "second",
            "Chọn chỉ số phụ khác chỉ số chính để phân hạng khi bằng nhau.",
        ),
        (not rules.prizes, "prizes", "Ghi ít nhất một hình thức khen thưởng."),
        (len({one.code for one in rules.prizes}) != len(rules.prizes), "prizes", "Tên khen thưởng bị lặp."),
        (any(not 1 <= one.most <= 50 for one in rules.prizes), "prizes", "Mỗi hình thức từ 1 đến 50 đơn vị mỗi nhóm."),
    ]
    for is_wrong, field, message in wrong:
        if is_wrong:
            raise Refusal("campaigns.rules", message, field=field)


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit in a campaign: its group, its value and, for ties, its second value; none while nothing is known."""

    unit: int
    group: str
    value: Decimal | None
    second: Decimal | None = None


def rounded(value: Decimal | None, places: int) -> Decimal | None:
    """The value as it counts: half is rounded up, away from zero."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def place(rows: Sequence[Standing], rules: Rules) -> dict[int, int]:
    """Unit → its place within its group, from 1; who has no value has no place.

    Places are computed from the rounded values, never rounded afterwards. Equal units share a place, and as many
    places after it stay empty (1, 2, 2, 4), unless the rules name a second measure and it differs.
    """
    found: dict[int, int] = {}
    for group in dict.fromkeys(one.group for one in rows):
        keyed = sorted((_key(one, rules), one.unit) for one in rows if one.group == group and one.value is not None)
        before: tuple[Decimal, ...] | None = None
        for number, (key, unit) in enumerate(keyed, start=1):
            found[unit] = found[keyed[number - 2][1]] if key == before else number
            before = key
    return found


def _key(one: Standing, rules: Rules) -> tuple[Decimal, ...]:
    """By what units are put in order, the best first."""
    first = _signed(rounded(one.value, rules.places), rules.better)
    if rules.ties is Ties.SHARED:
        return (first,)
    second = rounded(one.second, rules.places)
    is_missing = Decimal(1) if second is None else Decimal(0)
    return (first, is_missing, _signed(second, rules.second_better))


def _signed(value: Decimal | None, better: Better) -> Decimal:
    known = value or Decimal(0)
    return -known if better is Better.HIGH else known


TIES_WORDS = {  # the tie rule as one sentence, for every page that shows places
    Ties.SHARED: "Đơn vị có giá trị bằng nhau sau khi làm tròn đồng hạng; hạng kế tiếp để trống tương ứng.",
    Ties.SECOND: "Giá trị bằng nhau sau khi làm tròn thì xét tiếp “%(second)s”; vẫn bằng thì đồng hạng.",
}


def winners(rows: Sequence[Standing], places: Mapping[int, int], rules: Rules) -> list[tuple[int, str]]:
    """Units and the prize that the rules give them: the first prizes go to the first places of each group.

    Prizes follow each other: with one first and two second prizes, places 1 and 2–3 get them; a shared place is never
    divided, so the last prize may go to more units than it names. Who is below ``least`` gets none.
    """
    found = [(one.unit, prize.code) for one, prize in _given(rows, places, rules)]
    return sorted(found, key=lambda pair: (places[pair[0]], pair[0]))


def _given(rows: Sequence[Standing], places: Mapping[int, int], rules: Rules) -> Iterator[tuple[Standing, Prize]]:
    bounds, reached = [], 0
    for prize in rules.prizes:
        bounds.append((reached + 1, reached + prize.most, prize))
        reached += prize.most
    for one in rows:
        own = places.get(one.unit)
        given = next((prize for low, high, prize in bounds if own is not None and low <= own <= high), None)
        if given is not None and _enough(one, given, rules):
            yield one, given


@dataclass(frozen=True, slots=True)
class Crowd:
    """A prize that more units of a group would get than the rules name, because the last of its places is shared."""

    group: str
    prize: Prize
    place: int
    units: int


def crowds(rows: Sequence[Standing], places: Mapping[int, int], rules: Rules) -> list[Crowd]:
    """Where ties would give more prizes than the rules name, group by group."""
    held: dict[tuple[str, Prize], list[int]] = {}
    for one, prize in _given(rows, places, rules):
        held.setdefault((one.group, prize), []).append(places[one.unit])
    return [Crowd(group, prize, max(own), len(own)) for (group, prize), own in held.items() if len(own) > prize.most]


def _enough(one: Standing, prize: Prize, rules: Rules) -> bool:
    value = rounded(one.value, rules.places)
    if prize.least is None or value is None:
        return value is not None
    return value >= prize.least if rules.better is Better.HIGH else value <= prize.least
