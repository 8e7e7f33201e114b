"""All writes to case rows: opening one, moving it through its lifecycle, recording what happens to it.

Each writes the row and its journal entry in one transaction that the caller's action has opened; the caller holds the
row under lock (``Case.objects.locked``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from tinhso.kernel.cases.models import Case, OtherNumber, Promise
from tinhso.kernel.cases.rules import CaseKind, Clock, Move, Phase, holds, open_moves, unmet, urgent_at
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Extension
from tinhso.kernel.errors import NotAllowed, Refusal, Stale
from tinhso.kernel.journal import actions as journal
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.rules import NO_HASH, Head
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.search.rules import fold
from tinhso.kernel.statements import Statement, insert, update

_KEPT = (
    "state", "phase", "unit_id", "received_unit_id", "concerned", "assignee_id", "step", "step_kind", "news", "clock",
    "due_at", "step_due_at", "urgent_at", "settled_at", "updated_at", "revision", "journal_seq", "journal_hash",
    "title", "place",
)  # fmt: skip


@dataclass(frozen=True)
class NewCase:
    """What a module knows of a case when it opens one."""

    kind: CaseKind
    number: str
    title: str
    state: str
    unit_id: int
    received_unit_id: int
    applicant: str
    owner_id: int | None = None
    place: str = ""
    step: str = ""
    step_kind: str = ""
    words: str = ""
    term: Term | None = None
    step_due_at: datetime | None = None
    assignee_id: int | None = None
    id: int | None = None  # as reserved, mostly together with the number


def take_number(series: str) -> int:
    """The next number of a series, from 1. Two at once wait for each other; a rolled-back one is given again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_numberseries (series, last) values (%s, 1)"
            " on conflict (series) do update set last = cases_numberseries.last + 1 returning last",
            [series],
        )
        return int(cursor.fetchone()[0])


def reserve(series: str) -> tuple[int, int]:
    """The next number of a series and the id of the case that will bear it: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_numberseries (series, last) values (%s, 1)"
            " on conflict (series) do update set last = cases_numberseries.last + 1"
            " returning last, nextval(pg_get_serial_sequence('cases_case', 'id'))",
            [series],
        )
        number, case_id = cursor.fetchone()
        return int(number), int(case_id)


def reserve_block(series: str, count: int) -> range:
    """The next ``count`` numbers of a series, to be given out elsewhere; nobody else gets them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_numberseries (series, last) values (%s, %s)"
            " on conflict (series) do update set last = cases_numberseries.last + excluded.last returning last",
            [series, count],
        )
        last = int(cursor.fetchone()[0])
        return range(last - count + 1, last + 1)


def also_number(case_id: int, number: str, *, at: datetime) -> None:
    """Let the case be found under a number that a receipt bears; the same again changes nothing.

    Raises Refusal ``cases.number_taken`` when the number belongs to another case."""
    taken = Case.objects.filter(number=number).exclude(pk=case_id).exists()
    kept, _made = OtherNumber.objects.get_or_create(number=number, defaults={"case_id": case_id, "since": at})
    if taken or kept.case_id != case_id:
        raise Refusal("cases.number_taken", f"Mã {number} đã thuộc một hồ sơ khác.", field="number")


def pass_number(series: str, number: int) -> None:
    """Let the series go on after ``number``, which came from elsewhere; a series that is further stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_numberseries (series, last) values (%s, %s)"
            " on conflict (series) do update set last = greatest(cases_numberseries.last, excluded.last)",
            [series, number],
        )


def new_id() -> int:
    """The id of a case to come, whose number does not come from a series."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('cases_case', 'id'))")
        return int(cursor.fetchone()[0])


