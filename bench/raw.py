"""The least that the machine can do each operation for: a bare WSGI program, a pool, the necessary statements.

No framework, no rights, no checks, no forms: the same rows are read or written and JSON is sent, in as few statements
as can be. Who asks must be looked up, for a page with the notices its bell counts and for a program by the hash of its
key; a worklist needs its counters; who looked at somebody's dossier must be remembered. A write
does all that makes it one: it holds the case, seals the entry before, leaves a job for what follows, and keeps its
answer under a key so that sending twice does nothing twice. What the platform costs is told as a multiple of this, so
that figures of different machines can be compared.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import msgspec
from psycopg_pool import ConnectionPool

_encode = msgspec.json.Encoder(enc_hook=str).encode
Said = dict[str, str]
Head = tuple[int, bytes]  # number and seal of a chain's last entry
LINE = (
    "number, title, state, unit_id, received_unit_id, applicant, assignee_id, step, step_kind, news, due_at,"
    " step_due_at, opened_at, settled_at, updated_at, revision"
)


@cache
def pool() -> ConnectionPool:
    """One per process, opened with the first request: connections do not survive a fork."""
    return ConnectionPool(os.environ["BENCH_DATABASE"], min_size=1, max_size=4, open=True)


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with pool().connection() as connection:
        return connection.execute(sql, values).fetchall()


def _signed_in(connection: Any, said: Said) -> Any:
    """Whose session it is, and how many notices wait for them: every page of somebody signed in shows both."""
    return connection.execute(
        "select session_data, a.id, display_name, is_official, is_active, language, rights_version, password,"
        " (select count(*) from (select from notices_notice where account_id = a.id and read_at is null limit 99) n)"
        " from django_session, people_account a where session_key = %s and expire_date > now() and a.id = %s",
        [said["session"], int(said["account"])],
    ).fetchone()


def _by_key(connection: Any, said: Said) -> Any:
    """Whose key it is."""
    return connection.execute(
        "select k.id, scopes, a.id, display_name, is_official, is_active, rights_version"
        " from api_apikey k join people_account a on a.id = account_id"
        " where secret_hash = %s and revoked_at is null and (expires_at is null or expires_at > now())",
        [hashlib.sha256(said["key"].encode()).digest()],
    ).fetchone()


def _listed(connection: Any, said: Said) -> Any:
    return connection.execute(
        f"select {LINE} from cases_case where unit_id = any(%s) and phase in (1, 2) and state = %s"
        " order by urgent_at, id limit 21",
        [_units(said), said["state"]],
    ).fetchall()


def _units(said: Said) -> list[int]:
    return [int(one) for one in said["units"].split(",")]


_COUNTED = (
    "(select count(*) from (select from cases_case where unit_id = any(%(units)s) and phase in (1, 2)"
    " and state = %(state)s {} limit 1000) c)"
)
_COUNTERS = "select " + ", ".join(
    _COUNTED.format(one)
    for one in (
        "", "and urgent_at < now()", "and urgent_at >= now() and urgent_at < current_date + 2", "and news <> ''",
        "and phase = 2",
    )
)  # fmt: skip


def inbox(said: Said) -> Any:
    with pool().connection() as connection:
        who, lines = _signed_in(connection, said), _listed(connection, said)
        counted = connection.execute(_COUNTERS, {"units": _units(said), "state": said["state"]}).fetchone()
    return [who, lines, counted]


def listed(said: Said) -> Any:
    with pool().connection() as connection:
        return [_by_key(connection, said), _listed(connection, said)]


def case(said: Said) -> Any:
    with pool().connection() as connection:
        return _whole(connection, said, _signed_in(connection, said)[1])


def dossier(said: Said) -> Any:
    with pool().connection() as connection:
        return _whole(connection, said, _by_key(connection, said)[2])


def _whole(connection: Any, said: Said, account_id: int) -> Any:
    """A dossier with its history, steps, papers, requests and documents; that it was seen is remembered."""
    found = connection.execute(_WHOLE, [said["number"]]).fetchone()
    connection.execute(
        'insert into journal_view (case_id, account_id, unit_id, "on", first_at, last_at, times)'
        ' values (%s, %s, %s, current_date, now(), now(), 1) on conflict (case_id, account_id, "on")'
        " do update set last_at = excluded.last_at, times = journal_view.times + 1",
        [found[0], account_id, found[4]],
    )
    return found


def _beside(table: str, link: str, columns: str) -> str:
    return f"array(select json_array({columns}) from {table} where {link} = c.id order by id)"


_WHOLE = f"""
select c.id, {LINE}, procedure_code, answers, applicant_name, identity_number, phone, address, fee, clock,
    {_beside("journal_entry", "case_id", "seq, verb, at, actor_name, unit_id, data")},
    {_beside("processes_step", "case_id", "seq, name, kind, state, unit_id, started_at, due_at, done_at, note")},
    {_beside("dossiers_part", "dossier_id", "code, name, source, originals, copies, round, added_at")},
    {_beside("dossiers_supplement", "dossier_id", "round, asked_at, message, missing, answered_at, answer")},
    {_beside("dossiers_paper", "dossier_id", "form, serial, issued_at")}
