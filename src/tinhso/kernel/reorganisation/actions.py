"""Acts on a plan: draft, rehearse, schedule, carry out batch by batch, verify, undo.

Every act locks the plan, asks the right, asks the plan's state, writes, and leaves an entry in the plan's history. A
batch is one transaction with its lines of the ledger, so a program that dies between two goes on exactly there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.journal.actions import note
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.reorganisation import queries
from tinhso.kernel.reorganisation.context import Context
from tinhso.kernel.reorganisation.models import Moved, Reorganisation
from tinhso.kernel.reorganisation.movers import movers, tree
from tinhso.kernel.reorganisation.rules import Act, Permission, State, may_follow, parse, problems, to_json
from tinhso.kernel.units.queries import tree as tree_now

BATCH = 1000  # rows of one transaction: about a second, and 20 MB
CHANGING = "tree"

_WORDS = {
    Act.EDIT: "Chỉ sửa được phương án chưa xếp lịch.",
    Act.REHEARSE: "Chỉ chạy thử được phương án chưa xếp lịch.",
    Act.SCHEDULE: "Chạy thử phương án không lỗi rồi mới xếp lịch.",
    Act.CALL_OFF: "Chỉ bỏ lịch được khi phương án đang chờ ngày hiệu lực.",
    Act.START: "Phương án này chưa được xếp lịch.",
    Act.VERIFY: "Chỉ kiểm tra được sau khi thực hiện xong.",
    Act.UNDO: "Chỉ hoàn tác được sau khi thực hiện xong.",
}


def ask_right(by: Actor) -> None:
    """The right on the whole province: a reorganisation touches everybody. Raises NotAllowed."""
    roots = tree_now().root_ids
    if not by.may(Permission.MANAGE, roots[0] if roots else None):
        raise NotAllowed


def _opened(plan_id: int, act: Act, by: Actor, revision: int | None = None) -> Reorganisation:
    """The plan under lock, if the act is open to this actor now."""
    ask_right(by)
    row = Reorganisation.objects.locked(plan_id)
    if revision is not None and revision != row.revision:
        raise Refusal("reorganisation.changed", "Phương án vừa được người khác sửa. Tải lại để xem rồi làm tiếp.")
    if not may_follow(row.state, act):
        raise Refusal("reorganisation.not_open", f"{_WORDS[act]} Tải lại trang.")
    return row


def _told(row: Reorganisation, verb: str, by: Actor, at: datetime, **data: Any) -> None:
    said = {"plan": row.title, "decision": row.decision, **data}
    note(subject=f"reorganisation/{row.pk}", verb=f"reorganisation.{verb}", by=by, at=at, data=said)


@transaction.atomic
def draft(*, content: Mapping[str, Any], by: Actor, at: datetime) -> Reorganisation:
    """Keep a new plan. Raises Refusal ``reorganisation.unreadable`` or ``reorganisation.code_taken``."""
    ask_right(by)
    said = parse(content)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", said.code):
        message = "Mã phương án chỉ gồm chữ không dấu, số và gạch nối, nhiều nhất 40 ký tự."
        raise Refusal("reorganisation.code", message, field="code")
    if Reorganisation.objects.filter(code=said.code).exists():
        raise Refusal("reorganisation.code_taken", f"Mã “{said.code}” đã có phương án khác dùng.", field="code")
    row = Reorganisation(code=said.code, drafted_by_id=by.account_id)
    _write(row, said)
    _told(row, "draft", by, at)
    return row


@transaction.atomic
def edit(*, plan_id: int, content: Mapping[str, Any], by: Actor, at: datetime, revision: int | None = None) -> Any:
    """Change what a plan says; it has to be rehearsed again."""
    row = _opened(plan_id, Act.EDIT, by, revision)
    said = parse({**content, "code": row.code})
    row.revision += 1
    _write(row, said)
    _told(row, "edit", by, at)
    return row


def _write(row: Reorganisation, said: Any) -> None:
    row.title, row.decision, row.effective_on = said.title[:200], said.decision[:200], said.effective_on
    row.content, row.state, row.counts, row.rehearsed_at = to_json(said), State.DRAFT, [], None
    row.save()


@transaction.atomic
def rehearse(*, plan_id: int, by: Actor, at: datetime) -> Reorganisation:
    """Count what would move, and change nothing else. Raises Refusal ``reorganisation.problems`` with the first one."""
    row = _opened(plan_id, Act.REHEARSE, by)
    _ask_problems(row)
    row.counts = queries.counts(Context.of(row, by=by, at=at))
    row.state, row.rehearsed_at = State.REHEARSED, at
    row.save(update_fields=["counts", "state", "rehearsed_at"])
    _told(row, "rehearse", by, at, number=sum(one["number"] for one in row.counts))
    return row


def _ask_problems(row: Reorganisation) -> None:
    found = [*problems(parse(row.content), tree_now()), *queries.unknown_officials(parse(row.content))]
    if found:
        raise Refusal("reorganisation.problems", found[0].message, field="content")


@transaction.atomic
def schedule(*, plan_id: int, by: Actor, at: datetime, revision: int | None = None) -> Reorganisation:
    """Let the plan be carried out when its day has come. Raises Refusal for problems that arose since."""
    row = _opened(plan_id, Act.SCHEDULE, by, revision)
    _ask_problems(row)
    row.state, row.run_by_id = State.SCHEDULED, by.account_id
    row.save(update_fields=["state", "run_by"])
    _told(row, "schedule", by, at, on=f"{row.effective_on:%d/%m/%Y}")
    return row


@transaction.atomic
def call_off(*, plan_id: int, by: Actor, at: datetime) -> Reorganisation:
    """Back to a plan that has been rehearsed, as long as nothing has happened."""
    row = _opened(plan_id, Act.CALL_OFF, by)
    row.state = State.REHEARSED
    row.save(update_fields=["state"])
    _told(row, "call_off", by, at)
    return row


@transaction.atomic
def start(*, plan_id: int, by: Actor, at: datetime) -> Reorganisation:
    """Begin, or begin a further round for what came in since. Raises Refusal ``reorganisation.too_early``."""
    row = _opened(plan_id, Act.START, by)
    if row.state in (State.RUNNING, State.UNDOING):
        return row
    if timezone.localdate(at) < row.effective_on:
        message = f"Phương án có hiệu lực từ {row.effective_on:%d/%m/%Y}; đến ngày đó mới thực hiện được."
        raise Refusal("reorganisation.too_early", message)
    row.state, row.started_at, row.run_by_id = State.RUNNING, row.started_at or at, by.account_id or row.run_by_id
    row.stage, row.after, row.moved_in_round, row.trouble = row.stage and movers()[0].code, 0, 0, ""
    row.save()
    _told(row, "start", by, at)
    return row


@transaction.atomic
def run_batch(*, plan_id: int, by: Actor, at: datetime, size: int = BATCH) -> bool:
    """Do the next part of a running plan, or of its undoing; False when nothing is left to do."""
    row = Reorganisation.objects.locked(plan_id)
    if row.state == State.RUNNING:
        _forward(row, Context.of(row, by=by, at=at), size)
    elif row.state == State.UNDOING:
        _backward(row, Context.of(row, by=by, at=at), size)
    row.save()
    return row.state in (State.RUNNING, State.UNDOING)


def _forward(row: Reorganisation, context: Context, size: int) -> None:
    stages = movers()
    codes = [one.code for one in stages]
    if not row.stage:
        row.routes = context.routes.to_json()
        row.moved, row.stage, row.after = tree.change(context), codes[0], 0
        return
    done = stages[codes.index(row.stage)].move(context, row.after, size)
    row.moved += done.moved
    row.moved_in_round += done.moved
    if done.after is not None:
        row.after = done.after
        return
    row.after, following = 0, codes.index(row.stage) + 1
    if following < len(codes):
        row.stage = codes[following]
    elif row.moved_in_round:
        row.stage, row.moved_in_round = codes[0], 0
    else:
        row.state, row.finished_at = State.DONE, context.at
        _told(row, "finish", context.by, context.at, number=row.moved)


def _backward(row: Reorganisation, context: Context, size: int) -> None:
    if row.stage == CHANGING:
        tree.change_back(context)
        row.stage = movers()[0].code
        return
    for mover in movers():
        lines = queries.ledger(row, mover.code).order_by("-id")[:size]
        done = mover.undo(context, list(lines)) if lines else 0
        if lines:
            Moved.objects.filter(pk__in=[line.pk for line in lines]).update(is_undone=True)
        rest = getattr(mover, "undo_rest", None)
        done = done or (rest(context, size) if rest else 0)
        if done:
            row.moved, row.stage = max(0, row.moved - done), mover.code
            return
    row.state, row.undone_at, row.moved, row.routes, row.stage = State.UNDONE, context.at, 0, {}, ""
    _told(row, "undone", context.by, context.at)


@transaction.atomic
def verify(*, plan_id: int, by: Actor, at: datetime) -> Reorganisation:
    """Look for rows left behind and compare the figures under both maps; what was found is kept with the plan."""
    row = _opened(plan_id, Act.VERIFY, by)
    row.findings = queries.findings(row)
    row.verified_at = at
    row.state = State.VERIFIED if queries.is_clean(row.findings) else State.DONE
    row.save(update_fields=["findings", "verified_at", "state"])
    _told(row, "verify", by, at, number=sum(row.findings["left"].values()))
    return row


@transaction.atomic
def undo(*, plan_id: int, by: Actor, at: datetime) -> Reorganisation:
    """Begin to put everything back. Raises Refusal ``reorganisation.cannot_undo`` with what has happened since."""
    row = _opened(plan_id, Act.UNDO, by)
    since = queries.since_then(Context.of(row, by=by, at=at))
    if since:
        raise Refusal("reorganisation.cannot_undo", f"Không hoàn tác được: {'; '.join(since)}.")
    row.state, row.stage, row.after, row.run_by_id = State.UNDOING, CHANGING, 0, by.account_id
    row.save()
    _told(row, "undo", by, at)
    return row


def run(*, plan_id: int, by: Actor, at: datetime, size: int = BATCH) -> None:
    """All batches until nothing is left. What stops one is kept with the plan for who looks, and raised."""
    try:
        while run_batch(plan_id=plan_id, by=by, at=at, size=size):
            pass
    except Refusal as refusal:
        Reorganisation.objects.filter(pk=plan_id).update(trouble=refusal.message[:500])
        raise
