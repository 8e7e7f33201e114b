"""The turns of units with a report: how they end, and at whose door the time lost between them lies."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Verdict, verdict
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.models import Assignment, Report
from tinhso.modules.field_reports.queries.places import is_of_body
from tinhso.modules.field_reports.rules.states import ANSWERED_STATES
from tinhso.modules.field_reports.rules.turns import held_minutes, own_due

_HANDED_ON = (Assignment.End.NOT_OURS, Assignment.End.REROUTED)


def end_turn(report: Report, turn: Assignment | None, end: str, *, reason: str, at: datetime) -> None:
    """End a unit's turn; where another unit has it next, the time it was held is charged to the unit that held it."""
    if turn is None:
        return
    turn.ends_at, turn.end, turn.reason = at, end, reason
    if end in _HANDED_ON:
        turn.minutes_lost = _held(report, turn.begins_at, at, turn.unit_id)
    turn.save(update_fields=["ends_at", "end", "reason", "minutes_lost"])


def end_all_turns(report: Report, end: str, *, reason: str, at: datetime) -> None:
    """End the turns of all units that have to do with it: nobody works on what is over."""
    for turn in Assignment.objects.filter(report=report, ends_at__isnull=True):
        end_turn(report, turn, end, reason=reason, at=at)


def wait_at_desk(report: Report, unit_id: int, *, at: datetime) -> Assignment | None:
    """The desk's own turn, over now that it sends the report to this unit: from acceptance, or since it came back.

    None where no time passed, and where it goes to the unit that sent it back: that was its own to do."""
    started = Term.from_json(report.case.clock).started_at
    if started is None or started >= at:
        return None
    last = Assignment.objects.filter(report=report, part=Assignment.Part.LEAD, begins_at__gte=started).last()
    since = last.ends_at if last is not None and last.ends_at else started
    desk = report.case.received_unit_id
    minutes = _held(report, since, at, desk)
    if not minutes or (last is not None and is_of_body(last.unit_id, unit_id)):
        return None
    return Assignment(
        report=report, unit_id=desk, begins_at=since, ends_at=at, end=Assignment.End.ROUTED, minutes_lost=minutes
    )


def judge(report: Report, at: datetime) -> tuple[Verdict | None, Verdict | None]:
    """How the answer at ``at`` stands to the promise, and to the own time of the unit that gives it.

    Sets ``unit_due_at``, and marks the turns but for which the promise would have been kept: one of each body."""
    case = report.case
    promised = verdict(at, case.due_at)
    others = _turns_of_others(report)
    report.unit_due_at = None
    if case.due_at is None or not others:
        return promised, promised
    term, minutes = Term.from_json(case.clock), sum(turn.minutes_lost for turn in others)
    report.unit_due_at = own_due(term, case.due_at, minutes, calendar_for(case.unit_id))
    own = verdict(at, report.unit_due_at)
    Assignment.objects.filter(report=report, made_late=True).update(made_late=False)
    if promised is Verdict.LATE and own is not Verdict.LATE:
        first = {tree().body_of(turn.unit_id).id: turn.pk for turn in reversed(others)}
        Assignment.objects.filter(pk__in=first.values()).update(made_late=True)
    return promised, own


def judge_again() -> list[int]:
    """Judge all answered reports anew of which another unit lost time; returns which they are."""
    lost = Assignment.objects.filter(minutes_lost__gt=0, report__case__state__in=ANSWERED_STATES)
    found = Report.objects.filter(pk__in=lost.values("report_id")).select_related("case").order_by("pk")
    for report in found:
        if report.case.settled_at is not None:
            judge(report, report.case.settled_at)
            report.save(update_fields=["unit_due_at"])
    return [report.pk for report in found]


def _turns_of_others(report: Report) -> list[Assignment]:
    """Turns in which other bodies lost time since the clock was started; reopening starts it anew."""
    started, unit_id = Term.from_json(report.case.clock).started_at, report.case.unit_id
    if started is None:
        return []
    lost = Assignment.objects.filter(report=report, minutes_lost__gt=0, begins_at__gte=started)
    return [turn for turn in lost if not is_of_body(turn.unit_id, unit_id)]


def _held(report: Report, begins: datetime, ends: datetime, unit_id: int) -> int:
    return held_minutes(Term.from_json(report.case.clock), begins, ends, calendar_for(unit_id))
