"""From a story to the rows that the dossiers' actions would have written, without asking the database anything.

Each function here mirrors one action of ``modules/dossiers/actions``; a test plays the same stories through both and
compares every row. Where an action changes, that test says what to change here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from tinhso.config.cli.demonstration.staff import Citizen
from tinhso.config.cli.demonstration.stories import Act, Story, missing_of
from tinhso.kernel.cases.rules import LATER, Phase
from tinhso.kernel.clock.queries import standard_calendar
from tinhso.kernel.clock.rules import Limit, Pause, PauseKind, Unit, due, verdict
from tinhso.kernel.clock.rules.calendars import minute_of, moment_of
from tinhso.kernel.journal.rules import NO_HASH
from tinhso.kernel.papers.rules import date_words, masked_identity, moment_words
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.processes.rules import StepKind, StepPlan
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.actions.handling import HANDLERS_OWN
from tinhso.modules.dossiers.actions.results import RESULT_FIELDS
from tinhso.modules.dossiers.queries import printing, routing
from tinhso.modules.dossiers.rules import ACCEPT_WITHIN_HOURS, DOSSIER, Channel, dossier_code

NULL = r"\N"  # as COPY writes it
sorted_json = msgspec.json.Encoder(order="sorted").encode  # the same text as the journal's own canonical form
plain_json = msgspec.json.Encoder().encode
_folded = lru_cache(maxsize=100_000)(fold)
_STATES = {state.code: state for state in DOSSIER.lifecycle.states}


@lru_cache(maxsize=1024)
def _minutes(hours: Decimal) -> int:
    return Limit(hours, Unit.HOUR).phases[0].amount if hours else 0


def step_due(start: datetime, hours: Decimal) -> datetime | None:
    """As ``processes.actions.step_due``, on the standard calendar."""
    minutes = _minutes(hours)
    if not minutes:
        return None
    table = standard_calendar().table
    return moment_of(table.moment(table.minutes(minute_of(start)) + minutes))


@dataclass(slots=True)
class StepRow:
    seq: int
    key: str
    name: str
    kind: str
    role: str
    unit_id: int
    hours: Decimal
    account_id: int | None = None
    is_parallel: bool = False
    state: str = "waiting"
    started_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    round: int = 1
    note: str = ""
    answer: str = ""

    def begin(self, at: datetime) -> None:
        self.state, self.started_at, self.done_at = "active", at, None
        self.due_at = step_due(at, self.hours)


@dataclass(slots=True)
class EntryRow:
    """A journal entry without its number, which it gets when its day is written."""

    case_id: int
    seq: int
    verb: str
    at: datetime
    actor_id: int | None
    actor_name: str
    unit_id: int
    moment: str
    data: Mapping[str, Any]
    json: bytes
    hash: bytes
    was: tuple[Any, ...] | None
    now: tuple[Any, ...]


@dataclass(slots=True)
class PartRow:
    code: str
    name: str
    source: str
    originals: int
    copies: int
    attachment_id: int | None
    round: int
    added_at: datetime

    def get_source_display(self) -> str:
        return {"paper": "bản giấy", "upload": "tải lên"}[self.source]


class _Parts(list[PartRow]):
    def all(self) -> _Parts:
        return self


@dataclass
class Numbers:
    """Running numbers of codes and results, as ``cases_numberseries`` keeps them."""

    last: Counter[str] = field(default_factory=Counter)

    def take(self, series: str) -> int:
        self.last[series] += 1
        return self.last[series]


@lru_cache(maxsize=1024)
def _agency(unit_id: int) -> str:
    return routing.agency_id(unit_id)


@lru_cache(maxsize=4096)
def _limit_json(limit: Any) -> dict[str, Any]:
    return limit.to_json()


class Rows:
    """One dossier's rows. Public attributes carry the names of the columns, so that printing can read them too."""

    def __init__(self, story: Story, case_id: int, numbers: Numbers, upload_id: int | None, key: str) -> None:
        self.story, self.numbers, self.upload_id = story, numbers, upload_id
        first, where, pattern = story.acts[0], story.where, story.pattern
        self.sheet = pattern.sheet
        self.pk = self.id = self.case_id = case_id
        self.case = self
        on = first.at.date()
        agency = _agency(where.resolving_unit_id)
        self.number = dossier_code(agency, on, numbers.take(f"{agency}-{on:%y%m%d}"))
        self.plan = pattern.plan(where)
        self.title = self.procedure_name = pattern.title
        self.state, self.phase = "", 0
        self.unit_id, self.received_unit_id = where.resolving_unit_id, where.received_unit_id
        self.concerned = sorted({self.unit_id, self.received_unit_id})
        self.owner_id = story.citizen.account_id if story.citizen else None
        self.person_id = story.citizen.person_id if story.citizen else None
        self.applicant_name = story.said.name
        self.identity_number, self.phone, self.email = story.said.identity_number, story.said.phone, ""
        self.address = _address(story)
        self.place = tree().nodes[self.unit_id].short_name
        self.assignee_id: int | None = None
        self.handler_id: int | None = None
        self.received_by_id: int | None = None
        self.step = self.step_kind = self.news = ""
        self.step_due_at: datetime | None = None
        self.due_at: datetime | None = None
        self.opened_at = self.updated_at = first.at
        self.settled_at: datetime | None = None
        self.lookup_key = key
        self.channel, self.version_id, self.branch = pattern.channel, pattern.sheet.version_id, pattern.branch
        self.result_channel, self.sets = story.way, 1
        self.fee = pattern.fee_on(on)
        self.fee_paid_at: datetime | None = None
        self.finance_due: int | None = None
        self.outcome, self.result_text, self.result_number = "", {}, ""  # type: ignore[var-annotated]
        self.signed_by_id: int | None = None
        self.signed_at: datetime | None = None
        self.started_at: datetime | None = None
        self.stopped_at: datetime | None = None
        self.pauses: list[tuple[str, datetime, datetime | None, str]] = []
        self.steps: list[StepRow] = []
        self.entries: list[EntryRow] = []
        self.promises: list[tuple[datetime, datetime, str, str]] = []
        self.supplements: list[dict[str, Any]] = []
        self.papers: list[tuple[str, int, dict[str, Any], datetime, int | None]] = []
        self.parts = _Parts()
        self.texts: dict[int, str] = {}  # moments as text, by the object that tells them: most stand in many rows
        self._hash = NO_HASH
        self._now: tuple[Any, ...] | None = None
        self._place: dict[str, Any] | None = None
        self.current: StepRow | None = None  # the active step of the main line
        for act in story.acts:
            ACTIONS[act.verb](self, act)

    # what every action does

    def _enter(self, state: str) -> None:
        self.state, self.phase = state, int(_STATES[state].phase)

    def _settle(self, at: datetime) -> None:
        if self.phase >= Phase.SETTLED and self.settled_at is None:
            self.settled_at = at

    def record(self, verb: str, act: Act, data: dict[str, Any]) -> None:
        """The entry, chained to the one before."""
        was, before = self._place, self._now
        now = (self.unit_id, self.state, self.phase, self.due_at)
        if now != before:
            due_text = self.due_at.astimezone(UTC).isoformat() if self.due_at else None
            self._now = now
            self._place = {"unit": self.unit_id, "state": self.state, "phase": self.phase, "due": due_text}
        data["was"], data["is"] = was, self._place
        text = sorted_json(data)
        by_id, name = _actor(act)
        seq = len(self.entries) + 1
        moment = act.at.astimezone(UTC).isoformat(timespec="microseconds")
        head = f'["case/{self.case_id}",{seq},"dossier.{verb}","{moment}",{by_id or "null"},'
        self._hash = hashlib.sha256(self._hash + head.encode() + text + b"]").digest()
        self.entries.append(
            EntryRow(self.case_id, seq, f"dossier.{verb}", act.at, by_id, name, self.unit_id, moment, data, text,
                     self._hash, before, now)
        )  # fmt: skip
        self.updated_at = act.at
        self.texts[id(act.at)] = moment

    def at_step(self, step: StepRow | None) -> None:
        self.step, self.step_kind = (step.name, step.kind) if step else ("", "")
        self.step_due_at = step.due_at if step else None

    def go_on(self, at: datetime, by_id: int | None) -> StepRow | None:
        current = self.current
        assert current is not None
        current.state, current.done_at = "done", at
        current.account_id = current.account_id or by_id
        current.note = ""
        self.current = None
        for step in self.steps:
            if step.state == "waiting" and step.seq > current.seq and not step.is_parallel:
                step.begin(at)
                self.current = step
                break
        return self.current

    def close(self, at: datetime, by_id: int | None, until: str = "") -> StepRow | None:
        last = next((s for s in self.steps if s.kind == until and s.state == "waiting"), None)
        for step in self.steps:
            if step is last:
                step.begin(at)
            elif step.state == "active":
                step.state, step.done_at, step.account_id = "done", at, step.account_id or by_id
            elif step.state == "waiting":
                step.state = "skipped"
        self.current = last
        return last

    def plan_steps(self, at: datetime) -> StepRow | None:
        for seq, one in enumerate(self.plan, 1):
            self.steps.append(_step_row(seq, one))
        first = 1 if len(self.steps) > 1 and self.steps[0].kind == "receive" else 0
        if first:
            row = self.steps[0]
            row.state, row.started_at, row.done_at = "done", self.opened_at, at
        self.current = self.steps[first]
        self.current.begin(at)
        return self.current

    def text(self, moment: datetime | None) -> str:
        """A moment as COPY takes it."""
        if moment is None:
            return NULL
        found = self.texts.get(id(moment))
        if found is None:
            found = self.texts[id(moment)] = str(moment)
        return found

    # the clock

    def count_anew(self) -> None:
        pauses = tuple(Pause(PauseKind(kind), start, end, reason) for kind, start, end, reason in self.pauses)
        assert self.started_at is not None
        found = due(self.started_at, self.story.pattern.limit, standard_calendar(), pauses)
        if found.at is not None:
            self.due_at = found.at

    def start(self, at: datetime, reason: str) -> None:
        self.started_at = at
        self.count_anew()
        if self.due_at:
            self.promises.append((self.due_at, at, reason, ""))

    def resume(self, at: datetime, reason: str, note: str) -> None:
        before = self.due_at
        self._end_pause(at)
        self.count_anew()
        if self.due_at is not None and self.due_at != before:
            self.promises.append((self.due_at, at, reason, note))

    def _end_pause(self, at: datetime) -> None:
        if self.pauses and self.pauses[-1][2] is None:
            kind, begin, _, words = self.pauses[-1]
            self.pauses[-1] = (kind, begin, max(at, begin), words)

    def stop_clock(self, at: datetime) -> None:
        if self.started_at:
            self._end_pause(at)
            self.stopped_at = at

    @property
    def clock(self) -> dict[str, Any]:
        return {
            "limit": _limit_json(self.story.pattern.limit),
            "started_at": self.started_at and self.started_at.isoformat(),
            "pauses": [
                {"kind": kind, "start": start.isoformat(), "end": end and end.isoformat(), "reason": reason}
                for kind, start, end, reason in self.pauses
            ],
            "extensions": [],
            "calendar": standard_calendar().code if self.started_at else "",
            "stopped_at": self.stopped_at and self.stopped_at.isoformat(),
        }

    @property
    def urgent_at(self) -> datetime:
        dues = [one for one in (self.due_at, self.step_due_at) if one is not None]
        return min(dues) if self.phase == Phase.OPEN and dues else LATER

    @property
    def needle(self) -> str:
        said = f"{self.identity_number} {self.phone}"
        return " ".join((_folded(self.number), fold(self.applicant_name), _folded(self.title), fold(said)))

    def paper(self, form: str, act: Act, reason: str = "", **own: Any) -> None:
        by_id, name = _actor(act)
        data = _head(self, name, act.at) | own
        if reason:
            data["reason"] = reason
        serial = 1 + sum(1 for paper in self.papers if paper[0] == form)
        self.papers.append((form, serial, data, act.at, by_id))

    def told(self, act: Act) -> dict[str, Any]:
        judged = verdict(act.at, self.due_at)
        return {
            "number": self.result_number,
            "outcome": self.outcome or "granted",
            "procedure": self.sheet.code,
            "field": self.sheet.field,
            "channel": self.channel.value,
            "verdict": judged.value if judged else "",
        }

    def number_and_sign(self, act: Act) -> None:
        code = tree().nodes[self.unit_id].code
        number = self.numbers.take(f"result-{code}-{act.at.year}")
        symbol = "GPXD" if self.sheet.result_template == "permit" else "KQ-TTHC"
        self.result_number = f"{number:02d}/{'TB-TC' if self.outcome == 'refused' else symbol}"
        self.signed_by_id, self.signed_at = _actor(act)[0], act.at


