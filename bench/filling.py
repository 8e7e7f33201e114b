"""A database of a given size: the demonstration's dossiers, multiplied inside the database where many are wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime

GENERATED_AT_MOST = 20_000  # beyond, rows are copied inside the database: ten times faster
CITIZENS = 20_000
PROCEDURES = 3_000
SEED = 7
_SUBJECTS = (
    "trang trại", "nhà máy", "trường học", "bến thủy", "chợ", "kho lạnh", "nhà trọ", "làng nghề", "hợp tác xã",
    "phòng khám", "bãi đỗ xe", "khu du lịch", "trạm sạc", "vườn ươm", "lò giết mổ", "sân bóng", "thư viện",
)  # fmt: skip


def fill(dossiers: int, say: Callable[[str], None]) -> None:
    """An empty database becomes a province with so many dossiers and 3,000 procedures."""
    from django.utils import timezone

    from tinhso.config.cli import demonstration
    from tinhso.config.cli.init import found
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.statistics import actions as statistics

    begin = time.perf_counter()
    found("H53")
    now = timezone.localtime().replace(second=0, microsecond=0)
    base = min(dossiers, GENERATED_AT_MOST)
    times = -(-dossiers // base)
    cast = demonstration.prepare(SEED, CITIZENS, now=now)
    everybody = cast.citizens
    cast.citizens = everybody[: len(everybody) // max(times, 1)]
    say(f"province and people: {time.perf_counter() - begin:.0f} s")
    begin = time.perf_counter()
    demonstration.generate(base, SEED, cast, now=now)
    say(f"{base:,} dossiers written: {time.perf_counter() - begin:.0f} s")
    begin = time.perf_counter()
    if times > 1:
        _multiply(times, len(cast.citizens))
        say(f"copied to {dossiers:,}: {time.perf_counter() - begin:.0f} s")
    begin = time.perf_counter()
    _procedures(now)
    _run("set statement_timeout = 0", "vacuum analyze")
    say(f"{PROCEDURES:,} procedures, statistics: {time.perf_counter() - begin:.0f} s")
    begin = time.perf_counter()
    statistics.refresh(by=SYSTEM, at=now)
    _run("vacuum analyze statistics_monthline", "checkpoint", "set statement_timeout = '60s'")
    say(f"months counted and closed: {time.perf_counter() - begin:.0f} s")


def _run(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _procedures(now: datetime) -> None:
    """The sample catalogue, and as many variations of it as a province's catalogue has procedures."""
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.modules.procedures import actions, queries

    seeds = queries.seed_rows()
    rows = []
    for number in range(PROCEDURES - len(seeds)):
        row = dict(seeds[number % len(seeds)])
        subject = _SUBJECTS[number % len(_SUBJECTS)]
        rows.append(row | {"code": f"9.{number:06d}", "name": f"{row['name']} của {subject} loại {number // 17 + 1}"})
    actions.import_rows(rows, dry_run=False, by=SYSTEM, at=now, publish_on=date(2026, 1, 1))


# Columns that differ in a copy; k is the copy's number, %(cases)s and %(entries)s how many ids the originals take.
_COPIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("cases_case", {
        "id": "id + k * %(cases)s",
        "number": "number || '-' || k",
        "owner_id": "owner_id + k * %(citizens)s",
        "lookup_key": "substr(md5(lookup_key || k), 1, 16)",
        "needle": "needle || ' ' || k",
        "opened_at": "opened_at + k * interval '7 seconds'",
        "urgent_at": "case when urgent_at > '9000-01-01' then urgent_at else urgent_at + k * interval '7 minutes' end",
    }),
    ("dossiers_dossier", {"case_id": "case_id + k * %(cases)s", "request_key": "null"}),
    ("processes_step", {"case_id": "case_id + k * %(cases)s"}),
    ("cases_promise", {"case_id": "case_id + k * %(cases)s"}),
    ("dossiers_supplement", {"dossier_id": "dossier_id + k * %(cases)s"}),
    ("dossiers_part", {"dossier_id": "dossier_id + k * %(cases)s"}),
    ("dossiers_paper", {"dossier_id": "dossier_id + k * %(cases)s"}),
    ("journal_entry", {"id": "id + k * %(entries)s", "case_id": "case_id + k * %(cases)s"}),
    ("facts_projected", {"entry_id": "entry_id + k * %(entries)s"}),
    ("facts_fact", {"case_id": "case_id + k * %(cases)s", "entry_id": "entry_id + k * %(entries)s"}),
)  # fmt: skip


def _multiply(times: int, citizens: int) -> None:
    """Every dossier so many times, with its history, steps, papers and figures. Seals of copies do not fit: nobody
    verifies them here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("set session_replication_role = replica")
        cursor.execute("select (select max(id) from cases_case), (select max(id) from journal_entry)")
        cases, entries = cursor.fetchone()
        sizes = {"cases": cases, "entries": entries, "citizens": citizens}
        for table, changed in _COPIES:
            columns = _columns(cursor, table, changed)
            values = ", ".join(changed.get(name, f'"{name}"') % sizes for name in columns)
            where = "where case_id is not null" if table in ("journal_entry", "facts_fact") else ""
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"insert into {table} ({names})"
                f" select {values} from {table} cross join generate_series(1, {times - 1}) k {where}"
            )
        for table in ("facts_dayfigure", "facts_monthfigure", "facts_standing"):
            cursor.execute(f"update {table} set number = number * {times}")
        for table in ("cases_case", "journal_entry"):
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
        cursor.execute("set session_replication_role = origin")
        cursor.execute("set statement_timeout = '60s'")


def _columns(cursor: object, table: str, changed: dict[str, str]) -> list[str]:
    """The table's columns but for an id that counts itself."""
    cursor.execute(  # type: ignore[attr-defined]
        "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER'"
        " and table_schema = 'public' order by ordinal_position",
        [table],
    )
    names = [row[0] for row in cursor.fetchall()]  # type: ignore[attr-defined]
    return [name for name in names if name != "id" or "id" in changed]