def open_case(
    new: NewCase,
    *,
    verb: str,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    beside: Sequence[Statement] = (),
) -> Case:
    """Make the case row and its first entry, and in the same statement what the module writes ``beside`` them."""
    state = new.kind.lifecycle.state(new.state)
    case = Case(
        id=new.id or new_id(),
        kind=new.kind.code,
        number=new.number,
        title=new.title[:300],
        state=state.code,
        phase=state.phase,
        unit_id=new.unit_id,
        received_unit_id=new.received_unit_id,
        concerned=sorted({new.unit_id, new.received_unit_id}),
        owner_id=new.owner_id,
        assignee_id=new.assignee_id,
        applicant=new.applicant[:200],
        place=new.place,
        step=new.step,
        step_kind=new.step_kind,
        step_due_at=new.step_due_at,
        clock=new.term.to_json() if new.term else {},
        opened_at=at,
        updated_at=at,
        needle=fold(f"{new.number} {new.applicant} {new.title} {new.words}"),
    )
    if new.term and new.term.started_at:
        _count_anew(case)
    case.urgent_at = urgent_at(state.phase, case.due_at, case.step_due_at)
    entry = _compose(case, verb, by=by, at=at, data=data or {}, was=None)
    told = [_promise(case, case.due_at, at, verb.rpartition(".")[2])] if case.due_at else []
    journal.write(entry, insert(case), *told, *beside)
    return case


def check_revision(case: Case, revision: int | None) -> None:
    """Refuse when the page on which the person decided is older than the row. Raises Stale."""
    if revision is not None and revision != case.revision:
        raise Stale("cases.changed_since", "Hồ sơ vừa có thay đổi sau khi bạn mở trang. Tải lại để xem rồi quyết định.")


def move_of(case: Case, verb: str, *, by: Actor, standing: Any = None) -> Move:
    """The move, if this actor may make it now.

    Raises NotAllowed without the right, Refusal ``cases.move_not_open`` from this state, or the first unmet need."""
    lifecycle = case.kind_of.lifecycle
    move = lifecycle.move(verb)
    if not holds(move.right, case.whom, by):
        raise NotAllowed
    if move not in open_moves(lifecycle, case.state, case.whom, by):
        raise Refusal(
            "cases.move_not_open",
            f"Không thể “{move.name}” khi hồ sơ ở trạng thái “{case.state_of.name}”. Tải lại trang.",
        )
    for need in unmet(move, standing):
        raise Refusal(need.code, need.message)
    return move


def advance(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    standing: Any = None,
    data: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    pause_kind: str = "",
    reason: str = "",
    entry: str = "",
    beside: Sequence[Statement] = (),
) -> Entry:
    """Make a move of the lifecycle on a locked case: state, clock, row, promise and entry in one statement.

    ``entry`` is the journal verb, ``<kind>.<verb>`` unless given; ``beside`` is what the module writes of its own in
    the same statement."""
    move = move_of(case, verb, by=by, standing=standing)
    was = _place_of(case)
    if move.target is not None:
        state = case.kind_of.lifecycle.state(move.target)
        case.state, case.phase = state.code, state.phase
        if state.phase >= Phase.SETTLED and case.settled_at is None:
            case.settled_at = at
    for name, value in (change or {}).items():
        setattr(case, name, value)
    promised = _turn_clock(case, move.clock, at, pause_kind, reason, is_elsewhere=case.unit_id != was["unit"])
    told = [_promise(case, case.due_at, at, verb, reason)] if promised and case.due_at is not None else []
    written = entry or f"{case.kind}.{verb}"
    return _record(case, written, by=by, at=at, data=data or {}, was=was, beside=(*beside, *told))


def record(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    beside: Sequence[Statement] = (),
) -> Entry:
    """Record something that leaves the state as it is: an assignment, a hand-over, a note; ``beside`` as above."""
    was = _place_of(case)
    for name, value in (change or {}).items():
        setattr(case, name, value)
    return _record(case, verb, by=by, at=at, data=data or {}, was=was, beside=beside)


