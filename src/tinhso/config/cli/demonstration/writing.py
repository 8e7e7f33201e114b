"""Rows into the database by COPY: dossiers as they come, entries in the order of time, figures at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from queue import Queue
from threading import RLock, Thread
from typing import Any

from django.db import DatabaseError, connection, transaction

from tinhso.config.cli.demonstration.lines import EntryRow
from tinhso.config.cli.demonstration.rows import NULL, Rows, plain_json
from tinhso.kernel.facts.jobs import NEVER_DUE, canonical, verdict_in
from tinhso.kernel.journal.models import Anchor
from tinhso.kernel.journal.rules import NO_HASH, anchor
from tinhso.kernel.manifest import Fact, registry

COLUMNS = {
    "cases_case": "id,kind,number,title,state,phase,unit_id,received_unit_id,concerned,assignee_id,owner_id,applicant,"
    "place,step,step_kind,news,clock,due_at,step_due_at,urgent_at,opened_at,settled_at,updated_at,revision,lookup_key,"
    "needle,journal_seq,journal_hash",
    "dossiers_dossier": "case_id,procedure_code,procedure_name,version_id,branch,field,channel,answers,person_id,"
    "applicant_name,identity_number,phone,email,address,on_behalf_of,result_channel,sets,fee,fee_paid_at,fee_note,"
    "finance_due,outcome,handler_id,received_by_id,result_text,result_number,signed_by_id,signed_at,request_key",
    "processes_step": "case_id,seq,key,name,kind,role,unit_id,account_id,is_parallel,state,hours,started_at,due_at,"
    "done_at,round,note,answer",
    "cases_promise": "case_id,due_at,promised_at,reason,note",
    "dossiers_supplement": "dossier_id,round,before_acceptance,asked_at,asked_by_id,message,missing,answered_at,answer",
    "dossiers_part": "dossier_id,code,name,source,originals,copies,attachment_id,round,added_at,is_digitised",
    "dossiers_paper": "dossier_id,form,template,serial,data,issued_at,issued_by_id",
    "journal_entry": "id,case_id,subject,seq,verb,at,actor_id,actor_name,unit_id,data,personal,salt,hash",
    "facts_projected": "entry_id",
    "facts_fact": 'name,"on",unit_id,case_id,entry_id,dims',
}
AT_ONCE = 2000


def _json(value: Any) -> str:
    return plain_json(value).decode().replace("\\", "\\\\")


@lru_cache(maxsize=100_000)
def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _or_null(value: Any) -> Any:
    return NULL if value is None else value


def _apart(entry: EntryRow) -> str:
    """The personal part and its salt, where an entry has one."""
    return f"{_json(entry.personal)}\t\\\\x{entry.salt.hex()}" if entry.personal else f"{NULL}\t{NULL}"


@cache
def _facts_of(verb: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in registry.facts.values() if fact.verb == verb)


class Writer:
    """Takes finished dossiers in the order in which they came in; ``close`` writes what is left and the figures."""

    def __init__(self, until: date, pipe: Pipe) -> None:
        self.pipe = pipe
        self.until = until  # entries of that day are not sealed yet
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self.next_case, self.next_entry = _next_id("cases_case"), _next_id("journal_entry")
        self.days: dict[date, list[EntryRow]] = defaultdict(list)
        self.figures: Counter[tuple[str, date, int, str]] = Counter()
        self.dims: dict[str, str] = {}
        self.verdicts: dict[str, str] = {}
        self.standing: Counter[tuple[int, str, date]] = Counter()
        self.phases: dict[str, int] = {}
        self.last_anchor = Anchor.objects.order_by("-on").first()
        self.seal = bytes(self.last_anchor.hash) if self.last_anchor else NO_HASH
        self.anchors: list[Anchor] = []

    def case_id(self) -> int:
        self.next_case += 1
        return self.next_case - 1

    def add(self, rows: Rows) -> None:
        case = self.lines["cases_case"]
        case.append(_case_line(rows))
        self.lines["dossiers_dossier"].append(_dossier_line(rows))
        _small_lines(rows, self.lines)
        for entry in rows.entries:
            self.days[entry.at.date()].append(entry)
        if len(case) >= AT_ONCE:
            self._days_before(rows.opened_at.date())
            self.flush()

    def _days_before(self, day: date) -> None:
        for ended in sorted(one for one in self.days if one < day):
            self._day(ended, self.days.pop(ended))

    def _day(self, day: date, entries: list[EntryRow]) -> None:
        """All entries of a day, numbered in the order of time, and what is counted from them."""
        entries.sort(key=lambda entry: (entry.at, entry.case_id, entry.seq))
        first = number = self.next_entry
        lines, counted = self.lines["journal_entry"], self.lines["facts_projected"]
        for entry in entries:
            data = entry.json.decode().replace("\\", "\\\\")
            lines.append(
                f"{number}\t{entry.case_id}\t\t{entry.seq}\t{entry.verb}\t{entry.moment}\t{_or_null(entry.actor_id)}"
                f"\t{entry.actor_name}\t{entry.unit_id}\t{data}\t{_apart(entry)}\t\\\\x{entry.hash.hex()}"
            )
            counted.append(str(number))
            for fact in _facts_of(entry.verb):
                self._count(fact, entry, number, day)
            self._move(entry)
            number += 1
        self.next_entry = number
        if day < self.until and entries:
            self.seal = anchor(self.seal, day.isoformat(), (entry.hash for entry in entries))
            self.anchors.append(
                Anchor(on=day, first_id=first, last_id=number - 1, count=number - first, hash=self.seal)
            )

    def _count(self, fact: Fact, entry: EntryRow, number: int, day: date) -> None:
        dims = dict(fact.dimensions(entry)) if fact.dimensions else {}
        key = canonical(dims)
        text = self.dims.get(key)
        if text is None:
            text = self.dims[key] = _json(dims)
            self.verdicts[key] = verdict_in(dims)
        self.lines["facts_fact"].append(f"{fact.name}\t{day}\t{entry.unit_id}\t{entry.case_id}\t{number}\t{text}")
        self.figures[fact.name, day, entry.unit_id, key] += 1

    def _move(self, entry: EntryRow) -> None:
        was, now = entry.was and _standing_key(entry.was), _standing_key(entry.now)
        if was == now:
            return
        if was:
            self.standing[was] -= 1
        self.standing[now] += 1
        self.phases[now[1]] = entry.now[2]

    def flush(self) -> None:
        """Send everything gathered so far."""
        for table, lines in list(self.lines.items()):
            self.pipe.send(table, COLUMNS[table], lines)
            self.lines[table] = []

    def close(self, series: Iterable[tuple[str, int]]) -> None:
        """The rest, the figures, the seals of the days and the running numbers."""
        self._days_before(date.max)
        self.flush()
        self.pipe.send("facts_dayfigure", 'name,"on",unit_id,key,dims,number', [
            f"{name}\t{day}\t{unit}\t{_text(key)}\t{self.dims[key]}\t{number}"
            for (name, day, unit, key), number in self.figures.items()
        ])  # fmt: skip
        self.pipe.send("facts_monthfigure", "name,month,unit_id,verdict,number", [
            f"{name}\t{month}\t{_or_null(unit)}\t{verdict}\t{number}"
            for (name, month, unit, verdict), number in self._months().items()
        ])  # fmt: skip
        self.pipe.send("facts_standing", "kind,unit_id,state,phase,due_on,number", [
            f"dossier\t{unit}\t{state}\t{self.phases[state]}\t{day}\t{number}"
            for (unit, state, day), number in self.standing.items()
            if number
        ])  # fmt: skip
        Anchor.objects.bulk_create(self.anchors)
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into cases_numberseries (series, last) values (%s, %s)"
                " on conflict (series) do update set last = greatest(cases_numberseries.last, excluded.last)",
                list(series),
            )
            for table, value in (("cases_case", self.next_case), ("journal_entry", self.next_entry)):
                cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), {value}, false)")

    def _months(self) -> Counter[tuple[str, date, int | None, str]]:
        """Month figures of each unit and of the province, summed from the days."""
        months: Counter[tuple[str, date, int | None, str]] = Counter()
        for (name, day, unit, key), number in self.figures.items():
            for place in (unit, None):
                months[name, day.replace(day=1), place, self.verdicts[key]] += number
        return months


def _standing_key(place: tuple[Any, ...]) -> tuple[int, str, date]:
    return place[0], place[1], place[3].date() if place[3] else NEVER_DUE  # due times are local here


def _next_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])


class Pipe:
    """Sends rows on a second thread, so that the next ones are thought up meanwhile; in the same transaction.

    The connection serves one at a time: while the pipe is open, other statements wait for the sending to end.
    """

    def __init__(self) -> None:
        self.waiting: Queue[tuple[str, str, list[str]] | None] = Queue(maxsize=12)
        self.busy = RLock()
        self.problem: BaseException | None = None
        self.thread = Thread(target=self._work, name="demonstration-copy", daemon=True)

    def __enter__(self) -> Pipe:
        connection.ensure_connection()
        self.raw = connection.connection
        self.turns = connection.execute_wrapper(self._in_turn)
        self.turns.__enter__()
        self.thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.waiting.put(None)
        self.thread.join()
        self.turns.__exit__(*problem)  # type: ignore[arg-type]
        if self.problem and not any(problem):
            raise self.problem

    def _in_turn(self, execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        with self.busy:
            return execute(sql, values, many, context)

    def send(self, table: str, columns: str, lines: list[str]) -> None:
        if self.problem:
            raise self.problem
        if lines:
            self.waiting.put((table, columns, lines))

    def _work(self) -> None:
        while (sent := self.waiting.get()) is not None:
            table, columns, lines = sent
            if self.problem:
                continue  # drain, so that the sender does not wait for ever
            try:
                with (
                    self.busy,
                    self.raw.cursor() as cursor,
                    cursor.copy(f"copy {table} ({columns}) from stdin") as copy,
                ):
                    copy.write("\n".join(lines) + "\n")
            except BaseException as problem:  # told to the thread that sends
                self.problem = problem


def trust_rows() -> None:
    """Within this transaction, skip the checks of references: they hold by construction, and cost half of the time.

    Only an owner of the whole server may; otherwise the checks are made.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
    except DatabaseError:
        return


