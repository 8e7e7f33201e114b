"""An edition of a criteria set as values: pillars, indices, criteria with points and rules, composition, grades.

An edition is data (see ``seeds``): it is read here and checked in ``checks``. What a published source does not support
says so (``confirmed`` false), and pages show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from tinhso.kernel.errors import Refusal


class Kind(StrEnum):
    """How a criterion's inputs become a share of its points."""

    RATIO = "ratio"  # min(1, a/b)
    THRESHOLD = "threshold"  # min(1, (a/b)/target)
    STEPS = "steps"  # the share of the highest step reached
    YES_NO = "yes_no"
    OPTIONS = "options"  # one of several, each with its share
    PARTS = "parts"  # the sum of the shares of the parts met
    LINEAR = "linear"  # nothing at one value, everything at another
    INVERSE = "inverse"  # as linear, less is better
    INDICATOR = "indicator"  # as linear, over a figure the platform computes
    SURVEY = "survey"  # as threshold; too few answers give nothing
    EXPRESSION = "expression"  # a formula over named inputs
    JUDGED = "judged"  # points are given by people: the rule is not published


KIND_NAMES = {
    Kind.RATIO: "Tỷ lệ × điểm tối đa", Kind.THRESHOLD: "Tỷ lệ so với ngưỡng", Kind.STEPS: "Theo bậc",
    Kind.YES_NO: "Có hoặc không", Kind.OPTIONS: "Chọn một mức", Kind.PARTS: "Cộng các phần đạt được",
    Kind.LINEAR: "Tăng dần theo số liệu", Kind.INVERSE: "Càng thấp càng tốt", Kind.INDICATOR: "Theo chỉ tiêu hệ thống",
    Kind.SURVEY: "Theo khảo sát", Kind.EXPRESSION: "Theo công thức", Kind.JUDGED: "Chấm điểm trực tiếp",
}  # fmt: skip


class Zero(StrEnum):
    """What a zero denominator gives: no points, all points, or the criterion is left out and the total rescaled."""

    NOTHING = "nothing"
    FULL = "full"
    LEAVE_OUT = "leave_out"


class Composition(StrEnum):
    """How a total is made: the sum of all points; pillars weighed; or a foundation shared by pillars, counted once."""

    SUM = "sum"
    PILLARS = "pillars"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Input:
    """One number a criterion asks for. ``source`` names where the platform finds it; empty: people type it."""

    code: str
    name: str
    unit: str = ""
    source: str = ""
    share: Fraction = Fraction(0)
    may_be_negative: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """From (or, going down, up to) this value on: this share of the points."""

    bound: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Rule:
    """How inputs become points; which fields count depends on the kind."""

    kind: Kind
    target: Fraction = Fraction(1)
    steps: tuple[Step, ...] = ()
    goes_down: bool = False
    choices: tuple[tuple[str, Fraction], ...] = ()
    nothing_at: Fraction = Fraction(0)
    full_at: Fraction = Fraction(1)
    least: int = 0
    formula: str = ""
    zero: Zero = Zero.NOTHING


@dataclass(frozen=True, slots=True)
class Criterion:
    code: str
    name: str
    points: Decimal
    rule: Rule
    inputs: tuple[Input, ...]
    evidence: str = ""
    confirmed: bool = True
    note: str = ""

    @property
    def is_computed(self) -> bool:
        """Whether the platform finds all inputs: such a cell is filled and locked."""
        return bool(self.inputs) and all(one.source for one in self.inputs)

    @property
    def variable(self) -> str:
        """The name by which formulas of other criteria ask for its points: ``d_A1_2``."""
        return variable_of(self.code)


@dataclass(frozen=True, slots=True)
class Index:
    """A main index (or subgroup): some criteria, whose points add up to its own."""

    code: str
    name: str
    points: Decimal
    criteria: tuple[Criterion, ...]
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pillar:
    code: str
    name: str
    points: Decimal
    indices: tuple[str, ...]
    weight: Fraction = Fraction(1)
    confirmed: bool = True

    @property
    def weight_shown(self) -> Decimal:
        return Decimal(self.weight.numerator) / self.weight.denominator


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade from so many points of the total on (inclusive)."""

    code: str
    name: str
    least: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are compared with one another only. ``kinds`` are codes like commune, commune:phuong, department."""

    code: str
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """A criteria set as it was decided."""

    code: str
    name: str
    points: Decimal
    decimals: int
    composition: Composition
    pillars: tuple[Pillar, ...]
    indices: tuple[Index, ...]
    grades: tuple[Grade, ...]
    groups: tuple[Group, ...]
    ties_by: tuple[str, ...] = ()
    ties_words: str = ""
    level: str = ""
    decision: str = ""
    issuer: str = ""
    notes: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the sheet."""
        return tuple(one for index in self.indices for one in index.criteria)

    @cached_property
    def by_code(self) -> Mapping[str, Criterion]:
        return {one.code: one for one in self.criteria}

    @cached_property
    def index_of(self) -> Mapping[str, Index]:
        """Criterion code → its index."""
        return {one.code: index for index in self.indices for one in index.criteria}

    @cached_property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """(criterion, input) in the order in which frozen numbers are kept."""
        return tuple((one.code, wanted.code) for one in self.criteria for wanted in one.inputs)

    @property
    def total_places(self) -> int:
        """Totals of points have the edition's places; a total of weighed pillars is a value with four."""
        return 4 if self.composition is Composition.PILLARS else self.decimals

    @property
    def most(self) -> Decimal:
        """The highest total: the points, or 1 for weighed pillars."""
        return Decimal(1) if self.composition is Composition.PILLARS else self.points

    def grade_of(self, total: Decimal) -> Grade | None:
        return next((grade for grade in self.grades if total >= grade.least), None)

    def group_of(self, kind: str, commune_kind: str = "") -> Group | None:
        """The first group that takes a unit of this kind."""
        wanted = {kind, f"{kind}:{commune_kind}"}
        return next((group for group in self.groups if wanted & set(group.kinds)), None)


