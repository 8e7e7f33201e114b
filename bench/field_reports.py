"""Reports on the map: ``python -m bench.field_reports [--sizes 10k,1M]``.

Each size holds so many reports around the communes' centres, 90 % of them done, made inside the database from one that
was filed; their points and clusters too. Measured in this process with all that a request takes: filing through Open311
and the page, the 20 nearest to a place, clusters of the province, of a town and of streets, lists, the desk's triage.
Wanted: the largest size costs at most 1.3 times the smallest, filing at most 15 statements, a cluster answer at most
3 times the bare indexed read of the rows it adds up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench.ground import cpu_now, database, number, province, room, written

MOST_TIMES, MOST_STATEMENTS, MOST_TIMES_RAW = 1.3, 15, 3.0
ROUNDS = 25
ROOM = 50_000_000  # ids for copies; what is filed afterwards comes behind them
CASES = """
insert into cases_case ({columns}) select {values}
from cases_case c, generate_series(%(first)s, %(last)s) k where c.id = %(case)s
"""
# Columns of copies; k is the copy's number. Of a hundred three wait for the desk, seven are worked on, ninety are done.
_SHARE = "case when k %% 100 < 3 then {0} when k %% 100 < 10 then {1} else {2} end"
_AT = "now() - (k %% 1051200) * interval '1 minute'"
CASE_CHANGES = {
    "id": "%(base)s + k",
    "number": "'PA-2020-' || lpad(k::text, 7, '0')",
    "lookup_key": "substr(md5(k::text), 1, 16)",
    "state": _SHARE.format("'received'", "'assigned'", "'published'"),
    "phase": _SHARE.format("0", "0", "3"),
    "opened_at": _AT,
    "updated_at": _AT,
    "settled_at": _SHARE.format("null", "null", _AT + " + interval '2 days'"),
    "urgent_at": _SHARE.format("now() + (k %% 900) * interval '1 minute'", "now() + interval '1 day'", "'9999-12-31'"),
}
REPORT_CHANGES = {
    "case_id": "%(base)s + k",
    "received_at": _AT,
    "category": "(array['GT01','CS01','MT02','TN02','TD01'])[1 + k %% 5]",
    "is_public": "k %% 100 >= 3",
    "commune_id": "p.commune",
    "latitude": "p.lat",
    "longitude": "p.lon",
    "public_latitude": "p.lat",
    "public_longitude": "p.lon",
    "request_key": "null",
}
REPORTS = """
with p as (
    select k, u.id as commune, u.latitude + ((hashint4(k) & 1023) + (hashint4(k + 1) & 1023) - 1023) / 51200.0 as lat,
        u.longitude + ((hashint4(k + 2) & 1023) + (hashint4(k + 3) & 1023) - 1023) / 51200.0 as lon
    from generate_series(%(first)s, %(last)s) k
    join units_unit u on u.id = (%(communes)s)[1 + abs(hashint4(k + 7)) %% %(number)s]
)
insert into field_reports_report ({columns}) select {values}
from field_reports_report r, p where r.case_id = %(case)s
"""
POINTS = """
insert into places_mappoint (layer, key, cell, longitude, latitude, kind, status, commune_id, at, done_at)
select 'field_reports', r.case_id, pg_temp.cell(r.public_longitude, r.public_latitude), r.public_longitude,
    r.public_latitude, r.category,
    case when c.settled_at is null then 'open'
        when c.settled_at > now() - interval '30 days' then 'done' else 'old' end,
    r.commune_id, r.received_at, c.settled_at
from field_reports_report r join cases_case c on c.id = r.case_id
where r.is_public and r.case_id > %(base)s + %(first)s - 1
"""
CELL = """
create or replace function pg_temp.cell(lon float, lat float) returns bigint language plpgsql immutable as $$
declare x bigint := floor((lon + 180) / 360 * 16777216);
    s float := sin(radians(lat)); y bigint; r bigint := 0; i int;
