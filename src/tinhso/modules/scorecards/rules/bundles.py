"""A closed round as one file that anybody can compute again: edition, inputs, what the council decided, scores.

The file holds no personal data: units, numbers, reasons, and the fingerprints of files that served as evidence.
``recompute`` needs nothing but the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tinhso.kernel.errors import Refusal
from tinhso.modules.scorecards.rules import totals
from tinhso.modules.scorecards.rules.editions import Edition, edition_from
from tinhso.modules.scorecards.rules.numbers import LEFT_OUT, UNFILLED, plain, scaled, unscaled

if TYPE_CHECKING:
    from tinhso.modules.scorecards.rules import plans

FORMAT = "tinhso-score-bundle/1"
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Frozen:
    """One unit as it was closed. ``row``: inputs as whole numbers in the edition's order; ``decided``: points (last
    place) that the council set, by criterion; the rest is what was published."""

    unit: str
    name: str
    group: str
    row: tuple[int, ...]
    decided: Mapping[str, int]
    points: tuple[int, ...]
    total: int
    rank: int | None
    grade: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where computing again gives something else than was published."""

    unit: str
    what: str
    published: str
    computed: str

    def __str__(self) -> str:
        return f"{self.unit}\t{self.what}\t{self.published} ≠ {self.computed}"


