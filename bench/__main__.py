"""``make bench`` or ``python -m bench [--sizes 10k,100k] [--full]``: a table on the screen, the figures in a file."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.report import table

RESULTS = Path(__file__).parent / "results"
UNITS = {"k": 1_000, "m": 1_000_000}


def number(text: str) -> int:
    """``10k`` → 10,000."""
    return int(float(text[:-1]) * UNITS[text[-1].lower()]) if text[-1].lower() in UNITS else int(text)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measures the platform's speed; see bench/README.md.")
    parser.add_argument("--sizes", default="10k,100k", help="numbers of dossiers, e.g. 10k,100k,1M")
    parser.add_argument("--full", action="store_true", help="also a million dossiers: half an hour and 15 GB")
    parser.add_argument("--folder", type=Path, help="keep the filled databases here and use them again")
    parser.add_argument("--only", default="", help="only operations whose name contains this")
    asked = parser.parse_args()
    sizes = [number(one) for one in asked.sizes.split(",")] + ([UNITS["m"]] if asked.full else [])
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="tinhso-bench-"))
    found: list[dict[str, Any]] = []
    try:
        for size in dict.fromkeys(sizes):
            print(f"{size:,} dossiers", file=sys.stderr, flush=True)
            found.append(_size(folder, size, asked.only))
    finally:
        if not asked.folder:
            shutil.rmtree(folder, ignore_errors=True)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    lines, is_good = table(found)
    print(lines)
    print(f"\nFigures: {path}", flush=True)
    return (
        0 if all((is_good, asked.only or _reports(asked.full), asked.only or _scores(), asked.only or _around())) else 1
    )


def _reports(is_full: bool) -> bool:
    """Reports on the map, in a province of their own: 100,000 of them, or a million; whether all is as wanted."""
    print("\nreports on the map", flush=True)
    sizes = "10k,1M" if is_full else "10k,100k"
    return _python("-m", "bench.field_reports", "--sizes", sizes).returncode == 0


def _scores() -> bool:
    """Scores of a whole country, in a database of their own; whether all is as wanted."""
    print("\nscores of a whole country", flush=True)
    return _python("-m", "bench.scorecards").returncode == 0


def _around() -> bool:
    """Money, dossiers from the national portal and a reorganisation, each in a database of its own."""
    done = []
    for part in ("payments", "national_portal", "reorganisation"):
        print(f"\n{part}", flush=True)
        done.append(_python("-m", f"bench.{part}").returncode == 0)
    return all(done)


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