def _case_line(r: Rows) -> str:
    n, x = _or_null, r.text
    concerned = ",".join(map(str, r.concerned))
    count = len(r.entries)
    return (
        f"{r.case_id}\tdossier\t{r.number}\t{_text(r.title)}\t{r.state}\t{r.phase}\t{r.unit_id}\t{r.received_unit_id}"
        f"\t{{{concerned}}}\t{n(r.assignee_id)}\t{n(r.owner_id)}\t{r.applicant_name}\t{_text(r.place)}\t{_text(r.step)}"
        f"\t{r.step_kind}\t{_text(r.news)}\t{_json(r.clock)}\t{x(r.due_at)}\t{x(r.step_due_at)}\t{x(r.urgent_at)}"
        f"\t{x(r.opened_at)}\t{x(r.settled_at)}\t{x(r.updated_at)}\t{count}\t{r.lookup_key}"
        f"\t{_text(r.needle)}\t{count}\t\\\\x{r.entries[-1].hash.hex()}"
    )


def _dossier_line(r: Rows) -> str:
    n, x = _or_null, r.text
    key = f"draft-{r.story.token}" if r.story.citizen else NULL
    return (
        f"{r.case_id}\t{r.sheet.code}\t{_text(r.title)}\t{r.version_id}\t{r.branch}\t{_text(r.sheet.field)}"
        f"\t{r.channel.value}\t{_json(r.story.answers)}\t{n(r.person_id)}\t{r.applicant_name}\t{r.identity_number}"
        f"\t{r.phone}\t\t{_text(r.address[:250])}\t\t{r.result_channel}\t1\t{r.fee}\t{x(r.fee_paid_at)}\t"
        f"\t{n(r.finance_due)}\t{r.outcome}\t{n(r.handler_id)}\t{n(r.received_by_id)}\t{_json(r.result_text)}"
        f"\t{r.result_number}\t{n(r.signed_by_id)}\t{x(r.signed_at)}\t{key}"
    )