@dataclass(frozen=True, slots=True)
class Comparison:
    units: int
    cells: int
    differences: tuple[Difference, ...]

    @property
    def is_identical(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class Computed:
    """A round scored: the raw result, ranks and grades in the order of the units."""

    result: plans.Result
    ranks: list[int]
    grades: list[str]


def compute(
    edition: Edition, groups: list[str], rows: list[tuple[int, ...]], decided: list[Mapping[str, int]]
) -> Computed:
    """Score all units of a round, rank them within their groups, grade them."""
    from tinhso.modules.scorecards.rules import plans  # here: NumPy takes 16 MB, and most processes score no round

    plan = plans.Plan(edition)
    set_points = [(n, plan.place[code], points) for n, one in enumerate(decided) for code, points in one.items()]
    result = plan.evaluate(plans.rows_of(rows).reshape(len(rows), len(edition.columns)), set_points)
    columns = [result.totals.tolist(), *(_tie_column(edition, result, code) for code in edition.ties_by)]
    keys = list(zip(*columns, strict=True))
    ranks = [0] * len(rows)
    places: dict[str, list[int]] = {}
    for n, group in enumerate(groups):
        places.setdefault(group, []).append(n)
    for own in places.values():
        for n, rank in zip(own, totals.ranks([keys[n] for n in own]), strict=True):
            ranks[n] = rank
    grades = {total: totals.grade_code(edition, total) for total in set(columns[0])}
    return Computed(result, ranks, [grades[total] for total in columns[0]])


def _tie_column(edition: Edition, result: plans.Result, code: str) -> list[int]:
    named = [*(one.code for one in edition.indices), *(one.code for one in edition.pillars)]
    place = named.index(code)
    own = len(edition.indices)
    column = result.indices[:, place] if place < own else result.pillars[:, place - own]
    values: list[int] = column.tolist()
    return values


def compare(edition: Edition, units: list[Frozen]) -> Comparison:
    """Compute a closed round again and say where it differs from what was published."""
    if not units:
        return Comparison(0, 0, ())
    made = compute(edition, [one.group for one in units], [one.row for one in units], [one.decided for one in units])
    points = made.result.points.tolist()
    totals_ = made.result.totals.tolist()
    found: list[Difference] = []
    for n, one in enumerate(units):
        if tuple(points[n]) != tuple(one.points):
            pairs = zip(edition.criteria, one.points, points[n], strict=True)
            found += [
                Difference(one.unit, f"tiêu chí {criterion.code}", _said(was, edition), _said(now, edition))
                for criterion, was, now in pairs
                if was != now
            ]
        if totals_[n] != one.total:
            now, was = (plain(unscaled(value, edition.total_places)) for value in (totals_[n], one.total))
            found.append(Difference(one.unit, "tổng điểm", was, now))
        if one.rank is not None and made.ranks[n] != one.rank:
            found.append(Difference(one.unit, "hạng", str(one.rank), str(made.ranks[n])))
        if made.grades[n] != one.grade:
            found.append(Difference(one.unit, "xếp loại", one.grade, made.grades[n]))
    return Comparison(len(units), len(units) * len(edition.criteria), tuple(found))


def _said(points: int, edition: Edition) -> str:
    if points == UNFILLED:
        return "trống"
    return "không áp dụng" if points == LEFT_OUT else plain(unscaled(points, edition.decimals))


def seal(content: Any) -> str:
    """SHA-256 of a JSON value in one form only."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def pack(
    *,
    about: Mapping[str, Any],
    edition: Mapping[str, Any],
    units: Iterable[Frozen],
    evidence: Iterable[Mapping[str, Any]] = (),
    reasons: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The bundle as JSON values: numbers as people can check them, sealed as a whole."""
    read = edition_from(edition)
    body = {
        "format": FORMAT,
        "about": dict(about),
        "edition": dict(edition),
        "units": [_unit(read, one) for one in units],
        "evidence": [dict(one) for one in evidence],
        "reasons": [dict(one) for one in reasons],
    }
    return {**body, "sha256": seal(body)}


def _unit(edition: Edition, one: Frozen) -> dict[str, Any]:
    inputs: dict[str, dict[str, str]] = {}
    for (code, name), number in zip(edition.columns, one.row, strict=True):
        value = unscaled(number)
        if value is not None:
            inputs.setdefault(code, {})[name] = plain(value)
    points = zip(edition.criteria, one.points, strict=True)
    return {
        "unit": one.unit,
        "name": one.name,
        "group": one.group,
        "inputs": inputs,
        "decided": {code: plain(unscaled(value, edition.decimals)) for code, value in one.decided.items()},
        "points": {
            criterion.code: "left out" if value == LEFT_OUT else plain(unscaled(value, edition.decimals))
            for criterion, value in points
            if value != UNFILLED
        },
        "total": plain(unscaled(one.total, edition.total_places)),
        "rank": one.rank,
        "grade": one.grade,
    }


def unpack(bundle: Any) -> tuple[Edition, list[Frozen]]:
    """The edition and units of a bundle. Raises Refusal ``scorecards.bundle`` when it is none or was changed."""
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise Refusal("scorecards.bundle", "Tệp không phải là gói kết quả đánh giá của Tỉnh Số.")
    body = {key: value for key, value in bundle.items() if key != "sha256"}
    if seal(body) != bundle.get("sha256"):
        raise Refusal("scorecards.bundle", "Gói kết quả đã bị sửa: dấu SHA-256 không khớp nội dung.")
    try:
        edition = edition_from(bundle["edition"])
        return edition, [_frozen(edition, row) for row in bundle["units"]]
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as wrong:
        raise Refusal("scorecards.bundle", f"Gói kết quả thiếu hoặc sai phần {wrong}.") from wrong


def _frozen(edition: Edition, row: Mapping[str, Any]) -> Frozen:
    def given(code: str, name: str) -> Decimal | None:
        text = row["inputs"].get(code, {}).get(name)
        return None if text is None else Decimal(text)

    def points(code: str) -> int:
        text = row["points"].get(code)
        if text is None:
            return UNFILLED
        return LEFT_OUT if text == "left out" else scaled(Decimal(text), edition.decimals)

    return Frozen(
        unit=str(row["unit"]),
        name=str(row["name"]),
        group=str(row["group"]),
        row=tuple(scaled(given(code, name)) for code, name in edition.columns),
        decided={code: scaled(Decimal(text), edition.decimals) for code, text in row["decided"].items()},
        points=tuple(points(one.code) for one in edition.criteria),
        total=scaled(Decimal(row["total"]), edition.total_places),
        rank=row["rank"],
        grade=str(row["grade"]),
    )
