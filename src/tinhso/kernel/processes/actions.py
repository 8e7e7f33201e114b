"""Running a process: plan it, go on, send back, ask others at the same time, move it elsewhere.

The caller holds the case under lock and records the entry; these functions write step rows only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.clock.rules import Limit, Unit, due
from tinhso.kernel.errors import Refusal
from tinhso.kernel.processes.models import Step
from tinhso.kernel.processes.rules import StepKind, StepPlan, StepState, earlier
from tinhso.kernel.statements import Kept, Slot, insert_all, together, update

_RUN = ("state", "unit", "account", "started_at", "due_at", "done_at", "round", "note", "answer")


def step_due(unit_id: int, start: datetime, hours: Decimal) -> datetime | None:
    """When a step that starts now must be done; None for steps without working time of their own."""
    if not hours:
        return None
    return due(start, Limit(hours, Unit.HOUR), calendar_for(unit_id)).at


def plan(case: Case, steps: Sequence[StepPlan], *, at: datetime, done_first: bool = True) -> Step | None:
    """Write all steps; the first (reception) is done, the second begins. Returns the active step."""
    rows = planned(case, steps, at=at, done_first=done_first)
    insert_all(Step, rows).run()
    return active_of(rows)


def planned(case: Case, steps: Sequence[StepPlan], *, at: datetime, done_first: bool = True) -> list[Step]:
    """The steps as ``plan`` writes them, for who writes them together with the case."""
    rows = [
        Step(case=case, seq=seq, key=step.key, name=step.name, kind=step.kind, role=step.role, unit_id=step.unit_id,
             hours=step.hours)
        for seq, step in enumerate(steps, start=1)
    ]  # fmt: skip
    first = 1 if done_first and len(rows) > 1 and rows[0].kind == StepKind.RECEIVE else 0
    if first:
        rows[0].state, rows[0].started_at, rows[0].done_at = StepState.DONE, case.opened_at, at
    if rows:
        _begin(rows[first], at)
    return rows


def _begin(step: Step, at: datetime) -> None:
    step.state, step.started_at, step.done_at = StepState.ACTIVE, at, None
    step.due_at = step_due(step.unit_id, at, step.hours)


_STEPS = Kept(lambda: Step.objects.filter(case_id=Slot("case")))


def steps_of(case: Case) -> list[Step]:
    """All steps of the case, in order: one statement."""
    return _STEPS(case=case.pk)


def _keep(steps: Sequence[Step], active: Step | None = None) -> None:
    """Write what became of these steps, and after them the one that is active now: at no moment may two be.

    One statement."""
    rows = [*steps, *([active] if active else [])]
    parts = {f"step_{number}": update(step, *_RUN) for number, step in enumerate(rows[:-1])}
    if rows:
        together(parts, update(rows[-1], *_RUN, after=tuple(parts))).run()


def active_of(steps: Sequence[Step]) -> Step | None:
    return next((step for step in steps if step.state == StepState.ACTIVE and not step.is_parallel), None)


def go_on(steps: Sequence[Step], *, at: datetime, by_id: int | None, note: str = "") -> Step | None:
    """Finish the active step and begin the next of the main line; None when it was the last.

    Raises Refusal while an opinion that was asked for is still open, or when no step is active."""
    current = active_of(steps)
    if current is None:
        raise Refusal("processes.nothing_active", "Hồ sơ không có bước nào đang xử lý. Tải lại trang.")
    if any(step.is_parallel and step.state == StepState.ACTIVE for step in steps):
        raise Refusal(
            "processes.opinion_open", "Còn ý kiến phối hợp chưa trả lời. Đợi trả lời hoặc kết thúc lấy ý kiến trước."
        )
    current.state, current.done_at, current.note = StepState.DONE, at, note
    current.account_id = current.account_id or by_id
    following = next(
        (step for step in steps if not step.is_parallel and step.state == StepState.WAITING and step.seq > current.seq),
        None,
    )
    if following:
        _begin(following, at)
    _keep([current], following)
    return following


def send_back(steps: Sequence[Step], to_key: str, *, at: datetime, reason: str) -> Step:
    """Return to an earlier step; those between wait again. Raises Refusal when it is not an earlier one."""
    current = active_of(steps)
    line = [step for step in steps if not step.is_parallel]
    if current is None or to_key not in earlier([step.key for step in line], current.key):
        raise Refusal("processes.not_earlier", "Chỉ trả lại được về một bước trước. Chọn bước khác.", field="to")
    target = next(step for step in line if step.key == to_key)
    current.state, current.note, current.due_at = StepState.WAITING, reason, None
    between = [step for step in line if target.seq < step.seq < current.seq]
    for step in between:
        step.state, step.due_at = StepState.WAITING, None
    _begin(target, at)
    target.round += 1
    _keep([current, *between], target)
    return target


def ask_opinion(
    case: Case, steps: Sequence[Step], *, unit_id: int, question: str, hours: Decimal, at: datetime
) -> Step:
    """Ask another unit at the same time as the active step goes on; its time stays inside the total limit."""
    current = active_of(steps)
    step = Step(
        case=case,
        seq=current.seq if current else 1,
        key=f"opinion-{len(steps) + 1}",
        name="Cho ý kiến phối hợp",
        kind=StepKind.CONSULT,
        role="opinion",
        unit_id=unit_id,
        is_parallel=True,
        hours=hours,
        note=question,
    )
    _begin(step, at)
    step.save()
    return step


def answer_opinion(step: Step, *, answer: str, by_id: int | None, at: datetime) -> Step:
    """Answer (or close without an answer) a consultation. Raises Refusal when it is already closed."""
    if not step.is_parallel or step.state != StepState.ACTIVE:
        raise Refusal("processes.opinion_closed", "Yêu cầu lấy ý kiến này đã kết thúc.")
    step.state, step.done_at, step.answer, step.account_id = StepState.DONE, at, answer, by_id
    _keep([step])
    return step


def hold(steps: Sequence[Step]) -> None:
    """While the statutory clock stands still, the active step has no due time."""
    current = active_of(steps)
    if current and current.due_at:
        current.due_at = None
        _keep([current])


def resume(steps: Sequence[Step], *, at: datetime) -> Step | None:
    """Give the active step its whole time again from now."""
    current = active_of(steps)
    if current:
        current.due_at = step_due(current.unit_id, at, current.hours)
        _keep([current])
    return current


def move_to(steps: Sequence[Step], *, from_unit_id: int, to_unit_id: int, at: datetime) -> Step | None:
    """Hand all open steps of one unit to another; the active one begins anew there."""
    open_steps = [s for s in steps if s.unit_id == from_unit_id and s.state in (StepState.ACTIVE, StepState.WAITING)]
    for step in open_steps:
        step.unit_id, step.account_id = to_unit_id, None
        if step.state == StepState.ACTIVE:
            _begin(step, at)
    active = active_of(steps)
    waiting = [step for step in open_steps if step is not active]
    _keep(waiting, active if active in open_steps else None)
    return active


def close(steps: Sequence[Step], *, at: datetime, by_id: int | None, until: StepKind | None = None) -> Step | None:
    """End a process early: what is active is done, what waits is skipped.

    With ``until``, the waiting step of that kind begins instead and is returned: a refused dossier is still handed
    over at the counter.
    """
    last = next((s for s in steps if s.kind == until and s.state == StepState.WAITING), None) if until else None
    open_steps = [step for step in steps if step.state in (StepState.ACTIVE, StepState.WAITING) and step is not last]
    for step in open_steps:
        if step.state == StepState.ACTIVE:
            step.state, step.done_at, step.account_id = StepState.DONE, at, step.account_id or by_id
        else:
            step.state = StepState.SKIPPED
    if last is not None:
        _begin(last, at)
    _keep(open_steps, last)
    return last
