"""From a story to the rows that the dossiers' actions would have written, without asking the database anything.

Each function mirrors one action of ``modules/dossiers/actions``; a test plays the same stories through both and
compares every row. Where an action changes, that test says what to change here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from tinhso.config.cli.demonstration.lines import Numbers, PartRow, StepRow, step_due
from tinhso.config.cli.demonstration.rows import Rows, actor_of, reception_of
from tinhso.config.cli.demonstration.stories import Act, Story, missing_of
from tinhso.kernel.clock.rules import PauseKind
from tinhso.kernel.processes.rules import StepKind
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.actions.handling import HANDLERS_OWN
from tinhso.modules.dossiers.actions.results import RESULT_FIELDS
from tinhso.modules.dossiers.queries import printing
from tinhso.modules.dossiers.rules import ACCEPT_WITHIN_HOURS


def written(story: Story, case_id: int, numbers: Numbers, upload_id: int | None, key: str) -> Rows:
    """All rows of a story; ``key`` opens the public look-up."""
    rows = Rows(story, case_id, numbers, upload_id, key)
    for act in story.acts:
        ACTIONS[act.verb](rows, act)
    return rows


def _opening(rows: Rows, act: Act) -> dict[str, Any]:
    sheet = rows.sheet
    return {"procedure": sheet.code, "field": sheet.field, "channel": rows.channel.value, "code": rows.number}


def _hand_in(rows: Rows, act: Act, source: str, number: int, attachment_id: int | None) -> None:
    for part in rows.story.pattern.parts:
        paper = source == "paper"
        rows.parts.append(
            PartRow(part.code, part.name[:300], source, part.originals if paper else 0, part.copies if paper else 0,
                    attachment_id, number, act.at)
        )  # fmt: skip


def file(rows: Rows, act: Act) -> None:
    rows.enter("filed")
    rows.step, rows.step_kind = rows.plan[0].name, "receive"
    rows.step_due_at = step_due(act.at, ACCEPT_WITHIN_HOURS)
    rows.record("file", act, _opening(rows, act))
    _hand_in(rows, act, "upload", 0, rows.upload_id)


def receive(rows: Rows, act: Act) -> None:
    rows.enter("received")
    rows.step, rows.step_kind = "Chờ bàn giao", "assign"
    rows.received_by_id = actor_of(act)[0]
    rows.start(act.at, "receive")
    rows.record("receive", act, _opening(rows, act))
    rows.plan_steps(act.at)
    _hand_in(rows, act, "paper", 0, None)
    if rows.story.fee_paid and rows.fee:
        rows.fee_paid_at = act.at
    rows.paper("01", act, **reception_of(rows, act.at))


def digitise(rows: Rows, act: Act) -> None:
    for part in rows.parts:
        part.source, part.is_digitised, part.attachment_id = "scan", True, rows.upload_id
    data = {"papers": len(rows.parts), "procedure": rows.sheet.code, "field": rows.sheet.field}
    rows.record("vault.digitise", act, data)


def accept(rows: Rows, act: Act) -> None:
    step = rows.plan_steps(act.at)
    rows.received_by_id = actor_of(act)[0]
    rows.enter("received")
    rows.at_step(step)
    rows.news = ""
    rows.start(act.at, "accept")
    data = _opening(rows, act)
    del data["code"]
    rows.record("accept", act, data)
    rows.paper("01", act, **reception_of(rows, act.at))


def decline(rows: Rows, act: Act) -> None:
    reason = act.said["reason"]
    rows.outcome = "declined"
    rows.enter("declined")
    rows.settle(act.at)
    rows.step, rows.step_due_at = "", None
    rows.record("decline", act, {"reason": reason})
    rows.paper("03", act, reason)


def _ask(rows: Rows, act: Act, **more: Any) -> None:
    rows.supplements.append(
        {"round": len(rows.supplements) + 1, "before_acceptance": False, "asked_at": act.at,
         "asked_by_id": actor_of(act)[0], "message": act.said["message"], "answered_at": None, "answer": "",
         "missing": [asdict(one) for one in missing_of(rows.story.pattern)], **more}
    )  # fmt: skip


def _request_form(rows: Rows, act: Act) -> None:
    guidance = ["Nộp bổ sung trực tuyến tại trang theo dõi hồ sơ (quét mã QR), hoặc tại bộ phận một cửa."]
    lacking = [f"{one.name}: {one.reason}" for one in missing_of(rows.story.pattern)]
    rows.paper("02", act, missing=lacking, reason=act.said["message"], guidance=guidance, supplement_until="")


def ask_completion(rows: Rows, act: Act) -> None:
    _ask(rows, act, before_acceptance=True)
    rows.enter("incomplete")
    rows.step_due_at, rows.news = None, ""
    rows.record("ask_completion", act, {"message": act.said["message"]})
    _request_form(rows, act)


def _answered(rows: Rows, act: Act) -> int:
    """Close the request; the number of papers handed in."""
    asked = rows.supplements[-1]
    asked["answered_at"], asked["answer"] = act.at, act.said["answer"]
    at_counter = act.verb == "supplement_at_counter"
    lacking = missing_of(rows.story.pattern)
    for one in lacking:
        source, upload = ("paper", None) if at_counter else ("upload", rows.upload_id)
        rows.parts.append(PartRow(one.code, one.name, source, int(at_counter), 0, upload, asked["round"], act.at))
    return len(lacking)


def complete(rows: Rows, act: Act) -> None:
    papers = _answered(rows, act)
    rows.enter("filed")
    rows.step_due_at, rows.news = step_due(act.at, ACCEPT_WITHIN_HOURS), "Người dân vừa bổ sung"
    rows.record("complete", act, {"papers": papers})


def _past_assignment(rows: Rows, act: Act) -> StepRow | None:
    active = rows.current
    if active is not None and active.kind == StepKind.ASSIGN:
        return rows.go_on(act.at, actor_of(act)[0])
    return active


def take_over(rows: Rows, act: Act) -> None:
    rows.at_step(_past_assignment(rows, act))
    rows.handler_id = rows.assignee_id = actor_of(act)[0]
    rows.news = ""
    rows.enter("processing")
    rows.record("take_over", act, {"handler": actor_of(act)[1]})


def assign(rows: Rows, act: Act) -> None:
    verb = "hand_to" if rows.state == "received" else "assign"
    rows.at_step(_past_assignment(rows, act))
    rows.handler_id = rows.assignee_id = act.said["to"].id
    rows.news = "Vừa được phân công"
    if verb == "hand_to":
        rows.enter("processing")
    rows.record(verb, act, {"handler": act.said["to"].name, "note": ""})


def step_on(rows: Rows, act: Act) -> None:
    done = rows.current
    following = rows.go_on(act.at, actor_of(act)[0])
    keeps = following is not None and following.kind in HANDLERS_OWN
    rows.at_step(following)
    rows.assignee_id, rows.news = (rows.handler_id if keeps else None), ""
    rows.record(
        "step_on", act,
        {"done": done.name if done else "", "step": following.name if following else "", "note": ""},
    )  # fmt: skip


def step_back(rows: Rows, act: Act) -> None:
    current, words = rows.current, act.said["reason"]
    target = next(step for step in rows.steps if step.key == act.said["to_key"])
    assert current is not None
    current.state, current.note, current.due_at = "waiting", words, None
    for step in rows.steps:
        if not step.is_parallel and target.seq < step.seq < current.seq:
            step.state, step.due_at = "waiting", None
    target.begin(act.at)
    target.round += 1
    rows.current = target
    rows.at_step(target)
    rows.assignee_id, rows.news = rows.handler_id, f"Bị trả lại: {words}"[:160]
    rows.record("step_back", act, {"step": target.name, "reason": words})


def _hold(rows: Rows, kind: PauseKind, at: datetime, reason: str) -> None:
    step = rows.current
    if step:
        step.due_at = None
    rows.step_due_at = None
    rows.pauses.append((kind.value, at, None, reason))


def ask_supplement(rows: Rows, act: Act) -> None:
    asked = sum(1 for one in rows.supplements if not one["before_acceptance"])
    _ask(rows, act)
    rows.enter("supplement")
    rows.news = ""
    _hold(rows, PauseKind.SUPPLEMENT, act.at, "Chờ người nộp bổ sung hồ sơ")
    lacking = [one.name for one in missing_of(rows.story.pattern)]
    rows.record("ask_supplement", act, {"message": act.said["message"], "missing": lacking, "round": asked + 1})
    _request_form(rows, act)


def _resumed(rows: Rows, verb: str, act: Act, data: dict[str, Any], news: str) -> None:
    step = rows.current
    if step:
        step.due_at = step_due(act.at, step.hours)
    rows.at_step(step)
    rows.news = news
    rows.enter("processing")
    rows.resume(act.at, verb, news)
    rows.record(verb, act, data)


def supplement(rows: Rows, act: Act) -> None:
    papers = _answered(rows, act)
    _resumed(rows, act.verb, act, {"papers": papers, "answer": act.said["answer"]}, "Người dân vừa bổ sung")


def ask_payment(rows: Rows, act: Act) -> None:
    rows.finance_due = act.said["amount"]
    rows.enter("payment")
    _hold(rows, PauseKind.FINANCIAL_OBLIGATION, act.at, "Chờ thực hiện nghĩa vụ tài chính")
    rows.record("ask_payment", act, {"amount": act.said["amount"], "notice": act.said["notice"]})


def confirm_payment(rows: Rows, act: Act) -> None:
    _resumed(rows, "confirm_payment", act, {"proof": act.said["proof"]}, "Đã nộp nghĩa vụ tài chính")


def ask_opinion(rows: Rows, act: Act) -> None:
    current, unit_id = rows.current, act.said["unit_id"]
    step = StepRow(current.seq if current else 1, f"opinion-{len(rows.steps) + 1}", "Cho ý kiến phối hợp", "consult",
                   "opinion", unit_id, Decimal(3) * 8, is_parallel=True, note=act.said["question"])  # fmt: skip
    step.begin(act.at)
    rows.steps.append(step)
    rows.concerned = sorted({*rows.concerned, unit_id})
    rows.record("consult", act, {"unit": tree().nodes[unit_id].name, "question": act.said["question"]})


def answer_opinion(rows: Rows, act: Act) -> None:
    step = next(step for step in rows.steps if step.is_parallel and step.state == "active")
    step.state, step.done_at, step.answer, step.account_id = "done", act.at, act.said["answer"], actor_of(act)[0]
    node = tree().nodes[step.unit_id]
    rows.news = f"Đã có ý kiến của {node.short_name}"[:160]
    rows.record("opinion", act, {"unit": node.name, "answer": act.said["answer"]})


def apologise(rows: Rows, act: Act) -> None:
    reason, new_date = act.said["reason"], act.said["new_date"]
    rows.promises.append((new_date, act.at, "apologise", reason))
    rows.record("apologise", act, {"reason": reason, "new_date": new_date.isoformat()})
    rows.paper("04", act, reason, **printing.apology(rows, new_date))  # type: ignore[arg-type]


def note(rows: Rows, act: Act) -> None:
    rows.record("note", act, {"text": act.said["text"]})


def draft_result(rows: Rows, act: Act) -> None:
    rows.result_text = {key: act.said.get(key, "") for key in RESULT_FIELDS}
    rows.record("draft_result", act, {})


def sign(rows: Rows, act: Act) -> None:
    rows.number_and_sign(act)
    following = rows.go_on(act.at, actor_of(act)[0])
    rows.at_step(following)
    rows.assignee_id, rows.news = None, ""
    rows.record("sign", act, rows.told(act))


def finish(rows: Rows, act: Act) -> None:
    rows.outcome = rows.outcome or "granted"
    following = rows.go_on(act.at, actor_of(act)[0])
    rows.enter("finished")
    rows.settled_at = act.at
    rows.at_step(following)
    rows.assignee_id, rows.news = None, ""
    rows.stop_clock(act.at)
    rows.record("finish", act, rows.told(act))


def refuse(rows: Rows, act: Act) -> None:
    rows.outcome, rows.result_text = "refused", {"refusal": act.said["reason"]}
    rows.number_and_sign(act)
    following = rows.close(act.at, actor_of(act)[0], "return")
    rows.enter("finished")
    rows.settled_at = act.at
    rows.at_step(following)
    rows.assignee_id, rows.news = None, ""
    rows.stop_clock(act.at)
    rows.record("refuse", act, {**rows.told(act), "reason": act.said["reason"]})


def record_fee(rows: Rows, act: Act) -> None:
    rows.fee_paid_at = act.at
    rows.record("fee_paid", act, {"amount": rows.fee})


def return_result(rows: Rows, act: Act) -> None:
    if rows.current is not None:
        rows.go_on(act.at, actor_of(act)[0])
    rows.enter("returned")
    rows.at_step(None)
    verb = "return_result" if act.by else "return_online"
    rows.record(verb, act, {"how": act.said.get("how") or "electronic"})


def _end(rows: Rows, verb: str, act: Act, outcome: str) -> None:
    rows.outcome = outcome
    rows.close(act.at, actor_of(act)[0])
    rows.enter("withdrawn" if outcome == "withdrawn" else "stopped")
    rows.settle(act.at)
    rows.at_step(None)
    rows.news = ""
    rows.stop_clock(act.at)
    rows.record(verb, act, {"reason": act.said["reason"], "outcome": outcome})
    rows.paper("05", act, act.said["reason"], **printing.stopping(act.at))


def withdraw(rows: Rows, act: Act) -> None:
    _end(rows, "withdraw", act, "withdrawn")


def stop(rows: Rows, act: Act) -> None:
    _end(rows, "stop", act, "cancelled_no_supplement" if act.said.get("no_supplement") else "stopped")


ACTIONS: Mapping[str, Callable[[Rows, Act], None]] = {
    "file": file, "receive": receive, "accept": accept, "decline": decline, "ask_completion": ask_completion,
    "complete": complete, "take_over": take_over, "assign": assign, "step_on": step_on, "step_back": step_back,
    "ask_supplement": ask_supplement, "supplement": supplement, "supplement_at_counter": supplement,
    "ask_payment": ask_payment, "confirm_payment": confirm_payment, "ask_opinion": ask_opinion,
    "answer_opinion": answer_opinion, "apologise": apologise, "note": note, "draft_result": draft_result,
    "digitise": digitise, "sign": sign, "finish": finish, "refuse": refuse,
    "record_fee": record_fee, "return_result": return_result, "withdraw": withdraw, "stop": stop,
}  # fmt: skip
