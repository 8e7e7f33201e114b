"""What load balancers and people see when something is missing."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tinhso.config import health


def test_alive_asks_no_database(client: Client) -> None:
    assert client.get("/khoe/song").json() == {"status": "ok"}
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_when_database_and_tables_are_there(client: Client) -> None:
    for path in ("/khoe/san-sang", "/readyz"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health._Known, "migrated", False)
    monkeypatch.setattr("tinhso.config.health.MigrationExecutor.migration_plan", lambda *_: ["one"])
    answer = client.get("/khoe/san-sang")
    assert (answer.status_code, answer.json()) == (503, {"status": "waiting", "for": "migrations"})


@pytest.mark.django_db
def test_not_ready_without_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/khoe/san-sang")
    assert (answer.status_code, answer.json()) == (503, {"status": "waiting", "for": "database"})
