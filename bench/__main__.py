"""``make bench`` or ``python -m bench [--sizes 10k,100k] [--full]``: a table on the screen, the figures in a file."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.ground import EMPTY, UNITS, number, room, written
from bench.report import table

# What follows the usual operations: words, module, options of a usual run and of a full one.
PARTS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("reports on the map", "field_reports", ("--sizes", "10k,100k"), ("--sizes", "10k,1M")),
    ("scores of a whole country", "scorecards", (), ()),
    ("figures of a whole country", "national", (), ("--whole",)),
    ("figures that keep up", "indicators", ("--seconds", "10"), ("--entries", "700k")),
    ("money", "payments", ("--lines", "20k"), ("--lines", "100k")),
    ("the national portal", "national_portal", ("--number", "1500"), ("--number", "10k")),
    ("a reorganisation", "reorganisation", ("--number", "3k"), ("--number", "100k")),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measures the platform's speed; see bench/README.md.")
    parser.add_argument("--sizes", default="10k,100k", help="numbers of dossiers, e.g. 10k,100k,1M")
    parser.add_argument("--full", action="store_true", help="also a million dossiers and a whole country: 15 GB")
    parser.add_argument("--folder", type=Path, help="keep the filled databases here and use them again")
    parser.add_argument("--only", default="", help="only operations or parts whose name contains this")
    asked = parser.parse_args()
    sizes = [number(one) for one in asked.sizes.split(",")] + ([UNITS["m"]] if asked.full else [])
    begin = time.monotonic()
    with room() as empty, room(asked.folder) as folder:
        _python("-m", "bench.ground", str(empty)).check_returncode()
        os.environ[EMPTY] = str(empty)
        is_good = _operations(folder, sizes, asked.only) if _has_operation(asked.only) else True
        done = [_part(*one, is_full=asked.full) for one in PARTS if asked.only in one[1]]
    print(f"\n{(time.monotonic() - begin) / 60:.0f} minutes")
    return 0 if is_good and all(done) else 1


def _has_operation(only: str) -> bool:
    """Whether something else than one of the parts is asked for."""
    return not only or not any(only in module for _words, module, _usual, _full in PARTS)


def _operations(folder: Path, sizes: list[int], only: str) -> bool:
    found: list[dict[str, Any]] = []
    for size in dict.fromkeys(sizes):
        print(f"{size:,} dossiers", file=sys.stderr, flush=True)
        found.append(_size(folder, size, only))
    lines, is_good = table(found)
    print(lines)
    written(found)
    return is_good


def _part(words: str, module: str, usual: tuple[str, ...], full: tuple[str, ...], *, is_full: bool) -> bool:
    """A part in a process and a database of its own; whether all is as wanted."""
    print(f"\n{words}", flush=True)
    return _python("-m", f"bench.{module}", *(full if is_full else usual)).returncode == 0


def _size(folder: Path, size: int, only: str) -> dict[str, Any]:
    """One size in a process of its own, which stops the servers it starts."""
    home = folder / str(size)
    home.mkdir(parents=True, exist_ok=True)
    out = home / "figures.json"
    _python("-m", "bench.one", str(home), str(size), str(out), only).check_returncode()
    return dict(json.loads(out.read_text()))


def _python(*command: str) -> subprocess.CompletedProcess[bytes]:
    source = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source / "src"), str(source)])}
    return subprocess.run([sys.executable, *command], env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main())
