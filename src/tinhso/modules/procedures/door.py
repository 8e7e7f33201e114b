"""What other modules may ask about procedures. Sheets and their parts are immutable values.

``Content`` and its parts (steps, sections, fields, components, fees …) are described in ``rules/content.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from tinhso.kernel.clock.rules.limits import Limit
from tinhso.kernel.people.rules import SYSTEM
from tinhso.modules.procedures import actions, queries
from tinhso.modules.procedures.rules import answers as _answers
from tinhso.modules.procedures.rules import checks as _checks
from tinhso.modules.procedures.rules import sheets
from tinhso.modules.procedures.rules.content import (
    Component,
    Content,
    Fee,
    Field,
    Names,
    Section,
    Step,
    content_to,
)
from tinhso.modules.procedures.rules.sheets import ProcedureSheet

__all__ = [
    "ProcedureSheet",
    "all_published",
    "check_answers",
    "components_for",
    "draft_from_national",
    "fee_words_for",
    "fees_for",
    "find",
    "forget",
    "form_for",
    "has_all_parts",
    "limit_for",
    "limit_words_for",
    "online_count",
    "publish_sample",
    "published",
    "sheet",
    "steps_for",
    "visible_fields",
    "visible_sections",
]


def published(code: str, on: date) -> ProcedureSheet | None:
    """The procedure as published and in force on a day; None when there is none. One statement."""
    return queries.published(code, on)


def sheet(version_id: int) -> ProcedureSheet:
    """The version a dossier follows, also when it was replaced since; kept in the process. Raises NotFound."""
    return queries.sheet(version_id)


def all_published(on: date) -> Mapping[str, ProcedureSheet]:
    """All procedures in force on a day, by code."""
    return queries.in_force(on)


def find(text: str, on: date, limit: int = 3) -> list[ProcedureSheet]:
    """The procedures in force that answer a question in everyday words best, best first."""
    return [match.sheet for match in queries.find(text, on, limit)]


def online_count(on: date) -> int:
    """How many procedures in force can be filed online on the province's portal."""
    return queries.online_count(on)


def limit_for(sheet: ProcedureSheet, channel: str = "", branch: str = "") -> Limit:
    """The time limit: the case's own before the channel's own before the general one; may be unknown."""
    return sheets.limit_of(sheet.content, channel, branch)


def limit_words_for(sheet: ProcedureSheet, channel: str = "", branch: str = "", language: str = "vi") -> str:
    """The limit in words: ``7 ngày làm việc``. Papers say it in Vietnamese, pages in the reader's ``language``."""
    return sheets.limit_words(sheets.limit_spec(sheet.content, channel, branch), language)


def components_for(sheet: ProcedureSheet, branch: str = "") -> tuple[Component, ...]:
    """The papers of a case; without a case all."""
    return sheets.components_of(sheet.content, branch)


def form_for(sheet: ProcedureSheet, branch: str = "") -> tuple[Section, ...]:
    """The form of a case."""
    return sheets.form_of(sheet.content, branch)


def steps_for(sheet: ProcedureSheet, channel: str = "", branch: str = "") -> tuple[Step, ...]:
    """The steps of the internal process, shortened where the case or channel has less time."""
    return sheets.steps_of(sheet.content, channel, branch)


def fees_for(sheet: ProcedureSheet, channel: str = "", branch: str = "") -> tuple[Fee, ...]:
    """The fee rows; ``fee.amount_on(day, channel)`` gives whole đồng with reductions, None when set elsewhere."""
    return sheets.fees_of(sheet.content, channel, branch)


def fee_words_for(sheet: ProcedureSheet, on: date, channel: str = "", branch: str = "", language: str = "vi") -> str:
    """The sum in a few words: ``từ 10.000 đ``, ``Không thu``, ``Theo nghị quyết của tỉnh``."""
    return sheets.fee_words(sheet.content, on, channel, branch, language)


def visible_sections(
    form: Sequence[Section], answers: Mapping[str, Any]
) -> tuple[tuple[Section, tuple[Field, ...]], ...]:
    """Sections with the questions asked, given the answers so far."""
    return _answers.visible_sections(form, answers)


def visible_fields(form: Sequence[Section], answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """All questions asked, given the answers so far."""
    return _answers.visible_fields(form, answers)


def check_answers(
    form: Sequence[Section], answers: Mapping[str, Any], *, only_section: str | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Clean answers (plain JSON) and, by field code, a Vietnamese sentence for each that cannot stand."""
    return _answers.check_answers(form, answers, only_section=only_section)


def has_all_parts(sheet: ProcedureSheet) -> bool:
    """Whether it says all seven mandatory parts (NĐ 63/2010 Đ.8.2)."""
    return not any(finding.code in ("missing_part", "dossier_sets") for finding in _checks.check_content(sheet.content))


def draft_from_national(*, code: str, at: datetime, name: str = "", field: str = "") -> int:
    """Draft what the national catalogue says of a procedure, new here or not; the draft's number.

    All else is as in the newest version. Nothing is published: a controller looks at the draft and decides."""
    content = queries.newest_content(code) or Content(names=Names(legal=name or code))
    if name:
        content = msgspec.structs.replace(content, names=msgspec.structs.replace(content.names, legal=name))
    if field:
        content = msgspec.structs.replace(content, field=field)
    return actions.draft(
        code=code, content=content_to(content), by=SYSTEM, at=at, legal_source="Danh mục quốc gia"
    ).number


def publish_sample(code: str, *, valid_from: date, at: datetime, **changes: Any) -> None:
    """Publish one procedure of the sample catalogue: what demonstrations and tests of other modules build on.

    ``changes`` to its row make a further version."""
    rows = [row | changes for row in queries.seed_rows(code)]
    actions.import_rows(rows, dry_run=False, by=SYSTEM, at=at, publish_on=valid_from)
    forget()


def forget() -> None:
    """Read the catalogue anew at the next question: after it was changed in this process, and between tests."""
    queries.forget()