_heads: dict[tuple[int, int, str], dict[str, Any]] = {}
_receptions: dict[tuple[Any, ...], dict[str, Any]] = {}


def _head(rows: Rows, officer: str, at: datetime) -> dict[str, Any]:
    """``printing.common``, of which most is the same for all dossiers of a place."""
    key = (rows.received_unit_id, rows.unit_id, officer)
    base = _heads.get(key)
    if base is None:
        base = _heads[key] = printing.common(rows, officer, at)  # type: ignore[arg-type]
    return {
        **base,
        "date": date_words(at.date()),
        "code": rows.number,
        "qr_url": printing.lookup_url(rows),  # type: ignore[arg-type]
        "printed_at": f"{at:%H:%M %d/%m/%Y}",
        "applicant": {
            "name": rows.applicant_name,
            "identity": masked_identity(rows.identity_number),
            "address": rows.address,
            "phone": rows.phone,
            "email": rows.email,
        },
        "procedure": rows.procedure_name,
    }


def _reception(rows: Rows, at: datetime) -> dict[str, Any]:
    """``printing.reception``, of which most is the same for all dossiers of a procedure."""
    key = (rows.version_id, rows.branch, rows.channel, rows.result_channel, rows.fee, len(rows.parts))
    base = _receptions.get(key)
    if base is None:
        base = _receptions[key] = printing.reception(rows)  # type: ignore[arg-type]
    due_text = moment_words(rows.due_at) if rows.due_at else base["due_at"]
    return {**base, "received_at": moment_words(at), "due_at": due_text}