def variable_of(code: str) -> str:
    return "d_" + re.sub(r"\W", "_", code)


def edition_from(content: Mapping[str, Any]) -> Edition:
    """Read the content of a version. Raises Refusal ``scorecards.unreadable`` naming the place that is wrong."""
    places = ["bộ tiêu chí"]  # what is being read, the last of them now
    try:
        indices = [_index(row, places) for row in content["indices"]]
        places.append("phần chung")
        ties = content.get("ties", {})
        return Edition(
            code=str(content["code"]),
            name=str(content["name"]),
            points=_number(content["points"]),
            decimals=int(content.get("decimals", 2)),
            composition=Composition(content.get("composition", "sum")),
            pillars=tuple(_pillar(row) for row in content.get("pillars", ())),
            indices=tuple(indices),
            grades=_grades(content.get("grades", ())),
            groups=tuple(
                Group(str(row["code"]), str(row["name"]), tuple(str(kind) for kind in row["kinds"]))
                for row in content.get("groups", ())
            ),
            ties_by=tuple(str(code) for code in ties.get("by", ())),
            ties_words=str(ties.get("words", "")),
            level=str(content.get("level", "")),
            decision=str(content.get("decision", "")),
            issuer=str(content.get("issuer", "")),
            notes=tuple(str(one) for one in content.get("notes", ())),
            years=tuple(int(one) for one in content.get("years", ())),
            extra=content.get("extra", {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as wrong:
        what = f"thiếu mục {wrong}" if isinstance(wrong, KeyError) else str(wrong)
        raise Refusal("scorecards.unreadable", f"Không đọc được {places[-1]}: {what}. Sửa rồi lưu lại.") from wrong


def _index(row: Mapping[str, Any], places: list[str]) -> Index:
    places.append(f"chỉ số {row.get('code', '?')}")
    criteria = []
    for one in row["criteria"]:
        places.append(f"tiêu chí {one.get('code', '?')}")
        criteria.append(_criterion(one))
    return Index(
        str(row["code"]), str(row["name"]), _number(row["points"]), tuple(criteria), bool(row.get("confirmed", True)),
        str(row.get("note", "")),
    )  # fmt: skip


def _criterion(row: Mapping[str, Any]) -> Criterion:
    return Criterion(
        code=str(row["code"]),
        name=str(row["name"]),
        points=_number(row["points"]),
        rule=_rule(row["rule"]),
        inputs=tuple(_input(one) for one in row.get("inputs", ())),
        evidence=str(row.get("evidence", "")),
        confirmed=bool(row.get("confirmed", True)),
        note=str(row.get("note", "")),
    )


def _input(row: Mapping[str, Any]) -> Input:
    return Input(
        str(row["code"]), str(row["name"]), str(row.get("unit", "")), str(row.get("source", "")),
        Fraction(str(row.get("share", 0))), bool(row.get("may_be_negative", False)),
    )  # fmt: skip


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        kind=Kind(row["kind"]),
        target=Fraction(str(row.get("target", 1))),
        steps=tuple(Step(Fraction(str(one["bound"])), Fraction(str(one["share"]))) for one in row.get("steps", ())),
        goes_down=bool(row.get("goes_down", False)),
        choices=tuple((str(one["name"]), Fraction(str(one["share"]))) for one in row.get("choices", ())),
        nothing_at=Fraction(str(row.get("nothing_at", 0))),
        full_at=Fraction(str(row.get("full_at", 1))),
        least=int(row.get("least", 0)),
        formula=str(row.get("formula", "")),
        zero=Zero(row.get("zero", "nothing")),
    )


def _pillar(row: Mapping[str, Any]) -> Pillar:
    return Pillar(
        str(row["code"]), str(row["name"]), _number(row["points"]), tuple(str(one) for one in row["indices"]),
        Fraction(str(row.get("weight", 1))), bool(row.get("confirmed", True)),
    )  # fmt: skip


def _grades(rows: Iterable[Mapping[str, Any]]) -> tuple[Grade, ...]:
    grades = [Grade(str(row["code"]), str(row["name"]), _number(row["from"])) for row in rows]
    return tuple(sorted(grades, key=lambda grade: -grade.least))


def _number(value: Any) -> Decimal:
    """Raises InvalidOperation for what is no number."""
    found = Decimal(str(value))
    if not found.is_finite():
        raise InvalidOperation
    return found