begin
    y := floor((0.5 - ln((1 + s) / (1 - s)) / (4 * pi())) * 16777216);
    for i in 0..23 loop r := r | (((x >> i) & 1) << (2 * i)) | (((y >> i) & 1) << (2 * i + 1)); end loop;
    return r;
end $$
"""
BARE = """
select cell, number, longitudes, latitudes from places_mapcluster
where layer = 'field_reports' and level = %s and kind = '' and period = '' and commune = 0 and cell between %s and %s
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.field_reports", description=__doc__)
    parser.add_argument("--sizes", default="10k,100k", help="numbers of reports, ascending")
    parser.add_argument("--burst", type=int, default=10, help="seconds of 200 reports a second from programs; 0: none")
    parser.add_argument("--folder", type=Path, help="keep the filled database here and use it again")
    asked = parser.parse_args()
    sizes = [number(one) for one in asked.sizes.split(",")]
    os.environ["TINHSO_LOG_LEVEL"] = "ERROR"
    with room(asked.folder) as home, database(home):
        province()
        found = [measured(size) for size in sizes]
    written(found, "field-reports")
    good = verdict(found)
    is_kept = not asked.burst or burst(asked.burst)
    return 0 if good and is_kept else 1


def burst(seconds: int) -> bool:
    """A flood from 32 programs against a platform in its own processes: stored and told to come back in a second, and
    whether none was lost or doubled. Each program sends again what was not acknowledged until all is."""
    asked = [sys.executable, "-m", "tests.bad_days.burst", "--rate", "200", "--seconds", str(seconds)]
    ended = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=False)
    told = json.loads(ended.stdout.strip().splitlines()[-1]) if ended.stdout.strip() else {}
    if told:
        print(
            f"{told['reports']:>10,} in a burst: stored {told['acknowledged'] / told['seconds']:.0f} a second, told to"
            f" come back {told['told to come back'] / told['seconds']:.0f} a second, lost {told['lost']}, doubled"
            f" {told['doubled']}, answers p50 {told['answer p50 ms']} ms, p99 {told['p99 ms']} ms"
        )
    return ended.returncode == 0


def verdict(found: list[dict[str, Any]]) -> bool:
    """Print a line for each operation and size; whether all is as wanted."""
    good = True
    for name in found[0]["operations"]:
        first = found[0]["operations"][name]
        for one in found:
            got = one["operations"][name]
            growth = got["cpu_ms"] / max(first["cpu_ms"], 0.01)
            times = got["cpu_ms"] / got["raw_ms"] if got.get("raw_ms") else 0.0
            raw = f"{times:6.1f} x raw" if times else " " * 12
            print(
                f"{one['reports']:>10,} {name:<24} {got['statements']:>3} SQL {got['cpu_ms']:8.2f} ms CPU"
                f" {got['ms']:8.2f} ms {raw} growth {growth:5.2f}"
            )
            good = good and growth <= MOST_TIMES and got["statements"] <= MOST_STATEMENTS and times <= MOST_TIMES_RAW
    return good


def measured(size: int) -> dict[str, Any]:
    begin = time.perf_counter()
    fill(size)
    filled = time.perf_counter() - begin
    print(f"{size:,} reports: filled in {filled:.0f} s", flush=True)
    return {"reports": size, "fill_seconds": round(filled), "operations": dict(operations())}


