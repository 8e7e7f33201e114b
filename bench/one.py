"""All operations at one size, in a process and on a database server of their own: ``python -m bench.one``.

Takes the data folder, the number of dossiers and the file for the figures; started by ``bench.__main__``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mode
from typing import TYPE_CHECKING, Any

from bench.ground import database
from bench.loading import Ask, Run, run
from bench.serving import Server, postgres_cpu, serving

if TYPE_CHECKING:
    from bench.operations import Operation

READ_SECONDS, MOST_READS = 1.5, 3_000
WRITES = {1: 80, 8: 240}
CLIENTS = (1, 8)
PREPARING = {"most": 100_000, "seconds": 120.0}


def main(home: Path, dossiers: int, out: Path, only: str = "") -> None:
    with database(home):
        _prepare(home, dossiers)
        out.write_text(json.dumps(_measure(home, dossiers, only), ensure_ascii=False, indent=1))


def say(words: str) -> None:
    print(f"    {time.strftime('%X')} {words}", file=sys.stderr, flush=True)


def _prepare(home: Path, dossiers: int) -> None:
    from bench.filling import fill
    from tinhso.config.cli import statics

    mark = home / "filled"
    if not mark.exists():
        fill(dossiers, say)
        mark.touch()
    statics.collect()


def _measure(home: Path, dossiers: int, only: str) -> dict[str, Any]:
    from bench import clock, operations

    world = operations.World()
    asked = (one for one in (*operations.reads(world), *operations.writes(world)) if not only or only in one.name)
    found, memory = measured_together(home, asked)
    title = f"{dossiers:,} dossiers"
    return {
        "title": title,
        "dossiers": dossiers,
        "operations": found,
        "clock_us": clock.measure(),
        "web_memory_mib": memory,
    }


def measured_together(home: Path, asked: Iterable[Operation]) -> tuple[dict[str, Any], list[float]]:
    """What operations cost the platform and the bare program, on the server of ``home``; MiB of each web process."""
    from tinhso.config.cli.ready import close_connections
    from tinhso.config.embedded import embedded_url

    postmaster = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    bare = {"BENCH_DATABASE": embedded_url(home)}
    (home / "log").mkdir(exist_ok=True)
    found: dict[str, Any] = {}
    with (
        serving("tinhso.config.wsgi:application", {}, home / "log" / "web.log", "/healthz") as ours,
        serving("bench.raw:application", bare, home / "log" / "raw.log", "/nothing") as raw,
    ):
        for each in asked:
            close_connections()
            found[each.name] = _operation(each, ours, raw, postmaster)
            say(f"{each.name}: {found[each.name]['ours']['cpu_ms']:.2f} ms")
        return found, ours.memory()


def _operation(each: Operation, ours: Server, raw: Server, postmaster: int) -> dict[str, Any]:
    from bench.operations import WRITE

    def send(asks: Callable[[], Ask | None]) -> None:
        _checked(run(ours.port, 2, asks, **PREPARING))

    if each.before:
        each.before(send)
    is_write = each.kind == WRITE
    return {
        "kind": each.kind,
        "statements": _statements(each.ours),
        "most_statements": each.most_statements,
        "ours": _measured(ours, each.ours, postmaster, is_write),
        "raw": _measured(raw, each.raw, postmaster, is_write),
    }


def _measured(server: Server, asks: Callable[[], Ask | None], postmaster: int, is_write: bool) -> dict[str, Any]:
    """Warmed up, then each number of clients; processor time is that of all runs by the number of their requests."""
    _checked(run(server.port, 4, asks, most=12 if is_write else 60, seconds=10))
    time.sleep(0.2)
    web, database, runs = server.cpu(), postgres_cpu(postmaster), []
    for clients in CLIENTS:
        most = WRITES[clients] if is_write else MOST_READS
        runs.append(_checked(run(server.port, clients, asks, most=most, seconds=60 if is_write else READ_SECONDS)))
    count = sum(len(one.seconds) for one in runs)
    web_ms = (server.cpu() - web) / count * 1000
    database_ms = (postgres_cpu(postmaster) - database) / count * 1000
    figures: dict[str, Any] = {
        "requests": count,
        "web_ms": web_ms,
        "database_ms": database_ms,
        "cpu_ms": web_ms + database_ms,
    }
    for one in runs:
        figures[f"clients_{one.clients}"] = {
            "p50_ms": one.at(0.50),
            "p95_ms": one.at(0.95),
            "p99_ms": one.at(0.99),
            "per_second": len(one.seconds) / one.whole,
        }
    return figures


def _checked(result: Run) -> Run:
    if result.wrong or not result.seconds:
        raise RuntimeError(f"{len(result.wrong)} answers were not expected: {result.wrong[:3]}")
    return result


def _statements(asks: Callable[[], Ask | None]) -> int:
    """How many statements a request sends, once what is remembered has been read: of five, what most of them send."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, counted = Client(SERVER_NAME="localhost"), [0]
    for _ in range(8):
        ask = asks()
        if ask is None:
            break
        headers = dict(ask.headers)
        kind = headers.pop("Content-Type", "application/octet-stream")
        with CaptureQueriesContext(connection) as sent:
            answer = client.generic(ask.method, ask.path, ask.body or b"", kind, headers=headers)
        if answer.status_code != ask.expected:
            raise RuntimeError(f"{answer.status_code} {ask.path}: {answer.content[:300]!r}")
        counted.append(sum(not one["sql"].startswith(("BEGIN", "COMMIT")) for one in sent))
    return mode(counted[-5:])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
