"""Rights, states, targets and reminders of plans; what is late is said by the clock, never counted by a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from typing import Any

from tinhso.kernel.clock import rules as clock
from tinhso.kernel.errors import Refusal
from tinhso.kernel.manifest import Entry, Readers, Role
from tinhso.kernel.numerals import is_whole


class Permission(StrEnum):
    SEE = "plans.see"  # published plans, who issued theirs, the tasks of units in scope
    WORK = "plans.work"  # the own unit's documents and tasks
    MANAGE = "plans.manage"  # write, publish and close the plans of units in scope, give tasks


P = Permission
ROLES = (
    Role("plans.officer", "Cán bộ thực hiện kế hoạch", frozenset({P.SEE, P.WORK})),
    Role("plans.leader", "Lãnh đạo theo dõi kế hoạch", frozenset({P.SEE})),
    Role("plans.manager", "Quản lý kế hoạch, nghị quyết", frozenset({P.SEE, P.WORK, P.MANAGE})),
)


def _entry(verb: str, sentence: str) -> Entry:
    return Entry(f"plans.{verb}", sentence, Readers.OFFICIALS)


ENTRIES = (
    _entry("draft", "{actor} soạn {name}"),
    _entry("edit", "{actor} sửa dự thảo {name}"),
    _entry("publish", "{actor} ban hành {number} vào hệ thống"),
    _entry("close", "{actor} kết thúc theo dõi {name}: {words}"),
    _entry("demand", "{actor} yêu cầu {units} đơn vị ban hành: {title}"),
    _entry("issue", "{actor} ghi văn bản {number} của {unit}"),
    _entry("take_back", "{actor} gỡ văn bản {number} của {unit}: {words}"),
    _entry("assign", "{actor} giao {unit}: {title}, hạn {due}"),
    _entry("reschedule", "{actor} đổi hạn từ {before} thành {due}: {words}"),
    _entry("report", "{actor} báo cáo {percent}%: {words}"),
    _entry("finish", "{actor} báo cáo hoàn thành: {words}"),
    _entry("reopen", "{actor} mở lại nhiệm vụ: {words}"),
    _entry("cancel", "{actor} thôi giao nhiệm vụ: {words}"),
    _entry("measure", "Hệ thống cập nhật {targets} chỉ tiêu"),
    _entry("figure", "{actor} ghi số liệu chỉ tiêu {code}: {value}"),
)


class PlanKind(StrEnum):
    RESOLUTION = "resolution"
    PLAN = "plan"
    PROGRAMME = "programme"
    SCHEME = "scheme"
    DIRECTIVE = "directive"


PLAN_KINDS = {
    PlanKind.RESOLUTION: "Nghị quyết", PlanKind.PLAN: "Kế hoạch", PlanKind.PROGRAMME: "Chương trình",
    PlanKind.SCHEME: "Đề án", PlanKind.DIRECTIVE: "Chỉ thị",
}  # fmt: skip


class TaskState(StrEnum):
    WAITING = "waiting"
    DOING = "doing"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_TASKS = (TaskState.WAITING, TaskState.DOING)
TASK_NAMES = {
    TaskState.WAITING: "Chưa thực hiện", TaskState.DOING: "Đang thực hiện", TaskState.DONE: "Đã hoàn thành",
    TaskState.CANCELLED: "Đã thôi giao",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskMove:
    """From which states, to which, and on whose behalf: ``WORK`` on the task's unit, ``MANAGE`` on the plan's."""

    name: str
    sources: frozenset[TaskState]
    target: TaskState
    right: Permission


TASK_MOVES = {
    "report": TaskMove("Báo cáo tiến độ", frozenset(OPEN_TASKS), TaskState.DOING, P.WORK),
    "finish": TaskMove("Báo cáo hoàn thành", frozenset(OPEN_TASKS), TaskState.DONE, P.WORK),
    "reopen": TaskMove("Mở lại", frozenset({TaskState.DONE}), TaskState.DOING, P.MANAGE),
    "cancel": TaskMove("Thôi giao", frozenset(OPEN_TASKS), TaskState.CANCELLED, P.MANAGE),
}


# How a task stands to its due moment


class Standing(StrEnum):
    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    DONE_IN_TIME = "done_in_time"
    DONE_LATE = "done_late"
    CANCELLED = "cancelled"


STANDINGS = {  # words, and the colour of the tag
    Standing.RUNNING: ("Trong hạn", "info"), Standing.SOON: ("Sắp đến hạn", "warn"), Standing.LATE: ("Quá hạn", "bad"),
    Standing.DONE_IN_TIME: ("Hoàn thành đúng hạn", "ok"), Standing.DONE_LATE: ("Hoàn thành muộn", "warn"),
    Standing.CANCELLED: ("Đã thôi giao", "wait"),
}  # fmt: skip
WORKING_DAY = 480  # minutes
SOON_DAYS, LONG_DAYS = 3, 5  # working days; the province's own habit, not a rule of law


def standing(state: str, due_at: datetime, done_at: datetime | None, now: datetime, left: int | None) -> Standing:
    """How a task stands; ``left`` are the working minutes until the due moment, negative when it has gone."""
    if state == TaskState.CANCELLED:
        return Standing.CANCELLED
    if state == TaskState.DONE:
        is_late = done_at is not None and clock.verdict(done_at, due_at) is clock.Verdict.LATE
        return Standing.DONE_LATE if is_late else Standing.DONE_IN_TIME
    if now > due_at:
        return Standing.LATE
    return Standing.SOON if left is not None and left <= SOON_DAYS * WORKING_DAY else Standing.RUNNING


class Reminder(IntEnum):
    """Which reminder is due; each is sent once, a later one makes the earlier ones needless."""

    NONE = 0
    SOON = 1
    LATE = 2
    LONG_LATE = 3


def reminder(now: datetime, due_at: datetime, left: int | None) -> Reminder:
    """Three working days before, once it is late, and once more after five working days."""
    if now <= due_at:
        return Reminder.SOON if left is not None and left <= SOON_DAYS * WORKING_DAY else Reminder.NONE
    return Reminder.LONG_LATE if left is not None and left <= -LONG_DAYS * WORKING_DAY else Reminder.LATE


# Shares and targets


def share(have: int, must: int) -> Decimal | None:
    """The share in percent with one place, rounded; it says 100 only when nothing is missing and 0 only for none."""
    if must <= 0:
        return None
    rounded = (Decimal(have) * 100 / must).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if have < must:
        rounded = min(rounded, Decimal("99.9"))
    return max(rounded, Decimal("0.1")) if have > 0 else rounded


class Direction(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Target:
    """A target of a plan: a measure of the platform by its code, or (no measure) a number that is reported by hand.

    ``near`` is the share of the goal, in percent, by which a value may miss it and still be called nearly met.
    """

    code: str
    title: str
    goal: Decimal
    unit: str = "%"
    measure: str = ""
    direction: Direction = Direction.AT_LEAST
    near: Decimal = Decimal(5)

    def to_json(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Target:
        return cls(
            str(said["code"]),
            str(said["title"]),
            Decimal(str(said["goal"])),
            str(said.get("unit", "%")),
            str(said.get("measure", "")),
            Direction(said.get("direction", Direction.AT_LEAST)),
            Decimal(str(said.get("near", 5))),
        )


def targets_of(content: Mapping[str, Any]) -> tuple[Target, ...]:
    return tuple(Target.from_json(one) for one in content.get("targets", ()))


MOST_TARGETS = 30


def with_target(content: Mapping[str, Any], new: Target) -> dict[str, Any]:
    """The content with one target more. Raises Refusal ``plans.too_many_targets``."""
    rows = [one.to_json() for one in targets_of(content)]
    if len(rows) >= MOST_TARGETS:
        raise Refusal("plans.too_many_targets", f"Một văn bản có nhiều nhất {MOST_TARGETS} chỉ tiêu.", field="title")
    return {**content, "targets": [*rows, new.to_json()]}


def next_code(rows: Iterable[Target]) -> str:
    """CT1, CT2 …: after the highest there is, so that a code is not used for something else."""
    return f"CT{max((int(one.code[2:]) for one in rows if is_whole(one.code[2:])), default=0) + 1}"


class Verdict(StrEnum):
    EXCEEDED = "exceeded"
    MET = "met"
    NEAR = "near"
    BEHIND = "behind"
    UNKNOWN = "unknown"


VERDICTS = {
    Verdict.EXCEEDED: ("Vượt", "ok"), Verdict.MET: ("Đạt", "ok"), Verdict.NEAR: ("Xấp xỉ đạt", "warn"),
    Verdict.BEHIND: ("Chưa đạt", "bad"), Verdict.UNKNOWN: ("Chưa có số liệu", "wait"),
}  # fmt: skip


def verdict(target: Target, value: Decimal | None) -> Verdict:
    """Exceeded, met exactly, nearly met within the target's own tolerance, or behind."""
    if value is None:
        return Verdict.UNKNOWN
    if value == target.goal:
        return Verdict.MET
    better = value > target.goal if target.direction is Direction.AT_LEAST else value < target.goal
    if better:
        return Verdict.EXCEEDED
    missing = abs(target.goal - value)
    return Verdict.NEAR if missing <= abs(target.goal) * target.near / 100 else Verdict.BEHIND


def filled(target: Target, value: Decimal | None) -> Decimal:
    """How much of a bar is full, 0–100, cut down and never up."""
    if value is None or target.goal <= 0 or value < 0:
        return Decimal(0)
    if target.direction is Direction.AT_MOST:
        part = Decimal(100) if value <= target.goal else target.goal * 100 / value
    else:
        part = value * 100 / target.goal
    return min(Decimal(100), part).quantize(Decimal("0.1"), ROUND_DOWN)