def fill(size: int) -> None:
    """Have so many reports, their points and clusters; what is there stays."""
    from django.db import connection
    from django.utils import timezone

    from tinhso.kernel.places import points
    from tinhso.kernel.units.models import Unit
    from tinhso.modules.field_reports.actions import counting, editions
    from tinhso.modules.field_reports.models import Report

    at = timezone.now()
    if not Report.objects.exists():
        editions.load_seeds(at=at)
        pattern = _pattern(at)
    else:
        pattern = Report.objects.order_by("case_id")[0]  # the first, from which all are copied
    known = Report.objects.filter(case__number__startswith="PA-2020-").count()
    if known > size:
        raise SystemExit(f"the folder holds {known:,} reports already, more than {size:,}")
    communes = list(
        Unit.objects.communes().filter(ends_on__isnull=True, latitude__isnull=False).values_list("id", flat=True)
    )
    said = {"base": pattern.pk + 1_000, "first": known + 1, "last": size, "case": pattern.pk,
            "communes": communes, "number": len(communes)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("set session_replication_role = replica")
        cursor.execute(CELL)
        _copy(cursor, CASES, "cases_case", "c", CASE_CHANGES, said)
        _copy(cursor, REPORTS, "field_reports_report", "r", REPORT_CHANGES, said)
        _plain(cursor, POINTS, said)
        cursor.execute("set session_replication_role = default")
        cursor.execute(
            "select setval(pg_get_serial_sequence('cases_case', 'id'),"
            f" greatest({pattern.pk + ROOM}, nextval(pg_get_serial_sequence('cases_case', 'id'))))"
        )
    points.count_anew("field_reports")
    counting.rebuild()
    with connection.cursor() as cursor:
        for table in ("cases_case", "field_reports_report", "places_mappoint", "places_mapcluster",
                      "field_reports_countedreport", "field_reports_reportfigure"):  # fmt: skip
            cursor.execute(f"vacuum analyze {table}")
        cursor.execute("set statement_timeout = '60s'")


def _copy(cursor: Any, statement: str, table: str, alias: str, changes: dict[str, str], said: dict[str, Any]) -> None:
    cursor.execute("select column_name from information_schema.columns where table_name = %s", [table])
    names = [row[0] for row in cursor.fetchall()]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(changes.get(name, f'{alias}."{name}"') for name in names)
    _plain(cursor, statement.format(columns=columns, values=values), said)


def _plain(cursor: Any, statement: str, said: dict[str, Any]) -> None:
    """With the numbers written in: the server must know their types."""
    lists = {name: f"array{value}::bigint[]" if isinstance(value, list) else value for name, value in said.items()}
    cursor.execute(statement % lists)


def _pattern(at: Any) -> Any:
    from tinhso.kernel.units.models import Unit
    from tinhso.modules.field_reports.actions.filing import NewReport, file
    from tinhso.modules.field_reports.rules.places import Point
    from tinhso.modules.field_reports.rules.states import Channel

    here = Unit.objects.get(code="xa-25459")
    new = NewReport(
        text="Ổ gà rất sâu trước chợ, xe máy té nhiều lần.", channel=Channel.PHONE, category="GT01",
        place=Point(here.latitude or 0, here.longitude or 0),
    )  # fmt: skip
    return file(new, at=at)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation with its median cost."""
    from django.test import Client

    from tinhso.kernel.places import shapes

    client, rng = Client(headers={"host": "localhost"}), Random(5)
    official, key = _official(), _key()
    west, south, east, north = shapes.bounds()

    def somewhere() -> tuple[float, float]:
        return rng.gauss(106.1, 0.05), rng.gauss(11.31, 0.05)

    def view(width: float, zoom: int) -> Callable[[], Any]:
        def ask() -> Any:
            lon, lat = somewhere()
            box = f"{lon - width},{lat - width},{lon + width},{lat + width}"
            return client.get(f"/phan-anh/ban-do.json?khung={box}&muc={zoom}")

        return ask

    def near() -> Any:
        lon, lat = somewhere()
        return client.get(f"/phan-anh/quanh-day/?lat={lat}&lon={lon}")

    def by_program() -> Any:
        said = {"api_key": key, "service_code": "GT01", "lat": 11.3153, "long": 106.103,
                "description": f"Ổ gà số {rng.random()} ở đầu đường."}  # fmt: skip
        return client.post("/open311/v2/requests.json", said)

    def by_page() -> Any:
        said = {"text": f"Đèn đường tắt {rng.random()}.", "category": "CS01", "lat": "11.3153", "lon": "106.103"}
        return client.post("/phan-anh/gui/", said, REMOTE_ADDR=f"10.{rng.randrange(255)}.{rng.randrange(255)}.7")

    whole = f"{west},{south},{east},{north}"
    asked: dict[str, tuple[Callable[[], Any], int, float]] = {
        "file by Open311": (by_program, 200, 0.0),
        "file by page": (by_page, 302, 0.0),
        "20 nearest": (near, 200, 0.0),
        "clusters of the province": (lambda: client.get(f"/phan-anh/ban-do.json?khung={whole}&muc=9"), 200, _bare(12)),
        "clusters of a town": (view(0.05, 12), 200, 0.0),
        "clusters of streets": (view(0.01, 15), 200, 0.0),
        "newest reports": (lambda: client.get("/phan-anh/?loai=CS01"), 200, 0.0),
        "list by Open311": (lambda: client.get("/open311/v2/requests.json?page_size=20&service_code=GT01"), 200, 0.0),
        "figures of the year": (lambda: client.get("/phan-anh/so-lieu/"), 200, 0.0),
        "triage": (lambda: official.get("/lam-viec/phan-anh/phan-loai/"), 200, 0.0),
    }
    for name, (ask, expected, raw) in asked.items():
        yield name, _measure(name, ask, expected) | ({"raw_ms": raw} if raw else {})


def _measure(name: str, ask: Callable[[], Any], expected: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    spent: list[tuple[float, float]] = []
    for turn in range(ROUNDS + 5):
        _forgive()
        cpu, clock = cpu_now(), time.perf_counter()
        answer = ask()
        assert answer.status_code == expected, (name, answer.status_code, answer.content[:300])
        if turn >= 5:
            spent.append((cpu_now() - cpu, time.perf_counter() - clock))
    _forgive()
    with CaptureQueriesContext(connection) as statements:
        ask()
    kept = [
        one for one in statements if one["sql"].split()[0].lower() not in ("begin", "commit", "savepoint", "release")
    ]
    return {
        "cpu_ms": round(1000 * median(a for a, _ in spent), 2),
        "ms": round(1000 * median(b for _, b in spent), 2),
        "statements": len(kept),
    }


def _forgive() -> None:
    """One address asks more often here than people do."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("delete from api_limit")


def _bare(level: int) -> float:
    """The bare read of the clusters of the province by their index, decoded to JSON, in milliseconds of CPU."""
    from django.db import connection

    from tinhso.kernel.places import grid, onmap, shapes

    spans = onmap.View(*shapes.bounds(), zoom=9).spans()
    shift = 2 * (grid.FINEST - level)
    spent = []
    with connection.cursor() as cursor:
        for _ in range(ROUNDS):
            cpu = cpu_now()
            rows: list[Any] = []
            for one in spans:
                cursor.execute(BARE, [level, one.first >> shift, one.last >> shift])
                rows += cursor.fetchall()
            json.dumps([[float(one) for one in row] for row in rows])
            spent.append(cpu_now() - cpu)
    return round(1000 * median(spent), 2)


def _key() -> str:
    from django.utils import timezone

    from tinhso.kernel.api.actions import create_key
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.testing import people

    account = people.citizen(f"bench{time.monotonic_ns()}")
    return create_key(account_id=account.pk, name="bench", scopes=["write"], by=SYSTEM, at=timezone.now())[1]


def _official() -> Any:
    """An operator of the desk, signed in."""
    from django.test import Client
    from django.utils import timezone

    from tinhso.kernel.testing import people
    from tinhso.kernel.units.models import Unit
    from tinhso.modules.field_reports.queries.catalogue import catalogue_on
    from tinhso.modules.field_reports.queries.places import desk_unit

    desk = Unit.objects.get(pk=desk_unit(catalogue_on(timezone.localdate())[1]))
    account = people.official(f"bench{time.monotonic_ns()}", desk, "field_reports.operator")
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client


if __name__ == "__main__":
    sys.exit(main())
