"""What the 1022 desk does with a report: accept and route, refuse, ask, merge, decide whether it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import PauseKind
from tinhso.kernel.errors import NotAllowed, NotFound, Refusal
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import insert
from tinhso.kernel.units.queries import tree
from tinhso.modules.field_reports.actions.moving import concerned, move, name_of, record, seen, words
from tinhso.modules.field_reports.actions.turns import end_all_turns, end_turn, wait_at_desk
from tinhso.modules.field_reports.models import Assignment, Report
from tinhso.modules.field_reports.queries import catalogue as lists
from tinhso.modules.field_reports.queries import places
from tinhso.modules.field_reports.queries.standing import lead_of, standing_of
from tinhso.modules.field_reports.rules.catalogue import Publicity
from tinhso.modules.field_reports.rules.places import Point, shown
from tinhso.modules.field_reports.rules.states import FINAL, Permission

WAITS_FOR_UNIT = "Chờ đơn vị nhận xử lý"
WAITS_FOR_DESK = "Chờ tổng đài chuyển"


@transaction.atomic
def accept(
    *,
    report_id: int,
    category: str,
    level: str,
    unit_id: int | None = None,
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Report:
    """Classify and accept: the clock starts. With a unit, or one responsible by kind and place, it goes there at once.

    Without one it waits at the desk for ``route``."""
    report = seen(Report.objects.locked(report_id), by)
    cases.check_revision(report.case, revision)
    _classify(report, category, level)
    kind = lists.category_of(report)
    limit = lists.catalogue(report.edition_id).level(level).limit
    move(
        report,
        "accept",
        *_CLASSIFIED,
        by=by,
        at=at,
        standing=standing_of(report, at),
        data={"kind": kind.name, "category": kind.code, "group": kind.group, "level": level, "channel": report.channel},
        change={"clock": Term(limit).to_json(), "step": WAITS_FOR_DESK, "step_kind": "assign", "step_due_at": None},
    )
    unit = unit_id or places.responsible_unit(kind, report.commune_id, _day(at), report.against_unit_id)
    if unit is not None:
        _route(report, unit, "route", reason="", by=by, at=at)
    return report


_CLASSIFIED = ("category", "level", "is_private_land", "public_latitude", "public_longitude")


def _classify(report: Report, category: str, level: str) -> None:
    """Give it a kind and a level, and with them the place as it may be shown."""
    kind = lists.catalogue(report.edition_id).category(category)
    report.category, report.level = kind.code, lists.catalogue(report.edition_id).level(level).code
    report.is_private_land = kind.is_private_land
    if report.latitude is not None and report.longitude is not None:
        seen_at = shown(Point(report.latitude, report.longitude), is_private_land=kind.is_private_land)
        report.public_latitude, report.public_longitude = seen_at.latitude, seen_at.longitude


@transaction.atomic
def classify(*, report_id: int, category: str, level: str, by: Actor, at: datetime) -> Report:
    """Put the kind right after acceptance: its time is counted anew from when it was accepted, and promised anew."""
    report = seen(Report.objects.locked(report_id), by)
    case = report.case
    if not by.may(Permission.OPERATE, case.received_unit_id):
        raise NotAllowed
    if case.state in FINAL or not Term.from_json(case.clock).started_at:
        raise Refusal("field_reports.not_running", "Chỉ đổi loại khi phản ánh đã tiếp nhận và chưa kết thúc.")
    _classify(report, category, level)
    term = replace(Term.from_json(case.clock), limit=lists.catalogue(report.edition_id).level(level).limit)
    found = term.due(calendar_for(case.unit_id))
    due_at = found.at if found and found.at else case.due_at
    said = {"kind": lists.category_of(report).name, "category": report.category, "level": level}
    record(
        report, "classify", *_CLASSIFIED, by=by, at=at, data=said, change={"clock": term.to_json(), "due_at": due_at}
    )
    if due_at is not None:
        cases.promise(case, due_at=due_at, at=at, reason="classify")
    return report


@transaction.atomic
def route(
    *, report_id: int, unit_id: int, reason: str = "", by: Actor, at: datetime, revision: int | None = None
) -> Report:
    """Give it to a unit; taking it from one that has it already needs a reason.

    Refused for the body complained of and for a unit that does not exist any more."""
    report = seen(Report.objects.locked(report_id), by)
    cases.check_revision(report.case, revision)
    is_elsewhere = report.case.state in ("assigned", "in_progress")
    if is_elsewhere:
        reason = words(reason, field="reason", what="lý do chuyển đơn vị khác")
    _route(report, unit_id, "reroute" if is_elsewhere else "route", reason=reason, by=by, at=at)
    return report


def _route(report: Report, unit_id: int, verb: str, *, reason: str, by: Actor, at: datetime) -> None:
    _check_unit(report, unit_id, at)
    cases.move_of(report.case, verb, by=by, standing=standing_of(report, at))
    lead = lead_of(report)
    waited = wait_at_desk(report, unit_id, at=at) if lead is None else None
    end_turn(report, lead, Assignment.End.REROUTED, reason=reason, at=at)
    report.warned_step = 0
    turns = [one for one in (waited, Assignment(report=report, unit_id=unit_id, begins_at=at, asked=reason)) if one]
    move(
        report,
        verb,
        "warned_step",
        by=by,
        at=at,
        data={"to": name_of(unit_id), "reason": reason, "category": report.category, "level": report.level},
        change={
            "unit_id": unit_id,
            "concerned": concerned(report, unit_id),
            "assignee_id": None,
            "step": WAITS_FOR_UNIT,
            "step_kind": "assign",
            "news": "",
        },
        beside=[insert(turn) for turn in turns],
    )


def _check_unit(report: Report, unit_id: int, at: datetime) -> None:
    node = tree().nodes.get(unit_id)
    if node is None or not node.lives_on(_day(at)):
        raise Refusal("field_reports.unit", "Chọn một đơn vị đang hoạt động.", field="unit")
    if places.is_of_body(unit_id, report.against_unit_id):
        raise Refusal(
            "field_reports.unit_complained_of",
            "Không chuyển cho đơn vị bị phản ánh. Chọn cơ quan cấp trên hoặc thanh tra.",
            field="unit",
        )


@transaction.atomic
def reject(*, report_id: int, reason: str, explanation: str, by: Actor, at: datetime) -> Report:
    """Refuse with a reason of the list and words the sender is told; a complaint or denunciation learns where to go."""
    report = seen(Report.objects.locked(report_id), by)
    found = lists.catalogue(report.edition_id).refusals.get(reason)
    if found is None:
        raise Refusal("field_reports.refusal", "Chọn lý do từ chối trong danh sách.", field="reason")
    report.refusal = found.code
    report.refusal_words = words(explanation, field="explanation", what="lời giải thích cho người gửi", least=10)
    why = f"{found.name}. {report.refusal_words}"
    cases.move_of(report.case, "reject", by=by, standing=standing_of(report, at))
    end_all_turns(report, Assignment.End.CLOSED, reason=found.name, at=at)
    data = {"why": why, "refusal": found.code, "category": report.category, "channel": report.channel}
    move(
        report, "reject", "refusal", "refusal_words", by=by, at=at, standing=standing_of(report, at), data=data,
        change=_AT_REST,
    )  # fmt: skip
    return report


_AT_REST = {"step": "", "step_kind": "", "step_due_at": None}


@transaction.atomic
def ask(*, report_id: int, question: str, by: Actor, at: datetime) -> Report:
    """Ask the sender for more; the clock, if it runs, stands still until they answer."""
    report = seen(Report.objects.locked(report_id), by)
    is_at_unit = report.case.state in ("assigned", "in_progress")
    report.question = words(question, field="question", what="điều cần người gửi bổ sung")
    report.asked_by_unit = is_at_unit
    move(
        report,
        "ask_from_unit" if is_at_unit else "ask",
        "question",
        "asked_by_unit",
        by=by,
        at=at,
        data={"question": report.question},
        change={"step": "Chờ người gửi bổ sung", "step_due_at": None},
        pause_kind=PauseKind.SUPPLEMENT,
        reason="Chờ người gửi bổ sung",
    )
    return report


@transaction.atomic
def merge(*, report_id: int, into: str, by: Actor, at: datetime) -> Report:
    """Merge a duplicate into another report, named by its code. Every sender keeps code, news and right to reopen.

    What was merged into the duplicate before goes along. Refused into itself, into a merged or a finished one."""
    parent_id = Report.objects.filter(case__number=into.strip().upper()).values_list("pk", flat=True).first()
    if parent_id is None:
        raise Refusal("field_reports.no_parent", "Không có phản ánh mang mã này.", field="into")
    held = {pk: Report.objects.locked(pk) for pk in sorted({report_id, parent_id})}
    report, parent = seen(held[report_id], by), held[parent_id]
    seen(parent, by)
    if parent.pk == report.pk or parent.parent_id is not None or parent.case.state in FINAL:
        raise Refusal(
            "field_reports.parent", "Chọn phản ánh khác, đang xử lý và chưa bị gộp.", field="into"
        )  # fmt: skip
    cases.move_of(report.case, "merge", by=by, standing=standing_of(report, at))
    end_all_turns(report, Assignment.End.CLOSED, reason=f"Gộp vào {parent.case.number}", at=at)
    report.parent_id = parent.pk
    Report.objects.filter(parent_id=report.pk).update(parent_id=parent.pk)
    said = {"into": parent.case.number, "category": report.category, "channel": report.channel}
    move(report, "merge", "parent", by=by, at=at, standing=standing_of(report, at), data=said, change=_AT_REST)
    record(parent, "take_in", by=by, at=at, data={"taken": report.case.number})
    return report


@transaction.atomic
def decide_public(*, report_id: int, is_public: bool, by: Actor, at: datetime) -> Report:
    """Show a report of a kind that asks, or take any from the public. Refused for kinds that are never shown."""
    report = seen(Report.objects.locked(report_id), by)
    if not by.may(Permission.OPERATE, report.case.received_unit_id):
        raise NotAllowed
    if is_public and lists.category_of(report).publicity is Publicity.NEVER:
        raise Refusal("field_reports.never_public", "Loại phản ánh này không bao giờ công khai.")
    report.is_public_decided = is_public
    report.public_wanted = report.public_wanted if is_public else False
    verb = "decide_public" if is_public else "decide_private"
    record(report, verb, "is_public_decided", "public_wanted", by=by, at=at)
    return report


def _day(at: datetime) -> date:
    return timezone.localdate(at)


@transaction.atomic
def identify(*, report_id: int, reason: str, by: Actor, at: datetime) -> Report:
    """Read who sent it: for the desk only, with a reason, and remembered in the report's history."""
    report = Report.objects.visible_to(by).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    report = Report.objects.locked(report_id)
    if not by.may(Permission.IDENTIFY, report.case.received_unit_id):
        raise NotAllowed
    said = {"reason": words(reason, field="reason", what="lý do xem người gửi")}
    cases.note_beside(report.case, "field_report.identify", by=by, at=at, data=said)
    return report
