"""Judging one row of an import: new, changed, the same, or wrong, with a sentence for the person who imports."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tinhso.kernel.versions.rules import content_hash
from tinhso.modules.procedures.rules.answers import parse_date
from tinhso.modules.procedures.rules.checks import Finding, check_content
from tinhso.modules.procedures.rules.content import Content, Malformed, content_to
from tinhso.modules.procedures.rules.rows import Background, content_of_row, row_code


class What(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    WARNING = "warning"
    ERROR = "error"


WHAT_NAMES = {
    What.CREATED: "mới",
    What.CHANGED: "thay đổi",
    What.SAME: "không đổi",
    What.WARNING: "cảnh báo",
    What.ERROR: "lỗi",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a row. ``outcome`` counts it: created, changed, same or failed, also when it carries a warning."""

    number: int
    code: str
    what: What
    sentence: str
    outcome: str

    def __str__(self) -> str:
        return f"Dòng {self.number}\t{self.code}\t{WHAT_NAMES[self.what]}\t{self.sentence}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that will be written."""

    code: str
    content: Content
    value: dict[str, Any]
    hash: str
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is already there of a procedure: hash and first day of its newest version."""

    hash: str
    valid_from: date | None


def read_row(
    number: int,
    row: Mapping[str, Any],
    background: Background,
    known: Mapping[str, Known],
    *,
    seen: Set[str],
    publish_on: date | None,
) -> tuple[Line, Taken | None]:
    """The report line of a row, and what to write when it is new or changed."""
    code = str(row.get("code") or "")[:20]
    try:
        code = row_code(row)
        if code in seen:
            raise Malformed("Mã này đã có ở một dòng trên; chỉ dòng đầu được nhập.")
        valid_from = _first_day(row.get("valid_from")) or publish_on
        content = content_of_row(row, background)
    except (Malformed, TypeError, ValueError, KeyError, AttributeError) as problem:
        said = str(problem) if isinstance(problem, Malformed) else "Dòng này không đúng cấu trúc; xem dòng mẫu."
        return Line(number, code, What.ERROR, said, "failed"), None
    value = content_to(content)
    taken = Taken(code, content, value, content_hash(value), valid_from)
    if code in known and known[code].hash == taken.hash:
        return Line(number, code, What.SAME, "Không đổi.", "same"), None
    return _judged(number, taken, check_content(content), is_new=code not in known)


def _judged(number: int, taken: Taken, findings: tuple[Finding, ...], *, is_new: bool) -> tuple[Line, Taken]:
    outcome = What.CREATED if is_new else What.CHANGED
    blocking = [finding for finding in findings if finding.blocks]
    if blocking and taken.valid_from:
        taken = Taken(taken.code, taken.content, taken.value, taken.hash, None)
        said = f"Lưu bản nháp, chưa công bố: {blocking[0].message}"
    elif findings:
        more = f" (và {len(findings) - 1} điểm khác)" if len(findings) > 1 else ""
        said = f"{findings[0].message}{more}"
    else:
        said = "Công bố." if taken.valid_from else "Lưu bản nháp."
        return Line(number, taken.code, outcome, said, outcome.value), taken
    return Line(number, taken.code, What.WARNING, said, outcome.value), taken


def _first_day(value: Any) -> date | None:
    if value is None or str(value).strip() == "":
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    found = parse_date(str(value).strip()[:30])
    if found is None:
        raise Malformed("Cột valid_from: ghi ngày dạng 01/12/2026.")
    return found