def forget() -> None:
    """Drop what is kept of one database: between tests."""
    _heads.clear()
    _receptions.clear()
    _agency.cache_clear()


def _address(story: Story) -> str:
    """The applicant's address as the form says it; empty when it does not ask."""
    for one in story.pattern.fields:
        if one.prefill.partition(".")[2] == "address" and one.code in story.answers:
            given = story.answers[one.code]
            node = tree().by_code.get(given["commune"])
            return f"{given['detail']}, {node.name}" if node else str(given["detail"])
    return ""


def _actor(act: Act) -> tuple[int | None, str]:
    if act.by is None:
        return None, SYSTEM.name
    if isinstance(act.by, Citizen):
        return act.by.account_id, act.by.said.name
    return act.by.id, act.by.name


def _step_row(seq: int, one: StepPlan) -> StepRow:
    return StepRow(seq, one.key, one.name, one.kind.value, one.role, one.unit_id, one.hours)


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
    rows._enter("filed")
    rows.step, rows.step_kind = rows.plan[0].name, "receive"
    rows.step_due_at = step_due(act.at, ACCEPT_WITHIN_HOURS)
    rows.record("file", act, _opening(rows, act))
    _hand_in(rows, act, "upload", 0, rows.upload_id)


def receive(rows: Rows, act: Act) -> None:
    rows._enter("received")
    rows.step, rows.step_kind = "Chờ bàn giao", "assign"
    rows.received_by_id = _actor(act)[0]
    rows.start(act.at, "receive")
    rows.record("receive", act, _opening(rows, act))
    rows.plan_steps(act.at)
    _hand_in(rows, act, "paper", 0, None)
    if rows.story.fee_paid and rows.fee:
        rows.fee_paid_at = act.at
    rows.paper("01", act, **_reception(rows, act.at))


