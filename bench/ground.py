"""Where each part of the bench stands: a PostgreSQL server of its own with all tables and nothing in them.

Making the tables takes half a minute of the processor, so ``make bench`` has it done once (``python -m bench.ground
FOLDER``), and each part begins with a copy of that server's data.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
EMPTY = "BENCH_EMPTY"  # environment: the folder with the server that has empty tables
UNITS = {"k": 1_000, "m": 1_000_000}


def number(text: str) -> int:
    """``10k`` → 10,000."""
    return int(float(text[:-1]) * UNITS[text[-1].lower()]) if text[-1].lower() in UNITS else int(text)


@contextlib.contextmanager
def database(home: Path) -> Iterator[None]:
    """A server of its own under ``home`` as long as the block lasts, with Django set up on it and every table made."""
    os.environ.update(TINHSO_HOME=str(home), DATABASE_URL="", DJANGO_SETTINGS_MODULE="tinhso.config.settings")
    os.environ.setdefault("TINHSO_LOG_LEVEL", "WARNING")
    from tinhso.config import embedded

    is_ready = _copied(home)
    embedded.prepare(home)
    with embedded.running(home):
        import django

        django.setup()
        from django.core.management import call_command

        from tinhso.config.cli.ready import close_connections

        try:
            if not is_ready:
                call_command("migrate", verbosity=0, interactive=False)
            yield
        finally:
            close_connections()


def _copied(home: Path) -> bool:
    """Whether a server with empty tables was there to be copied, and ``home`` had none of its own."""
    data, source = home / "postgres", os.environ.get(EMPTY)
    if not source or data.exists():
        return False
    home.mkdir(parents=True, exist_ok=True)
    # ``cp`` keeps the owner: the server refuses to run as root.
    subprocess.run(["cp", "-a", "--reflink=auto", str(Path(source) / "postgres"), str(data)], check=True)
    return True


@contextlib.contextmanager
def room(kept: Path | None = None) -> Iterator[Path]:
    """A folder for a server: one that is kept, or one that goes with the block."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    folder = Path(tempfile.mkdtemp(prefix="tinhso-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def written(found: Any, name: str = "") -> Path:
    """The figures in a file of ``bench/results``; says where."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y-%m-%d-%H%M%S')}{name and '-' + name}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    print(f"Figures: {path}", flush=True)
    return path


def missed(found: dict[str, Any], most: dict[str, float], least: dict[str, float] | None = None) -> list[str]:
    """In words, which figures are above what is wanted at most or below what is wanted at least; says so."""
    above = [f"{name} {found[name]:.4g} > {wanted:g}" for name, wanted in most.items() if found[name] > wanted]
    below = [f"{name} {found[name]:.4g} < {wanted:g}" for name, wanted in (least or {}).items() if found[name] < wanted]
    print("as wanted" if not above + below else "not as wanted: " + ", ".join(above + below), flush=True)
    return above + below


def said(found: dict[str, Any]) -> None:
    """The figures one below the other."""
    wide = max(len(name) for name in found) + 2
    for name, value in found.items():
        print(f"{name:>{wide}} {value:>14,.4f}" if isinstance(value, float) else f"{name:>{wide}} {value:>14,}")


def rows_together(connection: Any, *statements: str, **values: Any) -> None:
    """Statements that take long, one after the other, without the time limit of a page."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement, values or None)
        cursor.execute("set statement_timeout = '60s'")


def province() -> None:
    """The demonstration's province with its units."""
    from tinhso.config.cli.init import found

    found("H53")


def cpu_now() -> float:
    """CPU seconds so far of this process and of the database's process that serves it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        return time.process_time() + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return time.process_time()


def cpu(work: Callable[[], Any]) -> float:
    """Seconds of this process's processor time that something takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    with database(Path(sys.argv[1])):
        pass
