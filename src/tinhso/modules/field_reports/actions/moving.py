"""One step of a report: state, clock, whether it is public, its own fields and the entry, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.errors import NotFound, Refusal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Statement, update
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Assignment, Report
from tinhso.modules.field_reports.queries.public import should_be_public
from tinhso.modules.field_reports.rules.states import FIELD_REPORT, SENDER, Permission, Standing


def move(
    report: Report,
    verb: str,
    *fields: str,
    by: Actor,
    at: datetime,
    standing: Standing | None = None,
    data: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    beside: Sequence[Statement] = (),
    **more: Any,
) -> Entry:
    """Make a move on a locked report and write these of its fields. Raises what ``cases.advance`` raises, unwritten."""
    cases.move_of(report.case, verb, by=by, standing=standing or Standing())
    target = FIELD_REPORT.lifecycle.move(verb).target or report.case.state
    report.is_public = should_be_public(report, target)
    return cases.advance(
        report.case,
        verb,
        by=by,
        at=at,
        standing=standing or Standing(),
        data=data,
        change=change,
        beside=[update(report, "is_public", *fields), *beside],
        **more,
    )


def record(
    report: Report,
    verb: str,
    *fields: str,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    beside: Sequence[Statement] = (),
) -> Entry:
    """Record what leaves the state as it is, with these of the report's fields."""
    report.is_public = should_be_public(report, report.case.state)
    rows = [update(report, "is_public", *fields), *beside]
    return cases.record(report.case, f"field_report.{verb}", by=by, at=at, data=data, change=change, beside=rows)


def as_sender(report: Report, by: Actor) -> Actor:
    """Whoever holds the report's secret, or owns the account it was sent from, acts namelessly as its sender.

    Raises NotFound for anybody else: who did not send it does not learn that it exists."""
    if by is SENDER or (by.account_id is not None and by.account_id == report.account_id):
        return SENDER
    raise NotFound


def seen(report: Report, by: Actor) -> Report:
    """The report, if this actor may see it; what one may not see is not found."""
    if not any(by.may(Permission.SEE, unit_id) for unit_id in report.case.concerned):
        raise NotFound
    return report


def words(text: str, *, field: str, what: str, least: int = 5) -> str:
    """What was written, when it says something. Raises Refusal naming the field."""
    said = text.replace("\x00", "").strip()
    if len(said) < least:
        more = f", ít nhất {least} ký tự" if said else ""
        raise Refusal("field_reports.no_words", f"Ghi {what}{more}.", field=field)
    return said[:4000]


def concerned(report: Report, unit_id: int) -> list[int]:
    """Who may know of it when this unit leads: the desk, the unit, those that support. Not who sent it back."""
    helping = Assignment.objects.filter(report=report, part=Assignment.Part.SUPPORT, ends_at__isnull=True)
    return sorted({unit_id, report.case.received_unit_id, *helping.values_list("unit_id", flat=True)})


def name_of(unit_id: int) -> str:
    return tree().nodes[unit_id].name
