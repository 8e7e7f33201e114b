"""What a monitoring system reads at ``/metrics``: requests by page, and how the work of the deployment stands.

Switched on by ``TINHSO_METRICS_TOKEN``; without it the address does not exist and nothing is counted. Labels name
routes, states and kinds, never a person or a case. With several web processes their counts are added up through files
in ``PROMETHEUS_MULTIPROC_DIR``, which ``tinhso up`` sets and empties.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tinhso.kernel import replicas
from tinhso.kernel.errors import NotFound

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


_making = Lock()


@cache
def _counters() -> tuple[Any, Any]:
    from prometheus_client import Counter, Histogram

    times = Histogram(
        "tinhso_request_seconds", "Time of requests by route", ["method", "route", "status"], buckets=SECONDS
    )
    words = "Heavy reads by who answered: the replica, the primary, or the primary after the replica failed"
    return times, Counter("tinhso_reads", words, ["by"])


def _made() -> tuple[Any, Any]:
    """The counters, made once: two threads that begin at the same moment would declare them twice."""
    with _making:
        return _counters()


def note_read(by: str) -> None:
    """Count a read that a replica might have answered."""
    if settings.METRICS_TOKEN:
        _made()[1].labels(by).inc()


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a finished request; a route is a page's name, so the number of series stays small."""
    if settings.METRICS_TOKEN:
        _made()[0].labels(method, route or "none", f"{status // 100}xx").observe(seconds)


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, in the text format. Asked without the token there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        raise NotFound
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry: Any = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    own = CollectorRegistry()
    own.register(_Work())
    return HttpResponse(generate_latest(registry) + generate_latest(own), content_type=CONTENT_TYPE_LATEST)


class _Work:
    """Gauges that are read from the database when somebody asks; one that cannot be read says so itself."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        up = GaugeMetricFamily("tinhso_database_up", "1 when the database answers")
        try:
            found = list(_gauges(timezone.now()))
        except (Error, OSError):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _replica()
        for name, words, labels, rows in found:
            gauge = GaugeMetricFamily(name, words, labels=labels)
            for values, number in rows:
                gauge.add_metric(values, number)
            yield gauge


def _replica() -> Iterator[Any]:
    """How far the replica is behind, where there is one."""
    from prometheus_client.core import GaugeMetricFamily

    if not replicas.is_there():
        return
    age = replicas.age()
    up = GaugeMetricFamily("tinhso_replica_up", "1 when the replica answers")
    up.add_metric([], 0 if age is None else 1)
    yield up
    if age is not None:
        behind = GaugeMetricFamily("tinhso_replica_age_seconds", "By how much the replica is behind")
        behind.add_metric([], age)
        yield behind


Gauge = tuple[str, str, list[str], list[tuple[list[str], float]]]

_QUERIES: tuple[tuple[str, str, list[str], str], ...] = (
    (
        "tinhso_jobs",
        "Background jobs that wait, run or failed, by queue",
        ["queue", "status"],
        "select queue_name, status::text, count(*) from procrastinate_jobs"
        " where status in ('todo', 'doing', 'failed') group by 1, 2",
    ),
    (
        "tinhso_job_oldest_seconds",
        "Age of the oldest job that could run now, by queue",
        ["queue"],
        "select j.queue_name, extract(epoch from %(at)s - min(e.at)) from procrastinate_jobs j"
        " join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'"
        " where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= %(at)s) group by 1",
    ),
    (
        "tinhso_worker_heartbeat_seconds",
        "Time since the last sign of life of any worker",
        [],
        "select extract(epoch from %(at)s - max(last_heartbeat)) from procrastinate_workers having count(*) > 0",
    ),
    (
        "tinhso_cases",
        "Cases that are not closed, by kind and state",
        ["kind", "state"],
        "select kind, state, sum(number) from facts_standing where number <> 0 and phase < 4 group by 1, 2",
    ),
    (
        "tinhso_cases_late",
        "Running cases past their date, by kind",
        ["kind"],
        "select kind, sum(number) from facts_standing where phase = 1 and due_on < %(today)s group by 1",
    ),
    (
        "tinhso_log_kept_bytes",
        "Log that the server keeps for an archive or a replica that has not received it yet",
        ["slot"],
        "select slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) from pg_replication_slots"
        " where restart_lsn is not null",
    ),
    (
        "tinhso_deliveries",
        "Messages that wait to go out or were given up, by channel",
        ["channel", "state"],
        "select channel, state, count(*) from notices_delivery where state <> 'sent' group by 1, 2",
    ),
)


def _gauges(at: datetime) -> Iterator[Gauge]:
    said = {"at": at, "today": timezone.localdate(at)}
    with connection.cursor() as cursor:
        for name, words, labels, statement in _QUERIES:
            cursor.execute(statement, said)
            yield name, words, labels, [([str(part) for part in row[:-1]], float(row[-1])) for row in cursor.fetchall()]
