"""Heavy reads go to a replica; when it is behind or away they go to the primary, and nobody misses what they wrote."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test import Client
from tests.bad_days.conftest import Worked
from tests.bad_days.machines import Machine, at_work
from tests.running import wait_for

from tinhso.config import embedded, metrics, reading
from tinhso.config.backup.programs import program
from tinhso.config.backup.restoring import looking_at
from tinhso.config.cli import checks
from tinhso.config.settings import _replica
from tinhso.kernel import replicas

pytestmark = [pytest.mark.bad_day, pytest.mark.slow]


@dataclass
class Pair:
    """A primary, and a replica that follows its log. ``told`` says who answered each read since it was cleared."""

    primary: Machine
    home: Path
    server: subprocess.Popen[bytes]
    told: list[str] = field(default_factory=list)

    def on_primary(self, statement: str) -> None:
        with psycopg.connect(embedded.embedded_url(self.primary.home), autocommit=True) as direct:
            direct.execute(statement)

    def on_replica(self, statement: str) -> Any:
        with psycopg.connect(embedded.embedded_url(self.home), autocommit=True) as direct:
            return direct.execute(statement).fetchone()

    def start(self) -> None:
        self.server = embedded.spawn(self.home)
        wait_for(lambda: embedded.answers(embedded.embedded_url(self.home)), 30, "the replica")
        replicas.forget()

    def words(self) -> list[str]:
        with replicas.allowed():
            return [word for word, _ in _words()]


@replicas.tolerates_age
def _words() -> list[tuple[str, bool]]:
    """All words, and whether it was a replica that said them."""
    with connection.cursor() as cursor:
        cursor.execute("select word, pg_is_in_recovery() from said order by word")
        return cursor.fetchall()


def _follow(primary: Machine, home: Path) -> subprocess.Popen[bytes]:
    """A second cluster that begins as a copy of the first and receives its log."""
    home.mkdir(mode=0o755)
    command = [program("pg_basebackup"), f"--pgdata={home / 'postgres'}", "--write-recovery-conf", "--checkpoint=fast"]
    where = embedded.embedded_url(primary.home, "postgres")
    subprocess.run([*command, f"--dbname={where}"], check=True, capture_output=True, timeout=120)
    if owner := embedded.owner():
        user = pwd.getpwnam(owner)
        for folder, _folders, files in os.walk(home):
            for name in ("", *files):
                os.chown(Path(folder) / name, user.pw_uid, user.pw_gid)
    embedded.prepare(home)
    return embedded.spawn(home)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, worked: Worked) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with at_work(folder / "primary", like=worked.home) as primary:
        with psycopg.connect(embedded.embedded_url(primary.home), autocommit=True) as direct:
            direct.execute("create table said (word text)")
        found = Pair(primary, folder / "replica", _follow(primary, folder / "replica"))
        try:
            wait_for(lambda: embedded.answers(embedded.embedded_url(found.home)), 30, "the replica")
            yield found
        finally:
            embedded.stop(found.server)


@pytest.fixture
def pair(servers: Pair, django_db_blocker: Any, settings: Any) -> Iterator[Pair]:
    """The platform in this process, on the two servers."""
    url = embedded.embedded_url(servers.home)
    connections.settings["replica"] = connections.configure_settings(
        {"default": connections.settings["default"], "replica": _replica(url)}
    )["replica"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tinhso.config.reading.reading_middleware"]
    servers.on_primary("truncate said")
    replicas.tell(servers.told.append)
    replicas.forget()
    _caught_up(servers)
    servers.told.clear()
    with django_db_blocker.unblock(), looking_at(**servers.primary.place()):
        yield servers
        connections["replica"].close()
        connections["replica"].close_pool()
    del connections.settings["replica"], connections["replica"]
    replicas.tell(metrics.note_read)


def _caught_up(pair: Pair) -> None:
    """Something new is committed and has arrived, so the replica is of this moment."""
    pair.on_primary("insert into said values ('đã đến')")
    wait_for(lambda: pair.on_replica("select count(*) from said where word = 'đã đến'") == (1,), 20, "the replica")
    pair.on_primary("delete from said where word = 'đã đến'")
    wait_for(lambda: pair.on_replica("select count(*) from said where word = 'đã đến'") == (0,), 20, "the replica")


def test_reads_that_tolerate_age_are_answered_by_the_replica_and_others_are_not(pair: Pair) -> None:
    pair.on_primary("insert into said values ('một')")
    wait_for(lambda: pair.on_replica("select count(*) from said") == (1,), 20, "the replica")
    with replicas.allowed():
        assert _words() == [("một", True)]
        with transaction.atomic():
            assert _words() == [("một", False)]
    assert _words() == [("một", False)]
    assert pair.told == ["replica"]


def test_what_a_process_keeps_is_read_from_the_primary(pair: Pair) -> None:
    @replicas.from_primary
    def kept() -> tuple[bool]:
        with connection.cursor() as cursor:
            cursor.execute("select pg_is_in_recovery()")
            return cursor.fetchone()

    @replicas.tolerates_age
    def page() -> tuple[tuple[bool], list[tuple[str, bool]], tuple[bool]]:
        return kept(), _words(), kept()

    pair.on_primary("insert into said values ('một')")
    wait_for(lambda: pair.on_replica("select count(*) from said") == (1,), 20, "the replica")
    with replicas.allowed():
        assert page() == ((False,), [("một", True)], (False,))


def test_a_write_or_an_error_on_the_replica_is_repeated_on_the_primary(pair: Pair) -> None:
    @replicas.tolerates_age
    def writing() -> int:
        with connection.cursor() as cursor:
            cursor.execute("insert into said values ('viết')")
            return cursor.rowcount

    with replicas.allowed():
        assert writing() == 1
    assert pair.told == ["failed"]
    assert pair.words() == ["viết"]


def test_a_replica_that_is_behind_is_not_asked_until_it_has_caught_up(pair: Pair, settings: Any) -> None:
    settings.REPLICA_SECONDS = 0.5
    pair.on_replica("select pg_wal_replay_pause()")
    try:
        pair.on_primary("insert into said values ('mới')")
        wait_for(lambda: (replicas.age() or 0) > 0.5, 20, "the replica to fall behind")
        replicas.forget()
        assert pair.words() == ["mới"]
        assert pair.told == ["primary"]
        [finding] = checks.replica()
        assert finding.level == "warn"
        assert finding.what.endswith("s behind; the primary does its work")
    finally:
        pair.on_replica("select pg_wal_replay_resume()")
    settings.REPLICA_SECONDS = 30.0
    wait_for(lambda: pair.on_replica("select count(*) from said") == (1,), 20, "the replica")
    replicas.forget()
    assert pair.words() == ["mới"]
    assert pair.told == ["primary", "replica"]
    assert [finding.level for finding in checks.replica()] == ["ok"]


def test_whoever_wrote_reads_the_primary_for_a_while_and_others_the_replica(pair: Pair) -> None:
    writer, other = Client(), Client()
    assert writer.get("/thong-ke/").status_code == 200
    assert pair.told == ["replica"]
    assert writer.post("/giao-dien/", {"theme": "dark"}).status_code < 400
    assert writer.cookies[reading.WROTE]["max-age"] == 60
    pair.told.clear()
    assert writer.get("/thong-ke/").status_code == 200
    assert pair.told == []
    assert other.get("/thong-ke/").status_code == 200
    assert other.get("/thong-ke/", headers={"Authorization": "Bearer x"}).status_code == 200
    assert pair.told == ["replica"]


def test_a_lost_replica_costs_nobody_an_answer_and_is_used_again_when_it_is_back(pair: Pair, settings: Any) -> None:
    settings.METRICS_TOKEN = "khoa"
    assert pair.words() == []
    pair.server.kill()
    pair.server.wait()
    browser = Client()
    assert browser.get("/thong-ke/").status_code == 200
    assert set(pair.told) == {"replica", "failed"}
    assert [finding.what for finding in checks.replica()] == ["The replica does not answer; the primary does its work"]
    said = browser.get("/metrics", headers={"Authorization": "Bearer khoa"}).content.decode()
    assert "tinhso_replica_up 0.0" in said
    assert "tinhso_database_up 1.0" in said
    pair.start()
    _caught_up(pair)
    assert browser.get("/thong-ke/").status_code == 200
    assert pair.told[-1] == "replica"
    assert replicas.age() is not None
