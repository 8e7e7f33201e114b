"""Questionnaires and ratings as values: what may be answered, how points become a grade, which rating is a low one.

Source: Nghị định 61/2018/NĐ-CP Điều 31 and Thông tư 01/2018/TT-VPCP Chương III: criteria with 0, 1 or 2 points. The
questionnaire itself, with its criteria, its grades and their limits, is data in dated versions.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any

from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Readers, Role


class Permission(StrEnum):
    SEE = "satisfaction.see"
    FOLLOW_UP = "satisfaction.follow_up"


ROLES = (
    Role("satisfaction.head", "Phụ trách mức độ hài lòng", frozenset({Permission.SEE, Permission.FOLLOW_UP})),
    Role("satisfaction.reader", "Theo dõi mức độ hài lòng", frozenset({Permission.SEE})),
)

# The entry says that somebody answered, never what: whoever handles the dossier does not learn it from its history.
ENTRIES = (
    Entry("satisfaction.rate", "Người nộp đã trả lời khảo sát hài lòng", Readers.OFFICIALS),
    Entry("satisfaction.follow_up", "{actor} ghi cách khắc phục một đánh giá thấp", Readers.OFFICIALS),
)


class Level(IntEnum):
    """The answer to the first question."""

    DISSATISFIED = 0
    SATISFIED = 1
    VERY_SATISFIED = 2


LEVEL_NAMES = {
    Level.VERY_SATISFIED: "Rất hài lòng",
    Level.SATISFIED: "Hài lòng",
    Level.DISSATISFIED: "Không hài lòng",
}


class Way(StrEnum):
    """How the answer came: by the link sent to the applicant, or on the device at the counter."""

    LINK = "link"
    COUNTER = "counter"


MOST_POINTS = 2  # of one criterion
COMMENT_LENGTH = 1000
CODE_BYTES = 12  # 96 bits: not to be guessed
LOW_SHARE = Fraction(1, 3)  # below "Trung bình" of the nine criteria: 6 of 18 points


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question; ``answers`` are the words for 0, 1 and 2 points."""

    code: str
    name: str
    answers: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade from so many points of the whole questionnaire on."""

    least: int
    name: str


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What is asked. ``days_open``: how long an invitation can be answered. ``publish_from``: how many answers a figure
    needs before it is published, so that no single answer can be read from it."""

    name: str
    criteria: tuple[Criterion, ...]
    grades: tuple[Grade, ...]
    reasons: tuple[Reason, ...]
    days_open: int
    publish_from: int

    @property
    def most(self) -> int:
        """Points at most: 18 for nine criteria."""
        return MOST_POINTS * len(self.criteria)


def questionnaire_from(content: Mapping[str, Any]) -> Questionnaire:
    """Read the content of a version. Raises Refusal ``satisfaction.questionnaire`` naming what is wrong."""
    try:
        found = Questionnaire(
            str(content["name"]),
            tuple(_criterion(one) for one in content["criteria"]),
            tuple(sorted((Grade(int(one["from"]), str(one["name"])) for one in content["grades"]), key=_by_least)),
            tuple(Reason(str(one["code"]), str(one["name"])) for one in content["reasons"]),
            int(content["days_open"]),
            int(content["publish_from"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise _wrong(f"thiếu hoặc sai phần {wrong}") from wrong
    codes = [one.code for one in found.criteria]
    if not codes or len(set(codes)) != len(codes):
        raise _wrong("mã tiêu chí phải có và không được trùng")
    if not found.grades or found.grades[-1].least != 0 or found.grades[0].least > found.most:
        raise _wrong(f"mức xếp loại thấp nhất phải từ 0 điểm, cao nhất không quá {found.most} điểm")
    if found.days_open < 1 or found.publish_from < 1:
        raise _wrong("số ngày mở và số lượt tối thiểu phải từ 1")
    return found


def _criterion(one: Mapping[str, Any]) -> Criterion:
    low, middle, high = (str(words) for words in one["answers"])
    return Criterion(str(one["code"]), str(one["name"]), (low, middle, high))


def _by_least(grade: Grade) -> int:
    return -grade.least


def _wrong(what: str) -> Refusal:
    return Refusal("satisfaction.questionnaire", f"Bộ câu hỏi chưa dùng được: {what}. Sửa rồi nạp lại.")


def new_code() -> str:
    """What names an invitation in its address: 16 letters, digits, - and _."""
    return secrets.token_urlsafe(CODE_BYTES)


def open_until(invited_on: date, days_open: int) -> date:
    """The last day on which the invitation can be answered."""
    return invited_on + timedelta(days=days_open)


@dataclass(frozen=True, slots=True)
class Answers:
    """A rating that can stand: the level, points by criterion (those answered), reasons by code, and words."""

    level: Level
    points: Mapping[str, int]
    reasons: tuple[str, ...]
    comment: str

    @property
    def total(self) -> int:
        return sum(self.points.values())

    @property
    def out_of(self) -> int:
        return MOST_POINTS * len(self.points)

    @property
    def is_low(self) -> bool:
        """Whether the head of the unit is told: dissatisfied, or under a third of the points given to three criteria
        or more."""
        too_few = len(self.points) >= 3 and Fraction(self.total, self.out_of) < LOW_SHARE
        return self.level is Level.DISSATISFIED or too_few


def check_answers(
    asked: Questionnaire, *, level: str, points: Mapping[str, str], reasons: Sequence[str], comment: str
) -> Answers:
    """Make a rating of what came in. Unknown criteria and reasons are left out; an unanswered criterion is allowed.

    Raises Refusal with the field: no level chosen, points other than 0, 1, 2.
    """
    if level not in {str(one.value) for one in Level}:
        raise Refusal("satisfaction.no_level", "Chọn một mức hài lòng.", field="level")
    given = {}
    for criterion in asked.criteria:
        value = points.get(criterion.code, "")
        if value not in ("", "0", "1", "2"):
            raise Refusal("satisfaction.points", f"Chọn lại: {criterion.name}.", field=criterion.code)
        if value:
            given[criterion.code] = int(value)
    known = {one.code for one in asked.reasons}
    chosen = tuple(dict.fromkeys(one for one in reasons if one in known))
    if Level(int(level)) is not Level.DISSATISFIED:
        chosen = ()
    return Answers(Level(int(level)), given, chosen, comment.strip()[:COMMENT_LENGTH])


def scaled(points: int, out_of: int, most: int) -> Fraction:
    """Average on the scale of the whole questionnaire: 14 of 16 points answered are 15.75 of 18."""
    return Fraction(points * most, out_of) if out_of else Fraction(0)


def grade_of(average: Fraction, grades: Sequence[Grade]) -> Grade:
    """The grade of an average on the questionnaire's scale; grades come highest first and end at 0."""
    return next(grade for grade in grades if average >= grade.least)