from cases_case c join dossiers_dossier on case_id = c.id where number = %s
"""


def lookup(said: Said) -> Any:
    return _rows(
        "select number, title, state, unit_id, step, opened_at, due_at, settled_at, array(select json_build_object("
        "'verb', verb, 'at', at) from journal_entry e where e.case_id = c.id order by seq)"
        " from cases_case c where number = %s and lookup_key = %s",
        said["number"], said["key"],
    )  # fmt: skip


def search(said: Said) -> Any:
    return _rows(
        "select code, name, field, levels, is_online from procedures_procedure where name_folded like %s limit 20",
        f"%{said['q']}%",
    )


def home(said: Said) -> Any:
    with pool().connection() as connection:
        who = _signed_in(connection, said)
        mine = f"select {LINE} from cases_case where owner_id = %s order by opened_at desc limit 20"
        return [who, connection.execute(mine, [who[1]]).fetchall()]


def board(said: Said) -> Any:
    with pool().connection() as connection:
        who = _signed_in(connection, said)
        unit = [int(said["unit"])]
        standing = "select state, sum(number) from facts_standing where unit_id = %s group by state"
        days = (
            'select "on", name, sum(number) from facts_dayfigure where unit_id = %s and "on" > current_date - 30'
            " group by 1, 2"
        )
        return [who, connection.execute(standing, unit).fetchall(), connection.execute(days, unit).fetchall()]


def statistics(said: Said) -> Any:
    return _rows(
        "select unit_id, name, verdict, sum(number) from facts_monthfigure"
        " where unit_id is not null and month >= date_trunc('year', current_date) group by 1, 2, 3"
    )


_BELOW = "select name, month, verdict, sum(number) from facts_monthfigure where name like 'dossiers.%%'"


def years(said: Said) -> Any:
    """Five years by month of a unit and those right below it."""
    below = (
        " and month > current_date - 1826 and unit_id in (select id from units_unit where %(unit)s in (id, parent_id))"
    )
    with pool().connection() as connection:
        who = _signed_in(connection, said)
        return [who, connection.execute(_BELOW + below + " group by 1, 2, 3", {"unit": int(said["unit"])}).fetchall()]


def units(said: Said) -> Any:
    """This year of the units right below one."""
    with pool().connection() as connection:
        who = _signed_in(connection, said)
        sums = (
            "select unit_id, name, verdict, sum(number) from facts_monthfigure where month >= date_trunc('year', now())"
            " and unit_id in (select id from units_unit where parent_id = %s) group by 1, 2, 3"
        )
        return [who, connection.execute(sums, [int(said["unit"])]).fetchall()]


def index(said: Said) -> Any:
    """The scores of all units in the newest month, or of one."""
    return _rows(
        "select unit_id, level, rank, ranked, share, points from service_quality_score where procedure = ''"
        " and months = 1 and since = date_trunc('month', current_date)::date and (%s::bigint is null or unit_id = %s)"
        " order by rank",
        said.get("unit"), said.get("unit"),
    )  # fmt: skip


# What moves a case: the entry that seals the one before, the job that waits for it, and the rows that change with it.
_MOVED = """
with written as (
    insert into journal_entry (case_id, subject, seq, verb, at, actor_id, actor_name, unit_id, data, hash)
    values (%(case)s, '', %(seq)s, %(verb)s, %(now)s, null, 'Đo', %(unit)s, %(data)s, %(seal)s) returning id
), {beside}
insert into procrastinate_jobs (queue_name, task_name, priority, lock, args)
select 'bench', 'bench.nothing', 0, %(lock)s, jsonb_build_object('entry_id', id) from written
"""
_KEY = (
    "insert into api_idempotency (account_id, key, route, request_hash, status, content_type, response, created_at)"
    " values (null, %s, 'raw', %s, 200, 'application/json', %s, %s)"
)
_NEW = """
opened as (
    insert into cases_case (id, kind, number, title, state, phase, unit_id, received_unit_id, concerned,
        applicant, place, step, step_kind, news, clock, urgent_at, opened_at, updated_at, revision,
        lookup_key, needle, journal_seq, journal_hash)
    values (%(case)s, 'raw', %(code)s::text, 'Đo', 'filed', 1, %(unit)s, %(unit)s, array[%(unit)s::integer], 'Đo', '',
        '', '', '', '{}', %(now)s, %(now)s, %(now)s, 1, 'x', %(code)s::text, 1, %(seal)s)
), detailed as (
    insert into dossiers_dossier (case_id, procedure_code, procedure_name, version_id, branch, field, channel,
        answers, applicant_name, identity_number, phone, email, address, on_behalf_of, result_channel, sets, fee,
        fee_note, outcome, result_text, result_number)
    values (%(case)s, '1', 'Đo', 1, '', '', 'online', %(answers)s, 'Đo', '', '', '', '', '', 'counter', 1, 0, '', '',
        '{}', '')
)
"""
_ACCEPTED = """
changed as (
    update cases_case set state = 'received', step = 'Đo', due_at = %(now)s, urgent_at = %(now)s, updated_at = %(now)s,
        revision = revision + 1, journal_seq = %(seq)s, journal_hash = %(seal)s, clock = '{}' where id = %(case)s
), received as (
    update dossiers_dossier set received_by_id = null where case_id = %(case)s
), promised as (
    insert into cases_promise (case_id, due_at, promised_at, reason, note)
    values (%(case)s, %(now)s, %(now)s, 'accept', '')
), planned as (
    insert into processes_step (case_id, seq, key, name, kind, role, unit_id, is_parallel, state, hours, round, note,
        answer)
    select %(case)s, n, n::text, 'Đo', 'appraise', '', %(unit)s, false,
        case when n = 2 then 'active' else 'waiting' end, 8, 1, '', '' from generate_series(1, 6) n
)
"""
_STEPPED = """
changed as (
    update cases_case set step = 'Đo', step_due_at = %(now)s, urgent_at = %(now)s, updated_at = %(now)s,
        revision = revision + 1, journal_seq = %(seq)s, journal_hash = %(seal)s where id = %(case)s
)
"""


def _moved(connection: Any, beside: str, verb: str, case_id: int, unit_id: int, head: Head, **more: Any) -> None:
    data = _encode({"verb": verb, "case": case_id}).decode()
    seal = hashlib.sha256(bytes(head[1]) + data.encode()).digest()
    said = {"case": case_id, "unit": unit_id, "verb": verb, "seq": head[0] + 1, "data": data, "seal": seal}
    connection.execute(_MOVED.format(beside=beside), {**said, "lock": f"raw/{case_id}", **more})


def _answered(connection: Any, number: str, now: datetime) -> dict[str, str]:
    """What makes sending twice harmless: the answer under its key, in the same transaction."""
    key = uuid.uuid4().hex
    connection.execute(_KEY, [key, hashlib.sha256(key.encode()).digest(), _encode({"number": number}), now])
    return {"number": number}


def _held(connection: Any, said: Said) -> tuple[int, int, Head]:
    """Case and dossier, held until the end: who decides must read both."""
    case_id, unit_id, seq, seal, _, _ = connection.execute(
        "select c.id, unit_id, journal_seq, journal_hash, version_id, result_text from cases_case c"
        " join dossiers_dossier on case_id = c.id where number = %s for update",
        [said["number"]],
    ).fetchone()
    return case_id, unit_id, (seq, seal)


def file(said: Said) -> Any:
    now, unit_id = datetime.now(UTC), int(said["unit"])
    with pool().connection() as connection:
        number, case_id = connection.execute(
            "insert into cases_numberseries (series, last) values ('raw', 1)"
            " on conflict (series) do update set last = cases_numberseries.last + 1"
            " returning last, nextval(pg_get_serial_sequence('cases_case', 'id'))"
        ).fetchone()
        code, answers = f"RAW-{number}", said.get("body", "{}")
        first = (0, b"")
        _moved(connection, _NEW, "dossier.file", case_id, unit_id, first, now=now, code=code, answers=answers)
        return _answered(connection, code, now)


def accept(said: Said) -> Any:
    now = datetime.now(UTC)
    with pool().connection() as connection:
        case_id, unit_id, head = _held(connection, said)
        _moved(connection, _ACCEPTED, "dossier.accept", case_id, unit_id, head, now=now)
        connection.execute(
            "insert into dossiers_paper (dossier_id, form, template, serial, data, issued_at)"
            " values (%s, '01', 'form01', 1, '{}', %s)",
            [case_id, now],
        )
        return _answered(connection, said["number"], now)


def step(said: Said) -> Any:
    now = datetime.now(UTC)
    with pool().connection() as connection:
        case_id, unit_id, head = _held(connection, said)
        steps = connection.execute(
            "select id, seq, state from processes_step where case_id = %s order by seq", [case_id]
        ).fetchall()
        active = next(index for index, one in enumerate(steps) if one[2] == "active")
        connection.execute(
            "with done as (update processes_step set state = 'done', done_at = %s where id = %s returning id)"
            " update processes_step set state = 'active', started_at = %s, due_at = %s where id = %s"
            " and exists (select from done)",
            [now, steps[active][0], now, now, steps[active + 1][0]],
        )
        _moved(connection, _STEPPED, "dossier.step_on", case_id, unit_id, head, now=now)
        return _answered(connection, said["number"], now)


def nothing(said: Said) -> Any:
    return {"ready": True}


ROUTES: dict[str, Callable[[Said], Any]] = {
    f"/{one.__name__}": one
    for one in (
        inbox,
        listed,
        case,
        dossier,
        lookup,
        search,
        home,
        board,
        statistics,
        years,
        units,
        index,
        file,
        accept,
        step,
        nothing,
    )
}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    said = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if environ["REQUEST_METHOD"] == "POST":
        said["body"] = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    body = _encode(ROUTES[environ["PATH_INFO"]](said))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
