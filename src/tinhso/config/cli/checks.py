"""What ``tinhso doctor`` looks at: each check is a function that returns findings and changes nothing."""

from __future__ import annotations

import contextlib
import shutil
import smtplib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings

from tinhso.config.cli import ready

LEAST_POSTGRESQL = 150000
LEAST_FREE_BYTES = 1024**3
LITTLE_FREE_BYTES = 5 * 1024**3
CLOCK_MAY_DIFFER_SECONDS = 2.0
LOG_MAY_WAIT_BYTES = 512 * 1024**2
JOB_MAY_WAIT = timedelta(minutes=10)
CERTIFICATE_WARNING = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, how good that is, and what to do next (empty: nothing)."""

    level: Literal["ok", "warn", "bad"]
    what: str
    next_step: str = ""


def examine() -> Iterator[Finding]:
    """All findings. Without a database those that need it are left out; a check that breaks is itself a finding."""
    reachable = False
    for check, needs_database in CHECKS:
        if needs_database and not reachable:
            continue
        try:
            findings = list(check())
        except Exception as problem:
            step = "Report this with the log if the other findings do not explain it."
            findings = [Finding("bad", f"{check.__name__}: {type(problem).__name__}: {problem}".strip(), step)]
        if check is database:
            reachable = all(finding.level != "bad" for finding in findings)
        yield from findings


def database() -> Iterator[Finding]:
    import psycopg
    from django.db import connection

    try:
        # Asked directly: the pool would wait for the server to come back.
        with psycopg.connect(**connection.get_connection_params(), connect_timeout=3) as direct:
            version = direct.info.server_version
    except (psycopg.OperationalError, OSError) as problem:
        where = "DATABASE_URL" if settings.DATABASES["default"]["PORT"] else "tinhso up (starts the embedded server)"
        reason = str(problem).strip().splitlines()[0]
        yield Finding("bad", f"Database does not answer: {reason}", f"Check {where}, then ask again.")
        return
    level: Literal["ok", "bad"] = "ok" if version >= LEAST_POSTGRESQL else "bad"
    step = "" if level == "ok" else "Upgrade PostgreSQL to 15 or newer."
    yield Finding(level, f"Database answers, PostgreSQL {version // 10000}.{version % 10000}", step)


def replica() -> Iterator[Finding]:
    from tinhso.kernel import replicas

    if not replicas.is_there():
        return
    age = replicas.age()
    if age is None:
        yield Finding("warn", "The replica does not answer; the primary does its work", "Check DATABASE_REPLICA_URL.")
    elif age > settings.REPLICA_SECONDS:
        step = "See that it receives and replays the log (pg_stat_wal_receiver), and that its disk is fast enough."
        yield Finding("warn", f"The replica is {age:,.0f} s behind; the primary does its work", step)
    else:
        yield Finding("ok", f"The replica is {age:.1f} s behind")


def archive() -> Iterator[Finding]:
    """The log that waits for the archive: little while it is kept, more and more when nobody fetches it."""
    from django.db import connection

    from tinhso.config.backup.archiving import SLOT

    statement = (
        "select active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0), wal_status"
        " from pg_replication_slots where slot_name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [SLOT])
        row = cursor.fetchone()
    if row is None:
        if settings.PRODUCTION:
            step = "Set TINHSO_ARCHIVE or run tinhso archive, so that any moment can be restored."
            yield Finding("warn", "Nothing archives the database's log; a restore goes back to the last backup", step)
        return
    active, waiting, status = row
    if status == "lost":
        yield Finding(
            "bad", "The archive was away too long and has a gap", "Start it: it begins with a new base backup."
        )
    elif not active or waiting > LOG_MAY_WAIT_BYTES:
        what = f"{waiting / 1024**2:,.0f} MiB of log wait for the archive"
        yield Finding("warn", what, "Start it (tinhso archive FOLDER) before the disk is full.")
    else:
        yield Finding("ok", f"The archive receives the log, {waiting / 1024**2:,.0f} MiB behind")


def migrations() -> Iterator[Finding]:
    waiting = ready.waiting_migrations()
    if waiting:
        yield Finding(
            "bad", f"{len(waiting)} migrations wait: {', '.join(waiting[:3])} …", "Run: tinhso manage migrate"
        )
    else:
        yield Finding("ok", "All migrations are applied")


def worker() -> Iterator[Finding]:
    from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

    now = datetime.now(UTC)
    newest = ProcrastinateWorker.objects.order_by("-last_heartbeat").values_list("last_heartbeat", flat=True).first()
    if newest is None or now - newest > timedelta(minutes=1):
        yield Finding("bad", "No worker is alive: messages and figures stand still", "Start it: tinhso up")
    else:
        yield Finding("ok", f"Worker alive, last heartbeat {max(0, (now - newest).seconds)} s ago")
    late = ProcrastinateJob.objects.filter(status="todo", scheduled_at__isnull=True)
    waiting = late.filter(procrastinateevent__type="deferred", procrastinateevent__at__lt=now - JOB_MAY_WAIT).count()
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    if waiting:
        yield Finding("warn", f"{waiting} jobs have waited for over 10 minutes", "Add a worker or raise TINHSO_JOBS.")
    if failed:
        yield Finding("warn", f"{failed} jobs failed for good", "See the worker's log, then retry them.")


def mail() -> Iterator[Finding]:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        folder = Path(settings.EMAIL_FILE_PATH)
        if not _writable(folder):
            yield Finding("bad", f"Mail folder {folder} cannot be written", "Give the folder to the platform's user.")
        elif settings.PRODUCTION:
            yield Finding("warn", f"Mail is only written to {folder}", "Set TINHSO_EMAIL_URL to send it.")
        else:
            yield Finding("ok", f"Mail is written to {folder}")
        return
    server = smtplib.SMTP_SSL if settings.EMAIL_USE_TLS else smtplib.SMTP
    host = settings.EMAIL_HOST or "localhost"
    where = f"{host}:{settings.EMAIL_PORT}"
    try:
        with server(host, settings.EMAIL_PORT, timeout=5) as connection:
            connection.noop()
        yield Finding("ok", f"Mail server {where} answers")
    except OSError as problem:
        yield Finding("bad", f"Mail server {where} does not answer: {problem}", "Check TINHSO_EMAIL_URL and firewall.")


def disk() -> Iterator[Finding]:
    home = Path(settings.HOME)
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    what = f"{free / 1024**3:.1f} GiB free under {home}"
    if free < LEAST_FREE_BYTES:
        yield Finding("bad", what, "Free space now: the database stops when the disk is full.")
    elif free < LITTLE_FREE_BYTES:
        yield Finding("warn", what, "Plan a larger disk.")
    else:
        yield Finding("ok", what)


def clock() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("select clock_timestamp()")
        theirs = cursor.fetchone()[0]
        after = datetime.now(UTC)
    off = abs((theirs - (before + (after - before) / 2)).total_seconds())
    if off > CLOCK_MAY_DIFFER_SECONDS:
        step = "Turn on time synchronisation (chrony or systemd-timesyncd) on both machines."
        yield Finding("bad", f"The database's clock differs by {off:.1f} s", step)
    else:
        yield Finding("ok", f"Clocks agree within {off:.2f} s; deadlines are counted in {settings.TIME_ZONE}")


def certificates() -> Iterator[Finding]:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    path = settings.SIGNING_PKCS12
    if path is None:
        level: Literal["warn", "ok"] = "warn" if settings.PRODUCTION else "ok"
        step = "Set TINHSO_SIGNING_PKCS12 to the unit's certificate." if settings.PRODUCTION else ""
        yield Finding(level, "Papers are signed with the demonstration certificate", step)
        return
    try:
        bag = load_pkcs12(Path(path).read_bytes(), settings.SIGNING_PASSWORD.encode() or None)
    except (OSError, ValueError) as problem:
        yield Finding("bad", f"Signing certificate cannot be read: {problem}", "Check file, rights and password.")
        return
    if bag.cert is None:
        yield Finding("bad", f"{path} holds no certificate", "Export certificate and key together.")
        return
    left = bag.cert.certificate.not_valid_after_utc - datetime.now(UTC)
    what = f"Signing certificate is valid for {left.days} days more"
    if left < timedelta(0):
        yield Finding("bad", "Signing certificate has expired", "Renew it and set TINHSO_SIGNING_PKCS12.")
    else:
        yield Finding(
            "warn" if left < CERTIFICATE_WARNING else "ok", what, "Renew it." if left < CERTIFICATE_WARNING else ""
        )


def journal() -> Iterator[Finding]:
    """Chains, anchors, and case rows against the end of their chains; all as of one moment, while work goes on."""
    from django.db import connection, transaction

    from tinhso.kernel.cases import queries as cases
    from tinhso.kernel.journal import queries

    ends: dict[str, queries.End] = {}
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        problems = [*queries.verify(ends), *cases.verify(ends)]
    if problems:
        step = "Keep the machine as it is, restore a backup elsewhere and compare the entries named."
        yield Finding("bad", f"The journal was altered in {len(problems)} places: {problems[0]}", step)
    else:
        yield Finding("ok", "The journal's chain is whole")


def files() -> Iterator[Finding]:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    name = f"doctor/{uuid.uuid4().hex}"
    try:
        stored = default_storage.save(name, ContentFile(b"doctor"))
        with default_storage.open(stored) as written:
            same = written.read() == b"doctor"
        default_storage.delete(stored)
    except Exception as problem:
        yield Finding("bad", f"Files cannot be stored: {problem}", "Check the disk's rights or the TINHSO_S3 settings.")
        return
    step = "" if same else "Examine the disk."
    yield Finding(
        "ok" if same else "bad", "Files can be stored and read back" if same else "Files come back changed", step
    )


def national_portal() -> Iterator[Finding]:
    """The link to the national portal: whether it answers, and what waits for somebody to look."""
    from django.utils import timezone

    from tinhso.modules.national_portal.queries.figures import overview

    seen = overview(timezone.now())
    if not seen.is_on:
        yield Finding("ok", "The link to the national portal is off")
        return
    if seen.rests:
        what = f"The national portal failed {seen.link.failures} times in a row: {seen.link.error}"
        yield Finding("bad", what, "Check network, address and password; nothing is lost, the queue waits.")
    else:
        yield Finding("ok", f"The national portal is linked, {seen.waiting} dossiers wait to be sent")
    stuck = {
        f"{seen.dead} dossiers were refused by the national portal": seen.dead,
        f"{seen.wrong} messages of the national portal could not be taken in": seen.wrong,
        f"{seen.never['week'] + seen.never['older']} dossiers have not been acknowledged for over a day": (
            seen.never["week"] + seen.never["older"]
        ),
    }
    for what, number in stuck.items():
        if number:
            yield Finding("warn", what, "Open “Cổng DVCQG” on the desk.")


def _writable(folder: Path) -> bool:
    probe = folder / f".{uuid.uuid4().hex}"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        return True
    return False


CHECKS: tuple[tuple[Callable[[], Iterator[Finding]], bool], ...] = (
    (database, False),
    (replica, True),
    (archive, True),
    (migrations, True),
    (worker, True),
    (mail, False),
    (disk, False),
    (clock, True),
    (certificates, False),
    (journal, True),
    (files, False),
    (national_portal, True),
)