def _small_lines(r: Rows, lines: dict[str, list[str]]) -> None:
    n, x, pk = _or_null, r.text, r.case_id
    for s in r.steps:
        lines["processes_step"].append(
            f"{pk}\t{s.seq}\t{s.key}\t{_text(s.name)}\t{s.kind}\t{s.role}\t{s.unit_id}\t{n(s.account_id)}\t"
            f"{s.is_parallel}\t{s.state}\t{s.hours}\t{x(s.started_at)}\t{x(s.due_at)}\t{x(s.done_at)}\t{s.round}"
            f"\t{_text(s.note)}\t{_text(s.answer)}"
        )
    for due, at, reason, words in r.promises:
        lines["cases_promise"].append(f"{pk}\t{x(due)}\t{x(at)}\t{reason}\t{_text(words)}")
    for a in r.supplements:
        lines["dossiers_supplement"].append(
            f"{pk}\t{a['round']}\t{a['before_acceptance']}\t{x(a['asked_at'])}\t{n(a['asked_by_id'])}"
            f"\t{_text(a['message'])}\t{_json(a['missing'])}\t{x(a['answered_at'])}\t{_text(a['answer'])}"
        )
    for p in r.parts:
        lines["dossiers_part"].append(
            f"{pk}\t{p.code}\t{_text(p.name)}\t{p.source}\t{p.originals}\t{p.copies}\t{n(p.attachment_id)}"
            f"\t{p.round}\t{x(p.added_at)}\t{'t' if p.is_digitised else 'f'}"
        )
    for form, serial, data, at, by_id in r.papers:
        lines["dossiers_paper"].append(f"{pk}\t{form}\tform{form}\t{serial}\t{_json(data)}\t{x(at)}\t{n(by_id)}")


__all__ = ["Pipe", "Writer", "trust_rows"]
