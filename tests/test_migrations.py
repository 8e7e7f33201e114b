"""Migrations as a chain: each app has one first and one last, and each step but the first has one before it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from tests.upgrade.released import _harms_of, harms

from tinhso.config.cli import ready


def test_each_of_our_apps_has_one_straight_line_of_migrations() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    before: Counter[tuple[str, str]] = Counter()
    firsts: Counter[str] = Counter()
    ours = {key: step for key, step in loader.disk_migrations.items() if type(step).__module__.startswith("tinhso.")}
    for (app, _), step in ours.items():
        own = [key for key in step.dependencies if key[0] == app]
        assert len(own) <= 1, f"{step} has two steps before it"
        firsts[app] += not own
        before.update(own)
    assert [app for app, count in firsts.items() if count != 1] == []
    assert [key for key, count in before.items() if count > 1] == []
    assert len(ours) > 0


def test_no_migration_since_the_release_harms_the_released_program() -> None:
    """Machines are renewed one by one, so for a while the released program works on the new tables."""
    assert list(harms(MigrationLoader(None, ignore_no_migrations=True))) == []


class _Step:
    app_label, name = "cases", "9999_new"

    def __init__(self, *operations: Any) -> None:
        self.operations = operations


@pytest.mark.parametrize(
    ("operation", "harm"),
    [
        (migrations.RemoveField("case", "title"), "still uses it"),
        (migrations.RenameField("case", "title", "name"), "still uses it"),
        (migrations.DeleteModel("Case"), "still uses it"),
        (migrations.AddField("case", "weight", models.IntegerField(default=0)), "db_default"),
        (migrations.AddField("case", "weight", models.IntegerField(null=True)), ""),
        (migrations.AddField("case", "weight", models.IntegerField(db_default=0)), ""),
        (migrations.AddIndex("case", models.Index(fields=["title"], name="x")), "AddIndexConcurrently"),
        (AddIndexConcurrently("case", models.Index(fields=["title"], name="x")), ""),
    ],
)
def test_what_would_harm_it_is_named(operation: Any, harm: str) -> None:
    found = list(_harms_of(operation, _Step(operation), None))
    assert [harm in one for one in found] == ([True] if harm else [])


def test_a_migration_waits_ten_seconds_for_a_lock_and_works_as_long_as_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = dict(connection.settings_dict["OPTIONS"])
    assert "lock_timeout=10s" in options["options"]
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    monkeypatch.setattr(ready, "close_connections", lambda: None)
    ready.be_patient()
    assert options["options"] == "-c lock_timeout=10s"