def accept(rows: Rows, act: Act) -> None:
    step = rows.plan_steps(act.at)
    rows.received_by_id = _actor(act)[0]
    rows._enter("received")
    rows.at_step(step)
    rows.news = ""
    rows.start(act.at, "accept")
    data = _opening(rows, act)
    del data["code"]
    rows.record("accept", act, data)
    rows.paper("01", act, **_reception(rows, act.at))


def decline(rows: Rows, act: Act) -> None:
    reason = act.said["reason"]
    rows.outcome = "declined"
    rows._enter("declined")
    rows._settle(act.at)
    rows.step, rows.step_due_at = "", None
    rows.record("decline", act, {"reason": reason})
    rows.paper("03", act, reason)


def _ask(rows: Rows, act: Act, **more: Any) -> None:
    rows.supplements.append(
        {"round": len(rows.supplements) + 1, "before_acceptance": False, "asked_at": act.at,
         "asked_by_id": _actor(act)[0], "message": act.said["message"], "answered_at": None, "answer": "",
         "missing": [asdict(one) for one in missing_of(rows.story.pattern)], **more}
    )  # fmt: skip


def _request_form(rows: Rows, act: Act) -> None:
    guidance = ["Nộp bổ sung trực tuyến tại trang theo dõi hồ sơ (quét mã QR), hoặc tại bộ phận một cửa."]
    lacking = [f"{one.name}: {one.reason}" for one in missing_of(rows.story.pattern)]
    rows.paper("02", act, missing=lacking, reason=act.said["message"], guidance=guidance, supplement_until="")


