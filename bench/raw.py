"""The least that the machine can do each operation for: a bare WSGI program, a pool, the necessary statements.

No framework, no sign-in, no rights, no checks, no forms: the same rows are read or written and JSON is sent. What the
platform costs is told as a multiple of this, so that figures of different machines can be compared.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import msgspec
from psycopg_pool import ConnectionPool

_encode = msgspec.json.Encoder(enc_hook=str).encode
Said = dict[str, str]
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


def inbox(said: Said) -> Any:
    return _rows(
        f"select {LINE} from cases_case where unit_id = %s and phase in (1, 2) and state = %s"
        " order by urgent_at, id limit 21",
        int(said["unit"]), said["state"],
    )  # fmt: skip


def case(said: Said) -> Any:
    with pool().connection() as connection:
        one = connection.execute(
            f"select id, {LINE}, procedure_code, answers, applicant_name, identity_number, phone, address, fee, clock"
            " from cases_case join dossiers_dossier on case_id = id where number = %s",
            [said["number"]],
        ).fetchone()
        around = [
            connection.execute(sql, [one[0]]).fetchall()
            for sql in (
                "select seq, verb, at, actor_name, unit_id, data from journal_entry where case_id = %s order by seq",
                "select seq, name, kind, state, unit_id, started_at, due_at, done_at from processes_step"
                " where case_id = %s order by seq",
                "select code, name, source from dossiers_part where dossier_id = %s",
            )
        ]
    return [one, *around]


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
    return _rows(
        f"select {LINE} from cases_case where owner_id = %s order by opened_at desc limit 20", int(said["account"])
    )


def board(said: Said) -> Any:
    standing = _rows(
        "select state, sum(number) from facts_standing where unit_id = %s group by state", int(said["unit"])
    )
    days = _rows(
        'select "on", name, sum(number) from facts_dayfigure where unit_id = %s and "on" > current_date - 30'
        " group by 1, 2",
        int(said["unit"]),
    )
    return [standing, days]


_ENTRY = (
    "insert into journal_entry (case_id, subject, seq, verb, at, actor_id, actor_name, unit_id, data, hash)"
    " values (%s, '', %s, %s, %s, %s, 'Đo', %s, %s, %s) returning id"
)
_JOB = (
    "insert into procrastinate_jobs (queue_name, task_name, priority, lock, args)"
    " values ('bench', 'bench.nothing', 0, %s, '{}')"
)


def _entry(connection: Any, case_id: int, seq: int, verb: str, unit_id: int) -> None:
    data = _encode({"verb": verb, "case": case_id}).decode()
    seal = hashlib.sha256(data.encode()).digest()
    connection.execute(_ENTRY, [case_id, seq, verb, datetime.now(UTC), None, unit_id, data, seal])
    connection.execute(_JOB, [f"raw/{case_id}"])


def file(said: Said) -> Any:
    now, unit_id = datetime.now(UTC), int(said["unit"])
    with pool().connection() as connection:
        number = connection.execute(
            "insert into cases_numberseries (series, last) values ('raw', 1)"
            " on conflict (series) do update set last = cases_numberseries.last + 1 returning last"
        ).fetchone()[0]
        code = f"RAW-{number}"
        case_id = connection.execute(
            "insert into cases_case (kind, number, title, state, phase, unit_id, received_unit_id, concerned,"
            " applicant, place, step, step_kind, news, clock, urgent_at, opened_at, updated_at, revision,"
            " lookup_key, needle, journal_seq, journal_hash)"
            " values ('raw', %s, 'Đo', 'filed', 1, %s, %s, %s, 'Đo', '', '', '', '', '{}',"
            " %s, %s, %s, 1, 'x', %s, 1, '\\x00') returning id",
            [code, unit_id, unit_id, [unit_id], now, now, now, code],
        ).fetchone()[0]
        connection.execute(
            "insert into dossiers_dossier (case_id, procedure_code, procedure_name, version_id, branch, field, channel,"
            " answers, applicant_name, identity_number, phone, email, address, on_behalf_of, result_channel, sets, fee,"
            " fee_note, outcome, result_text, result_number) values (%s, '1', 'Đo', 1, '', '', 'online', %s, 'Đo', '',"
            " '', '', '', '', 'counter', 1, 0, '', '', '{}', '')",
            [case_id, said.get("body", "{}")],
        )
        _entry(connection, case_id, 1, "dossier.file", unit_id)
    return {"number": code}


def accept(said: Said) -> Any:
    now = datetime.now(UTC)
    with pool().connection() as connection:
        case_id, unit_id, seq = connection.execute(
            "select id, unit_id, journal_seq from cases_case where number = %s for update", [said["number"]]
        ).fetchone()
        connection.cursor().executemany(
            "insert into processes_step (case_id, seq, key, name, kind, role, unit_id, is_parallel, state, hours,"
            " round, note, answer) values (%s, %s, %s, 'Đo', 'appraise', '', %s, false, %s, 8, 1, '', '')",
            [(case_id, n, str(n), unit_id, "active" if n == 2 else "waiting") for n in range(1, 7)],
        )
        _entry(connection, case_id, seq + 1, "dossier.accept", unit_id)
        connection.execute(
            "update cases_case set state = 'received', step = 'Đo', due_at = %s, urgent_at = %s, updated_at = %s,"
            " revision = revision + 1, journal_seq = %s, clock = '{}' where id = %s",
            [now, now, now, seq + 1, case_id],
        )
        connection.execute(
            "insert into cases_promise (case_id, due_at, promised_at, reason, note) values (%s, %s, %s, 'accept', '')",
            [case_id, now, now],
        )
        connection.execute(
            "insert into dossiers_paper (dossier_id, form, template, serial, data, issued_at)"
            " values (%s, '01', 'form01', 1, '{}', %s)",
            [case_id, now],
        )
    return {"number": said["number"]}


def step(said: Said) -> Any:
    now = datetime.now(UTC)
    with pool().connection() as connection:
        case_id, unit_id, seq = connection.execute(
            "select id, unit_id, journal_seq from cases_case where number = %s for update", [said["number"]]
        ).fetchone()
        steps = connection.execute(
            "select id, seq, state from processes_step where case_id = %s order by seq", [case_id]
        ).fetchall()
        active = next(index for index, one in enumerate(steps) if one[2] == "active")
        connection.execute(
            "update processes_step set state = 'done', done_at = %s where id = %s", [now, steps[active][0]]
        )
        connection.execute(
            "update processes_step set state = 'active', started_at = %s, due_at = %s where id = %s",
            [now, now, steps[active + 1][0]],
        )
        _entry(connection, case_id, seq + 1, "dossier.step_on", unit_id)
        connection.execute(
            "update cases_case set step = 'Đo', step_due_at = %s, urgent_at = %s, updated_at = %s,"
            " revision = revision + 1, journal_seq = %s where id = %s",
            [now, now, now, seq + 1, case_id],
        )
    return {"number": said["number"]}


def nothing(said: Said) -> Any:
    return {"ready": True}


ROUTES: dict[str, Callable[[Said], Any]] = {
    f"/{one.__name__}": one
    for one in (inbox, case, lookup, search, home, board, statistics, file, accept, step, nothing)
}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    said = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if environ["REQUEST_METHOD"] == "POST":
        said["body"] = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    body = _encode(ROUTES[environ["PATH_INFO"]](said))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
