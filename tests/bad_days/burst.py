"""A burst of reports: ``python -m tests.bad_days.burst [--rate 200] [--seconds 60] [--clients 32]``.

A flood, a storm: programs send so many reports a second to a platform in its own processes. Each client waits for its
answer before it sends the next, gives up on some answers without reading them, and sends again what was not
acknowledged, under the same name. In the end every report is there exactly once; whoever was not served was told when
to come back.
"""

from __future__ import annotations

import argparse
import contextlib
import heapq
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from tests.running import Running, found, running

from tinhso.config import embedded

PATH = "/open311/v2/requests.json"
KEYS = 8
IMPATIENT = 25  # every so many-th report is sent by a program that hangs up before the answer
AGAIN_AFTER = 1.0  # seconds after a lost connection


@dataclass
class Burst:
    """What is sent and what came of it. ``stored`` holds the code under which each report was acknowledged."""

    port: int
    keys: Sequence[str]
    rate: float
    seconds: float
    stored: dict[int, str] = field(default_factory=dict)
    told: int = 0
    hung_up: int = 0
    wrong: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.number = int(self.rate * self.seconds)
        self._begin = time.monotonic()
        self._due = [(self._begin + n / self.rate, n) for n in range(self.number)]  # in order, so a heap already
        self._lock = threading.Lock()

    def run(self, clients: int, patience: float) -> float:
        """Send all of it with so many clients; the seconds until the last was acknowledged."""
        threads = [threading.Thread(target=self._client, args=(self._begin + patience,)) for _ in range(clients)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return time.monotonic() - self._begin

    def _client(self, end: float) -> None:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while len(self.stored) < self.number and not self.wrong and time.monotonic() < end:
            with self._lock:
                moment, n = heapq.heappop(self._due) if self._due else (end, -1)
            if n < 0:
                time.sleep(0.05)  # another client still waits for an answer
                continue
            time.sleep(max(0.0, moment - time.monotonic()))
            self._send(line, n)
        line.close()

    def _send(self, line: HTTPConnection, n: int) -> None:
        said = {"api_key": self.keys[n % len(self.keys)], "service_code": "GT01", "lat": 11.3153, "long": 106.103,
                "description": f"Nước ngập, ổ gà sâu giữa đường, báo số #{n}."}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": f"mua-lon-{n:08d}"}
        begin = time.monotonic()
        try:
            line.request("POST", PATH, urlencode(said), headers)
            if n % IMPATIENT == 0 and n not in self._given_up:
                self._given_up.add(n)
                self.hung_up += 1
                line.close()
                return self._again(n, AGAIN_AFTER)
            answer = line.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            line.close()
            return self._again(n, AGAIN_AFTER)
        self.waited.append(time.monotonic() - begin)
        return self._judge(n, answer.status, answer.getheader("Retry-After", ""), body)

    _given_up: set[int] = field(default_factory=set)

    def _judge(self, n: int, status: int, retry_after: str, body: bytes) -> None:
        if status == 200:
            self.stored[n] = json.loads(body)[0]["service_request_id"]
        elif status in (429, 503) and retry_after.isdecimal():
            self.told += 1
            self._again(n, float(retry_after))
        else:
            self.wrong.append(f"{status} {retry_after} {body[:200]!r}")

    def _again(self, n: int, seconds: float) -> None:
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + seconds, n))

    def kept(self, home: Path) -> tuple[Counter[int], dict[int, str]]:
        """What the database holds: how often each report, and under which code."""
        with psycopg.connect(embedded.embedded_url(home)) as connection:
            rows = connection.execute(
                "select substring(r.text from '#([0-9]+)')::int, c.number from field_reports_report r"
                " join cases_case c on c.id = r.case_id where r.request_key is not null and r.channel = 'open311'"
            ).fetchall()
        return Counter(n for n, _ in rows), dict(rows)


def prepare(platform: Running, keys: int = KEYS) -> list[str]:
    """A province that takes reports, and keys of so many programs."""
    said = platform.run("-m", "tests.bad_days.burst", "--make-keys", str(keys))
    made: list[str] = json.loads(said.strip().splitlines()[-1])
    return made


def _make_keys(number: int) -> list[str]:
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from tinhso.config.cli.init import found as found_province
    from tinhso.kernel.api.actions import create_key
    from tinhso.kernel.people.rules import SYSTEM
    from tinhso.kernel.testing import people
    from tinhso.modules.field_reports.actions import editions

    at = timezone.now()
    with transaction.atomic():
        found_province("H53")
        editions.load_seeds(at=at)
        programs = [people.citizen(f"chuong-trinh-{n}") for n in range(number)]
        return [
            create_key(account_id=one.pk, name="mưa lớn", scopes=["write"], by=SYSTEM, at=at)[1] for one in programs
        ]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
    parser = argparse.ArgumentParser(prog="tests.bad_days.burst", description=__doc__)
    parser.add_argument("--rate", type=float, default=200, help="reports a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--make-keys", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make_keys:
        print(json.dumps(_make_keys(asked.make_keys)))
        return 0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tinhso-burst-")))
        platform = stack.enter_context(running(folder / "home", like=found(folder / "founded")))
        burst = Burst(platform.port, prepare(platform), asked.rate, asked.seconds)
        seconds = burst.run(asked.clients, patience=20 * asked.seconds)
        return told(burst, seconds, platform.home)


def told(burst: Burst, seconds: float, home: Path) -> int:
    """Print what happened; 0 when nothing was lost or doubled."""
    counts, codes = burst.kept(home)
    lost, doubled = burst.number - len(counts), sum(n > 1 for n in counts.values())
    other = sum(codes.get(n) != code for n, code in burst.stored.items())
    waits = sorted(burst.waited)
    figures: dict[str, Any] = {
        "reports": burst.number, "acknowledged": len(burst.stored), "seconds": round(seconds, 1),
        "told to come back": burst.told, "hung up": burst.hung_up, "lost": lost, "doubled": doubled,
        "acknowledged under another code": other, "refused otherwise": burst.wrong[:3],
        "answer p50 ms": round(1000 * waits[len(waits) // 2]), "p99 ms": round(1000 * waits[len(waits) * 99 // 100]),
    }  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False))
    good = len(burst.stored) == burst.number and not (lost or doubled or other or burst.wrong)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
