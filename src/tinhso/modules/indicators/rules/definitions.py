"""An indicator's definition as data: what is counted, of what, for whom, and where that is laid down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.facts.rules import terms
from tinhso.modules.indicators.rules.words import DOMAIN_NAMES, LEVEL_NAMES, MEASURES, Direction, Frequency, Rounding

CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")
_SERIES = re.compile(r"series:([a-z][a-z0-9_]{1,59})(?:\.(numerator|denominator))?")
_MEASURE = re.compile(r"measure:([\w.-]{1,80})")
_NUMBER = re.compile(r"number:([0-9]{1,12}(?:\.[0-9]{1,4})?)")
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator or denominator: in words, and where its number comes from.

    ``facts:…`` a selection of facts, ``series:code`` a reported figure or an imported series, ``measure:code`` what
    another module offers, ``number:100`` a constant; empty where nobody has said yet.
    """

    words: str = ""
    source: str = ""

    @property
    def kind(self) -> str:
        return self.source.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """From which share of the target (0–1) a value still counts as nearly met, and as behind rather than far behind."""

    nearly: Decimal = Decimal("0.9")
    behind: Decimal = Decimal("0.7")


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of an indicator. ``is_stock``: as of the last day of the period, not added up within it.

    ``is_public``: the province's values of periods that are over stand on the public page; ``public: false`` in the
    content keeps one for officials.
    """

    code: str
    name: str
    domain: str
    measure: str
    numerator: Part
    denominator: Part | None
    name_en: str = ""
    levels: tuple[str, ...] = ("province",)
    direction: Direction = Direction.UP
    frequency: Frequency = Frequency.MONTH
    is_stock: bool = False
    places: int = 2
    rounding: Rounding = Rounding.TRUNCATED
    tolerance: Tolerance = field(default_factory=Tolerance)
    owner: str = ""
    system: str = ""
    note: str = ""
    is_public: bool = True

    @property
    def factor(self) -> int:
        return MEASURES[self.measure][2]

    @property
    def sign(self) -> str:
        return MEASURES[self.measure][1]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)

    @property
    def is_counted(self) -> bool:
        """Whether its numerator is counted from what happened on the platform."""
        return self.numerator.kind == "facts"

    @property
    def is_measured(self) -> bool:
        """Whether another module gives its value."""
        return self.numerator.kind == "measure"

    @property
    def is_reported(self) -> bool:
        """Whether people (or files) give its figures."""
        return any(part.kind == "series" for part in self.parts)


def definition_from(code: str, content: Mapping[str, Any]) -> Definition:
    """Read a version's content. Raises Refusal ``indicators.definition`` with all that is wrong, in words."""
    wrong = list(problems(code, content))
    if wrong:
        raise Refusal("indicators.definition", " ".join(wrong), field="content")
    return read(code, content)


def read(code: str, content: Mapping[str, Any]) -> Definition:
    """A content that was checked before."""
    tolerance = content.get("tolerance") or {}
    below = content.get("denominator")
    return Definition(
        code=code,
        name=str(content["name"]),
        name_en=str(content.get("name_en", "")),
        domain=str(content.get("domain", "other")),
        measure=str(content.get("measure", "percent")),
        numerator=_part(content["numerator"]),
        denominator=_part(below) if below else None,
        levels=tuple(content.get("levels", ("province",))),
        direction=Direction(content.get("direction", "up")),
        frequency=Frequency(content.get("frequency", "month")),
        is_stock=bool(content.get("stock", False)),
        places=int(content.get("places", 2)),
        rounding=Rounding(content.get("rounding", "truncated")),
        tolerance=Tolerance(
            Decimal(str(tolerance.get("nearly", "0.9"))), Decimal(str(tolerance.get("behind", "0.7")))
        ),
        owner=str(content.get("owner", "")),
        system=str(content.get("system", "")),
        note=str(content.get("note", "")),
        is_public=content.get("public", True) is True,
    )  # fmt: skip


def _part(said: Mapping[str, Any]) -> Part:
    return Part(str(said.get("words", "")), str(said.get("source", "")))


def problems(code: str, content: Mapping[str, Any]) -> Iterator[str]:
    """All that keeps a content from being a definition."""
    if not CODE.fullmatch(code):
        yield "Mã gồm chữ thường không dấu, chữ số và gạch dưới, bắt đầu bằng chữ."
    if not str(content.get("name", "")).strip():
        yield "Thiếu tên chỉ tiêu."
    for key, known, words in (
        ("domain", DOMAIN_NAMES, "Lĩnh vực"), ("measure", MEASURES, "Đơn vị tính"),
        ("direction", list(Direction), "Chiều"), ("frequency", list(Frequency), "Tần suất"),
        ("rounding", list(Rounding), "Cách làm tròn"),
    ):  # fmt: skip
        if key in content and content[key] not in known:
            yield f"{words} “{content[key]}” không có trong danh mục."
    levels = content.get("levels", ["province"])
    if not isinstance(levels, list | tuple) or not levels or any(one not in LEVEL_NAMES for one in levels):
        yield "Cấp áp dụng gồm một hay nhiều cấp: province, department, district, commune."
    if not isinstance(content.get("public", True), bool):
        yield "Công bố cho mọi người (public) là true hoặc false."
    yield from _wrong_parts(content)
    yield from _wrong_numbers(content)


def _wrong_parts(content: Mapping[str, Any]) -> Iterator[str]:
    for key, words in (("numerator", "Tử số"), ("denominator", "Mẫu số")):
        part = content.get(key)
        if part is None:
            if key == "numerator":
                yield "Thiếu tử số."
            continue
        if not isinstance(part, Mapping):
            yield f"{words} gồm lời (words) và nguồn (source)."
        elif not is_source(str(part.get("source", ""))):
            yield f"{words}: không đọc được nguồn “{str(part.get('source'))[:60]}”."
        elif key == "denominator" and re.fullmatch(r"number:0+(\.0+)?", str(part.get("source", ""))):
            yield "Mẫu số không được bằng 0."


def is_source(source: str) -> bool:
    """Whether it can be read; an empty one is a figure that nobody gives yet."""
    if source.startswith("facts:"):
        try:
            return bool(terms(source))
        except ValueError:
            return False
    return not source or any(pattern.fullmatch(source) for pattern in (_SERIES, _MEASURE, _NUMBER))


def _wrong_numbers(content: Mapping[str, Any]) -> Iterator[str]:
    places = content.get("places", 2)
    if not isinstance(places, int) or not 0 <= places <= MOST_PLACES:
        yield f"Số chữ số thập phân từ 0 đến {MOST_PLACES}."
    tolerance = content.get("tolerance") or {}
    try:
        nearly, behind = (
            Decimal(str(tolerance.get(key, default))) for key, default in (("nearly", "0.9"), ("behind", "0.7"))
        )
        if not 0 <= behind <= nearly <= 1:
            yield "Ngưỡng: 0 ≤ chậm ≤ xấp xỉ ≤ 1."
    except (InvalidOperation, AttributeError):
        yield "Ngưỡng xấp xỉ, chậm là số từ 0 đến 1."


def series_of(source: str, role: str) -> tuple[str, str]:
    """The series of a source and which of its two numbers is meant: that of the same role unless it says otherwise."""
    match = _SERIES.fullmatch(source)
    if match is None:
        raise ValueError(f"{source!r} is no series")
    return match[1], match[2] or role