def note_beside(case: Case, verb: str, *, by: Actor, at: datetime, data: Mapping[str, Any] | None = None) -> Entry:
    """Record something that happened beside the work, such as a delivery to another system.

    The case is not newer by it: who decides on a page opened before is not told that something changed."""
    entry = _compose(case, verb, by=by, at=at, data=data or {}, was=_place_of(case))
    return journal.write(entry, update(case, "journal_seq", "journal_hash"))


def promise(case: Case, *, due_at: datetime, at: datetime, reason: str, note: str = "") -> Promise:
    """Keep a date that the applicant was told, such as the new date in an apology. It moves no due date."""
    return Promise.objects.create(case=case, due_at=due_at, promised_at=at, reason=reason, note=note[:300])


def _promise(case: Case, due_at: datetime, at: datetime, reason: str, note: str = "") -> Statement:
    return insert(Promise(case=case, due_at=due_at, promised_at=at, reason=reason, note=note[:300]))


def extend(case: Case, extension: Extension) -> None:
    """Lengthen the statutory time on a legal ground; the caller records why."""
    case.clock = Term.from_json(case.clock).extend(extension).to_json()
    _count_anew(case)


def concern(case: Case, unit_id: int) -> None:
    """Let a further unit know of the case."""
    case.concerned = sorted({*case.concerned, unit_id})


def _turn_clock(case: Case, turn: Clock, at: datetime, pause_kind: str, reason: str, *, is_elsewhere: bool) -> bool:
    """Apply a move's effect on the clock; True when the applicant has a new date.

    Working days are those of the unit that resolves: a running case that went to a unit with another calendar is
    counted anew by that one from its beginning, as its explanation and every later resumption count it."""
    if turn is Clock.KEEP and not is_elsewhere:
        return False
    term = Term.from_json(case.clock)
    before = case.due_at
    if is_elsewhere and term.started_at and term.stopped_at is None:
        term = replace(term, calendar=calendar_for(case.unit_id).code)
    if turn is Clock.START:
        term = term.start(at, calendar_for(case.unit_id).code)
    elif turn is Clock.PAUSE:
        term = term.pause(at, pause_kind, reason) if term.started_at else term
    elif turn is Clock.RESUME:
        term = term.resume(at)
    elif turn is Clock.STOP:
        term = term.stop(at) if term.started_at else term
    case.clock = term.to_json()
    if turn in (Clock.START, Clock.RESUME) or (is_elsewhere and term.stopped_at is None):
        _count_anew(case)
    return case.due_at is not None and case.due_at != before


def _count_anew(case: Case) -> None:
    found = Term.from_json(case.clock).due(calendar_for(case.unit_id))
    if found is not None and found.at is not None:
        case.due_at = found.at


def _place_of(case: Case) -> dict[str, Any]:
    """Where the case stands: what standing figures are counted from, and what the row is checked against."""
    return {
        "unit": case.unit_id,
        "state": case.state,
        "phase": int(case.phase),
        "due": case.due_at.astimezone(UTC).isoformat() if case.due_at else None,
    }


def _record(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any],
    was: Mapping[str, Any] | None,
    beside: Sequence[Statement],
) -> Entry:
    entry = _compose(case, verb, by=by, at=at, data=data, was=was)
    case.updated_at, case.revision = at, case.revision + 1
    case.urgent_at = urgent_at(Phase(case.phase), case.due_at, case.step_due_at)
    return journal.write(entry, update(case, *_KEPT), *beside)


def _compose(
    case: Case, verb: str, *, by: Actor, at: datetime, data: Mapping[str, Any], was: Mapping[str, Any] | None
) -> Entry:
    """The sealed entry that follows the case's last; the row's head already points to it."""
    entry = journal.compose(
        verb=verb,
        by=by,
        at=at,
        head=Head(case.journal_seq, bytes(case.journal_hash) if case.journal_seq else NO_HASH),
        data={**data, "was": was, "is": _place_of(case)},
        case_id=case.pk,
        unit_id=case.unit_id,
    )
    case.journal_seq, case.journal_hash = entry.seq, entry.hash
    return entry
