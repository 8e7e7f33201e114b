"""The rows of one dossier while they are thought up, with what every action does to them: clock, steps, entries."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from tinhso.config.cli.demonstration.lines import EntryRow, Numbers, PartRow, StepRow
from tinhso.config.cli.demonstration.staff import Citizen
from tinhso.config.cli.demonstration.stories import Act, Story
from tinhso.kernel.cases.rules import LATER, Phase
from tinhso.kernel.clock.queries import standard_calendar
from tinhso.kernel.clock.rules import Pause, PauseKind, due, verdict
from tinhso.kernel.journal import rules as journal
from tinhso.kernel.journal.rules import NO_HASH
from tinhso.kernel.manifest import registry
from tinhso.kernel.papers.rules import date_words, masked_identity, moment_words
from tinhso.kernel.people.rules import SYSTEM
from tinhso.kernel.search.rules import fold
from tinhso.kernel.units.queries import tree
from tinhso.modules.dossiers.queries import printing, routing
from tinhso.modules.dossiers.rules import DOSSIER, dossier_code

NULL = r"\N"  # as COPY writes it
sorted_json = msgspec.json.Encoder(order="sorted").encode  # the same text as the journal's own canonical form
plain_json = msgspec.json.Encoder().encode
_folded = lru_cache(maxsize=100_000)(fold)
_STATES = {state.code: state for state in DOSSIER.lifecycle.states}


@lru_cache(maxsize=100)
def _personal(verb: str) -> frozenset[str]:
    return registry.entries[verb].personal


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
        self.parts: list[PartRow] = []
        self.texts: dict[int, str] = {}  # moments as text, by the object that tells them: most stand in many rows
        self._hash = NO_HASH
        self._now: tuple[Any, ...] | None = None
        self._place: dict[str, Any] | None = None
        self.current: StepRow | None = None  # the active step of the main line

    # what every action does

    def enter(self, state: str) -> None:
        self.state, self.phase = state, int(_STATES[state].phase)

    def settle(self, at: datetime) -> None:
        if self.phase >= Phase.SETTLED and self.settled_at is None:
            self.settled_at = at

    def record(self, verb: str, act: Act, data: dict[str, Any]) -> None:
        """The entry, chained to the one before; ``verb`` is one of the dossiers' own unless it names its module."""
        verb = verb if "." in verb else f"dossier.{verb}"
        was, before = self._place, self._now
        now = (self.unit_id, self.state, self.phase, self.due_at)
        if now != before:
            due_text = self.due_at.astimezone(UTC).isoformat() if self.due_at else None
            self._now = now
            self._place = {"unit": self.unit_id, "state": self.state, "phase": self.phase, "due": due_text}
        data["was"], data["is"] = was, self._place
        names, personal, salt = _personal(verb), None, b""
        if not names.isdisjoint(data):
            salt = journal.new_salt()
            data, personal = journal.apart(data, names, salt)
        text = sorted_json(data)
        by_id, name = actor_of(act)
        seq = len(self.entries) + 1
        moment = act.at.astimezone(UTC).isoformat(timespec="microseconds")
        head = f'["case/{self.case_id}",{seq},"{verb}","{moment}",{by_id or "null"},'
        self._hash = hashlib.sha256(self._hash + head.encode() + text + b"]").digest()
        self.entries.append(
            EntryRow(self.case_id, seq, verb, act.at, by_id, name, self.unit_id, moment, data, text,
                     personal, salt, self._hash, before, now)
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
            self.steps.append(StepRow.of(seq, one))
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
        by_id, name = actor_of(act)
        data = head_of(self, name, act.at) | own
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
        self.signed_by_id, self.signed_at = actor_of(act)[0], act.at


_heads: dict[tuple[int, int, str], dict[str, Any]] = {}
_receptions: dict[tuple[Any, ...], dict[str, Any]] = {}


def head_of(rows: Rows, officer: str, at: datetime) -> dict[str, Any]:
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


def reception_of(rows: Rows, at: datetime) -> dict[str, Any]:
    """``printing.reception``, of which most is the same for all dossiers of a procedure."""
    key = (rows.version_id, rows.branch, rows.channel, rows.result_channel, rows.fee, len(rows.parts))
    base = _receptions.get(key)
    if base is None:
        base = _receptions[key] = printing.reception(rows, rows.parts)  # type: ignore[arg-type]
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


def actor_of(act: Act) -> tuple[int | None, str]:
    if act.by is None:
        return None, SYSTEM.name
    if isinstance(act.by, Citizen):
        return act.by.account_id, act.by.said.name
    return act.by.id, act.by.name