def ask_completion(rows: Rows, act: Act) -> None:
    _ask(rows, act, before_acceptance=True)
    rows._enter("incomplete")
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
    rows._enter("filed")
    rows.step_due_at, rows.news = step_due(act.at, ACCEPT_WITHIN_HOURS), "Người dân vừa bổ sung"
    rows.record("complete", act, {"papers": papers})


def _past_assignment(rows: Rows, act: Act) -> StepRow | None:
    active = rows.current
    if active is not None and active.kind == StepKind.ASSIGN:
        return rows.go_on(act.at, _actor(act)[0])
    return active


def take_over(rows: Rows, act: Act) -> None:
    rows.at_step(_past_assignment(rows, act))
    rows.handler_id = rows.assignee_id = _actor(act)[0]
    rows.news = ""
    rows._enter("processing")
    rows.record("take_over", act, {"handler": _actor(act)[1]})


def assign(rows: Rows, act: Act) -> None:
    verb = "hand_to" if rows.state == "received" else "assign"
    rows.at_step(_past_assignment(rows, act))
    rows.handler_id = rows.assignee_id = act.said["to"].id
    rows.news = "Vừa được phân công"
    if verb == "hand_to":
        rows._enter("processing")
    rows.record(verb, act, {"handler": act.said["to"].name, "note": ""})


def step_on(rows: Rows, act: Act) -> None:
    done = rows.current
    following = rows.go_on(act.at, _actor(act)[0])
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
    rows._enter("supplement")
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
    rows._enter("processing")
    rows.resume(act.at, verb, news)
    rows.record(verb, act, data)


def supplement(rows: Rows, act: Act) -> None:
    papers = _answered(rows, act)
    _resumed(rows, act.verb, act, {"papers": papers, "answer": act.said["answer"]}, "Người dân vừa bổ sung")


def ask_payment(rows: Rows, act: Act) -> None:
    rows.finance_due = act.said["amount"]
    rows._enter("payment")
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
    step.state, step.done_at, step.answer, step.account_id = "done", act.at, act.said["answer"], _actor(act)[0]
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
    following = rows.go_on(act.at, _actor(act)[0])
    rows.at_step(following)
    rows.assignee_id, rows.news = None, ""
    rows.record("sign", act, rows.told(act))


def finish(rows: Rows, act: Act) -> None:
    rows.outcome = rows.outcome or "granted"
    following = rows.go_on(act.at, _actor(act)[0])
    rows._enter("finished")
    rows.settled_at = act.at
    rows.at_step(following)
    rows.assignee_id, rows.news = None, ""
    rows.stop_clock(act.at)
    rows.record("finish", act, rows.told(act))


def refuse(rows: Rows, act: Act) -> None:
    rows.outcome, rows.result_text = "refused", {"refusal": act.said["reason"]}
    rows.number_and_sign(act)
    following = rows.close(act.at, _actor(act)[0], "return")
    rows._enter("finished")
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
        rows.go_on(act.at, _actor(act)[0])
    rows._enter("returned")
    rows.at_step(None)
    verb = "return_result" if act.by else "return_online"
    rows.record(verb, act, {"how": act.said.get("how") or "electronic"})


def _end(rows: Rows, verb: str, act: Act, outcome: str) -> None:
    rows.outcome = outcome
    rows.close(act.at, _actor(act)[0])
    rows._enter("withdrawn" if outcome == "withdrawn" else "stopped")
    rows._settle(act.at)
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
    "answer_opinion": answer_opinion, "apologise": apologise, "note": note, "draft_result": draft_result, "sign": sign,
    "finish": finish, "refuse": refuse, "record_fee": record_fee, "return_result": return_result,
    "withdraw": withdraw, "stop": stop,
}  # fmt: skip
__all__ = ["ACTIONS", "Channel", "EntryRow", "Numbers", "Rows", "plain_json"]
