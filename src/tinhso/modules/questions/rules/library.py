"""Answers kept for everybody: what they must hold, and why one is looked at again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tinhso.kernel.errors import Refusal

LEAST_ANSWER, LONGEST_ANSWER, MOST_REFERENCES = 20, 8000, 10


class AnswerState(StrEnum):
    PUBLISHED = "published"
    UNDER_REVIEW = "under_review"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    AnswerState.PUBLISHED: "Đang công bố",
    AnswerState.UNDER_REVIEW: "Đang rà soát",
    AnswerState.WITHDRAWN: "Đã gỡ",
}


class Why(StrEnum):
    """Why an answer is under review."""

    REPLACED = "replaced"
    EXPIRED = "expired"


WHY_NAMES = {
    Why.REPLACED: "Căn cứ pháp lý đã được thay thế",
    Why.EXPIRED: "Đến kỳ rà soát",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A legal source by its number, and the place in it: ``Luật 60/2014/QH13``, ``Điều 15``."""

    number: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that may be published."""

    title: str
    text: str
    references: tuple[Reference, ...]
    valid_as_of: date


_NUMBER = re.compile(r"\d{1,5}[a-z]?/\d{4}/[a-zđ0-9-]*[a-zđ0-9]", re.IGNORECASE)
_ABBREVIATIONS = {"ND-": "NĐ-", "QD-": "QĐ-", "TTG": "TTg"}  # as law writes them


def source_number(said: str) -> str:
    """A document's number in one spelling, so that all who cite it cite the same: ``Luật Hộ tịch 60/2014/qh13`` is
    ``60/2014/QH13``. What holds no such number stays as it was typed."""
    found = _NUMBER.search(said)
    if found is None:
        return " ".join(said.split())
    number = found[0].upper()
    for typed, right in _ABBREVIATIONS.items():
        number = number.replace(typed, right)
    return number


def references_from(said: Iterable[Mapping[str, Any]]) -> tuple[Reference, ...]:
    """References as they are kept in a draft; those without a number are left out, each is named once."""
    found = (
        Reference(source_number(str(one.get("number", ""))), " ".join(str(one.get("place", "")).split()))
        for one in said
    )
    return tuple(dict.fromkeys(one for one in found if one.number))


def check_written(
    *, title: str, text: str, references: tuple[Reference, ...], valid_as_of: date, today: date
) -> Written:
    """Make an answer of what was written. Raises Refusal with the field; an answer cites at least one legal source."""
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    if not 10 <= len(title) <= 300:
        raise Refusal("questions.answer_title", "Viết câu hỏi để công bố: 10 đến 300 chữ cái.", field="shown_title")
    if len(text) < LEAST_ANSWER or len(text) > LONGEST_ANSWER:
        raise Refusal("questions.answer_text", "Viết câu trả lời từ 20 đến 8.000 chữ cái.", field="draft")
    if not references:
        raise Refusal("questions.no_source", "Nêu ít nhất một căn cứ pháp lý: số hiệu văn bản.", field="reference-1")
    if len(references) > MOST_REFERENCES or any(len(one.number) > 80 or len(one.place) > 160 for one in references):
        raise Refusal(
            "questions.sources", "Nhiều nhất 10 căn cứ, số hiệu ngắn gọn như 60/2014/QH13.", field="reference-1"
        )
    if valid_as_of > today:
        raise Refusal("questions.valid_as_of", "Ngày đối chiếu không được sau hôm nay.", field="valid_as_of")
    return Written(title, text, references, valid_as_of)
