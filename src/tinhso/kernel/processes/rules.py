"""The internal process of a case as data: dated steps, each with a role, a place and its own working time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class StepKind(StrEnum):
    """What is done in a step; a page offers the tools that fit."""

    RECEIVE = "receive"
    ASSIGN = "assign"
    APPRAISE = "appraise"
    CONSULT = "consult"
    FINANCE = "finance"
    DRAFT = "draft"
    REVIEW = "review"
    SIGN = "sign"
    ISSUE = "issue"
    RETURN = "return"


class StepState(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    SENT_BACK = "sent_back"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step before it runs. ``hours`` are working hours; 0 for steps that stop the clock."""

    key: str
    name: str
    kind: StepKind
    role: str
    unit_id: int
    hours: Decimal


def problems(steps: Sequence[StepPlan], limit_hours: Decimal | None) -> list[str]:
    """What is wrong with a process, in words: no steps, double keys, no owner, more time than the limit allows."""
    found = []
    if not steps:
        return ["Quy trình chưa có bước nào."]
    keys = [step.key for step in steps]
    found += [f"Mã bước “{key}” bị lặp." for key in sorted({key for key in keys if keys.count(key) > 1})]
    found += [f"Bước “{step.name}” chưa có vai trò thực hiện." for step in steps if not step.role]
    total = sum((step.hours for step in steps), Decimal(0))
    if limit_hours is not None and total > limit_hours:
        found.append(f"Tổng thời gian các bước ({total} giờ) vượt thời hạn giải quyết ({limit_hours} giờ).")
    return found


def earlier(keys: Iterable[str], current: str) -> list[str]:
    """The steps to which the current one may be sent back: all before it."""
    found: list[str] = []
    for key in keys:
        if key == current:
            return found
        found.append(key)
    return []
